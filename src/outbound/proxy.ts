import { problem } from '../core/errors.ts'
import type { OutboundFailure } from './failure.ts'

/** A forward proxy: what connects to targets in our place. */
export interface ForwardProxy {
  readonly hostname: string
  readonly port: number
  /** Name and port, for messages; never the credentials. */
  readonly host: string
  /** Whether the way to it is encrypted. */
  readonly secure: boolean
  /** The value of `proxy-authorization`. */
  readonly authorization: string | undefined
  /**
   * How often it has answered anything. Who waits for it in vain, and sees that it has answered others meanwhile, waits for its
   * target; if it has answered nobody, it may be the proxy that hangs.
   */
  answers: number
}

const EXAMPLE = "For example 'http://user:password@proxy.internal:4750'"

/**
 * Reads the option `connection.proxy`. Whether it can be reached is not asked: it may be started later.
 *
 * @throws `option_invalid`, which never shows the URL: a password is in it
 */
export function parseProxy(given: unknown): ForwardProxy | undefined {
  if (given === undefined) return undefined
  if (typeof given !== 'string') throw invalid('it must be a URL')
  const url = URL.parse(given)
  if (url === null || url.hostname === '') throw invalid('it is no URL')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(`it is of ${url.protocol}, and only proxies of http: and https: can be used`)
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw invalid('it has a path, a query or a fragment, and a proxy has none')
  }
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  if (port === 0) throw invalid('its port is missing')
  return {
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    host: `${url.hostname}:${port}`,
    secure,
    authorization: authorizationOf(url),
    answers: 0,
  }
}

/** Basic authentication: RFC 7617. */
function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  let user: string
  let secret: string
  try {
    user = decodeURIComponent(username)
    secret = decodeURIComponent(password)
  } catch {
    throw invalid('its user name or password has a % that does not begin an encoded character')
  }
  if (user.includes(':')) throw invalid('its user name has a colon, which Basic authentication cannot send')
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
}

function invalid(what: string): Error {
  return problem('option_invalid', { field: 'connection.proxy', problem: what, cure: EXAMPLE })
}

/**
 * What it means that a proxy did not open a tunnel.
 *
 * - It could not reach the target: `connect`.
 * - It denies it: `refused_address`.
 * - Anything else is between the proxy and us, and not the hook's fault: `local`.
 *
 * @param target name and port, for the message
 * @param header gives a header of the answer, by its name in lower case
 */
export function tunnelFailure(
  proxy: ForwardProxy,
  target: string,
  status: number,
  header: (name: string) => string | undefined,
): OutboundFailure {
  const denied = denialOf(proxy, target, status, header)
  if (denied !== undefined) return denied
  if (status === 403 || status === 451) {
    return {
      code: 'refused_address',
      message: `the proxy ${proxy.host} denies ${target} (status ${status})`,
    }
  }
  if (status >= 500) {
    return { code: 'connect', message: `the proxy ${proxy.host} cannot reach ${target} (status ${status})` }
  }
  return { code: 'local', message: `the proxy ${proxy.host} opens no tunnel: status ${status}` }
}

/**
 * What a response to a request that a proxy forwarded says of the proxy itself; undefined when it is the target's, or cannot be
 * told from one.
 */
export function forwardFailure(
  proxy: ForwardProxy,
  target: string,
  status: number,
  header: (name: string) => string | undefined,
): OutboundFailure | undefined {
  const denied = denialOf(proxy, target, status, header)
  if (denied !== undefined) return denied
  if (header('x-squid-error') !== undefined && status >= 500) {
    return { code: 'connect', message: `the proxy ${proxy.host} cannot reach ${target} (status ${status})` }
  }
  return undefined
}

function denialOf(
  proxy: ForwardProxy,
  target: string,
  status: number,
  header: (name: string) => string | undefined,
): OutboundFailure | undefined {
  const denied = `the proxy ${proxy.host} denies ${target} (status ${status})`
  // Smokescreen denies with 407, whatever that status is for, and marks what it says itself.
  if (status === 407 && header('x-smokescreen-error') !== undefined) {
    return { code: 'refused_address', message: denied }
  }
  if (status === 403 && header('x-squid-error')?.startsWith('ERR_ACCESS_DENIED') === true) {
    return { code: 'refused_address', message: denied }
  }
  if (status === 407) {
    return {
      code: 'local',
      message: `the proxy ${proxy.host} wants other credentials than those of \`connection.proxy\` (status 407)`,
    }
  }
  return undefined
}
