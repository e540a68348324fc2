import { type Clock, systemClock } from '../core/clock.ts'
import type { AddressPolicy } from './address-policy.ts'
import { type ConnectionSettings, connectionSettings } from './connection-settings.ts'
import { Connections } from './connections.ts'
import { createResolve, type Resolve } from './dns.ts'
import { Exchange } from './exchange.ts'
import type { OutboundFailure } from './failure.ts'
import { isFraming, malformedHeader, oversizedHeaders } from './headers.ts'
import type { OutboundRequest, Transport } from './post.ts'

export interface TransportOptions {
  policy: AddressPolicy
  /** How names are resolved; by default the hosts file and DNS. */
  resolve?: Resolve
  /** Sockets in total, idle ones included; by default 256. */
  maxConnections?: number
  /** Sockets to one scheme, host and port; by default 16. */
  connectionsPerOrigin?: number
  clock?: Clock
  /** HTTP/2, certificates and the proxy, as `connectionSettings` gives them. */
  connection?: ConnectionSettings
}

/**
 * Sends POSTs to addresses that users chose, over connections that are kept and guarded: nothing is sent to an address that the
 * policy refuses, nobody waits for longer than the deadline, and no response can take more memory than its share.
 *
 * @example
 * ```ts
 * const transport = createTransport({ policy: createAddressPolicy() })
 * const result = await transport.post({ url: 'https://example.com/hook', headers: {}, body: '{}', deadlineMs: 15_000 })
 * if (result.outcome === 'response') console.log(result.response.status)
 * ```
 */
export function createTransport(options: TransportOptions): Transport {
  const clock = options.clock ?? systemClock
  const settings = options.connection ?? connectionSettings()
  const connections = new Connections({
    policy: options.policy,
    resolve: options.resolve ?? createResolve(),
    settings,
    clock,
    most: options.maxConnections ?? 256,
    mostPerOrigin: options.connectionsPerOrigin ?? 16,
  })
  const owner = { connections, clock, proxy: settings.proxy }

  return {
    post(request) {
      const startedAt = clock.now()
      const url = URL.parse(request.url)
      const headers: string[] = []
      const failure = checkUrl(url) ?? takeHeaders(request, headers)
      if (failure !== undefined || url === null) {
        return Promise.resolve({ durationMs: 0, outcome: 'error', error: failure ?? NO_URL })
      }
      return new Promise((resolve) => {
        const wire = { origin: connections.origin(url), path: url.pathname + url.search, headers, startedAt }
        new Exchange(request, wire, owner, resolve).start()
      })
    },
    close: () => connections.close(),
  }
}

const NO_URL: OutboundFailure = { code: 'local', message: 'the target is no URL' }
const ABORTED: OutboundFailure = { code: 'aborted', message: 'the sender gave the attempt up' }

function checkUrl(url: URL | null): OutboundFailure | undefined {
  if (url === null) return NO_URL
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { code: 'refused_address', message: `${url.protocol} is neither http: nor https:` }
  }
  if (url.username !== '' || url.password !== '') {
    return { code: 'refused_address', message: 'the target holds a user name or a password' }
  }
  return undefined
}

/**
 * Writes the headers as undici takes them, after a look at each: one that undici refuses would not only fail its own request,
 * but also keep the connection's place.
 */
function takeHeaders(request: OutboundRequest, headers: string[]): OutboundFailure | undefined {
  if (request.signal?.aborted === true) return ABORTED
  const entries = Object.entries(request.headers)
  for (const [name, value] of entries) {
    const problem = malformedHeader(name, value)
    if (problem !== undefined) return { code: 'local', message: problem }
    if (isFraming(name.toLowerCase()))
      return { code: 'local', message: `the header ${name} is not the sender's to set` }
    headers.push(name, value)
  }
  const oversized = oversizedHeaders(entries)
  return oversized === undefined ? undefined : { code: 'local', message: `of the headers, ${oversized}` }
}
