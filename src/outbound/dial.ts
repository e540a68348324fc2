import { isIP, type Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { type AddressPolicy, LOCALHOST } from './address-policy.ts'
import type { Resolve, ResolvedAddress } from './dns.ts'
import { DialError, dnsFailure } from './failure.ts'
import { isLocalhost, withoutRoot } from './host-names.ts'
import { HTTP2, isHttp2, openTcp, openTls } from './open-socket.ts'
import type { ForwardProxy } from './proxy.ts'
import { familyOf } from './ranges.ts'
import { refuseTarget } from './target.ts'
import { openProxy, openTunnel } from './tunnel.ts'

/** How far a connection has come; a deadline that passes says where. */
export type DialStage = 'resolving' | 'connecting' | 'proxy' | 'tunnel' | 'handshake'

export interface DialOptions {
  /** Of the target, or of its origin: protocol, host and port count. */
  url: URL
  policy: AddressPolicy
  resolve: Resolve
  /** Ends it at any stage; once connected, it destroys the socket. */
  signal: AbortSignal
  onStage?: (stage: DialStage) => void
  /** Whether HTTP/2 is offered beside HTTP/1.1, to targets of https; false unless told. */
  http2?: boolean | undefined
  /** Who is trusted; Node's default certificates unless told. */
  secureContext?: SecureContext | undefined
  /** What connects in our place. */
  proxy?: ForwardProxy | undefined
}

/** More would let a name server make us knock at many doors. */
const MOST_ADDRESSES = 4
/** Bytes of a response that are parsed at once. */
const LARGEST_PIECE = 4096

/**
 * Opens a connection to where a URL leads, and nowhere else: a name is resolved once, all of its addresses are judged, only
 * these are connected to, and the address that the socket ended up with is judged again before a byte is sent. With a proxy the
 * URL is judged, and the addresses are the proxy's to judge. Whether HTTP/2 was agreed upon is the socket's `alpnProtocol`.
 *
 * @throws DialError, always
 */
export async function dial(options: DialOptions): Promise<Socket> {
  const { url, policy, signal, onStage, proxy, secureContext } = options
  const refusal = refuseTarget(url, policy)
  if (refusal !== undefined) throw new DialError('refused_address', refusal.problem)

  const hostname = withoutRoot(url.hostname.replace(/^\[|\]$/g, ''))
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  const host = `${url.hostname}:${port}`

  let socket: Socket
  if (proxy === undefined) {
    socket = await openDirect({ hostname, port, host }, options)
  } else {
    onStage?.('proxy')
    socket = await openProxy(proxy, { signal, secureContext })
    // What is not encrypted goes to the proxy as it is, with the whole URL in it.
    if (secure) {
      onStage?.('tunnel')
      await openTunnel(socket, proxy, `${withoutRoot(url.hostname)}:${port}`)
    }
  }
  if (!secure) return readInPieces(socket)
  onStage?.('handshake')
  const protocols = options.http2 === true ? [HTTP2, 'http/1.1'] : ['http/1.1']
  const encrypted = await openTls({ socket, hostname, host, signal, protocols, secureContext })
  return isHttp2(encrypted) ? encrypted : readInPieces(encrypted)
}

async function openDirect(
  { hostname, port, host }: { hostname: string; port: number; host: string },
  options: DialOptions,
): Promise<Socket> {
  const { policy, signal, onStage } = options
  const addresses = isIP(hostname) === 0 ? await addressesOf(hostname, options) : []
  signal.throwIfAborted()
  onStage?.('connecting')
  const socket = await openTcp({ hostname, port, addresses, host, signal })
  const reached = socket.remoteAddress
  const refused = reached === undefined ? 'is gone' : policy.refuseAddress(reached, hostname)
  if (refused === undefined) return socket
  socket.destroy()
  if (reached === undefined) throw new DialError('connect', `${host} closed the connection at once`)
  throw new DialError('refused_address', `${hostname} led to ${reached}, which ${refused}`)
}

/** The addresses of a name, if every single one may be connected to. */
async function addressesOf(hostname: string, options: DialOptions): Promise<readonly ResolvedAddress[]> {
  const { policy, resolve, signal, onStage } = options
  if (isLocalhost(hostname)) {
    return LOCALHOST.filter((address) => policy.refuseAddress(address, hostname) === undefined).map(resolved)
  }
  onStage?.('resolving')
  let found: readonly ResolvedAddress[]
  try {
    found = await resolve(hostname, signal)
  } catch (error) {
    throw dnsFailure(error, hostname)
  }
  if (found.length === 0) throw new DialError('dns', `${hostname} has no address`)
  for (const { address } of found) {
    const reason = policy.refuseAddress(address, hostname)
    if (reason !== undefined) {
      throw new DialError('refused_address', `${hostname} resolves to ${address}, which ${reason}`)
    }
  }
  return found.slice(0, MOST_ADDRESSES)
}

function resolved(address: string): ResolvedAddress {
  return { address, family: familyOf(address) === 'ipv6' ? 6 : 4 }
}

/**
 * Lets undici's parser have little at a time. It takes what `read` gives in one piece, to its end even after it has given up,
 * and makes an error for each header beyond the limit: 64 KiB of them held up the whole process for 60 to 100 ms.
 */
function readInPieces(socket: Socket): Socket {
  const read = socket.read.bind(socket)
  socket.read = (size?: number): unknown => {
    if (socket.destroyed) return null
    return socket.readableLength > LARGEST_PIECE ? read(LARGEST_PIECE) : read(size)
  }
  return socket
}
