import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type AddressPolicy, LOCALHOST } from './address-policy.ts'
import type { Resolve, ResolvedAddress } from './dns.ts'
import { connectFailure, DialError, dnsFailure, tlsFailure } from './failure.ts'
import { isLocalhost, withoutRoot } from './host-names.ts'
import { familyOf } from './ranges.ts'
import { refuseTarget } from './target.ts'

/** How far a connection has come; a deadline that passes says where. */
export type DialStage = 'resolving' | 'connecting' | 'handshake'

export interface DialOptions {
  /** Of the target, or of its origin: protocol, host and port count. */
  url: URL
  policy: AddressPolicy
  resolve: Resolve
  /** Ends it at any stage; once connected, it destroys the socket. */
  signal: AbortSignal
  onStage?: (stage: DialStage) => void
}

/** How long an address is tried before the next one, if there is a next one. */
const ADDRESS_MS = 1000
/** More would let a name server make us knock at many doors. */
const MOST_ADDRESSES = 4
/** Bytes of a response that are parsed at once. */
const LARGEST_PIECE = 4096

/**
 * Opens a connection to where a URL leads, and nowhere else: a name is resolved once, all of its addresses are judged, only
 * these are connected to, and the address that the socket ended up with is judged again before a byte is sent.
 *
 * @throws DialError, always
 */
export async function dial(options: DialOptions): Promise<Socket> {
  const { url, policy, signal, onStage } = options
  const refusal = refuseTarget(url, policy)
  if (refusal !== undefined) throw new DialError('refused_address', refusal.problem)

  const hostname = withoutRoot(url.hostname.replace(/^\[|\]$/g, ''))
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  const host = `${url.hostname}:${port}`

  const addresses = isIP(hostname) === 0 ? await addressesOf(hostname, options) : undefined
  signal.throwIfAborted()
  onStage?.('connecting')
  const socket = await openTcp({ hostname, port, addresses, host, signal })
  const reached = socket.remoteAddress
  const refused = reached === undefined ? 'is gone' : policy.refuseAddress(reached, hostname)
  if (refused !== undefined) {
    socket.destroy()
    if (reached === undefined) throw new DialError('connect', `${host} closed the connection at once`)
    throw new DialError('refused_address', `${hostname} led to ${reached}, which ${refused}`)
  }
  if (!secure) return readInPieces(socket)
  onStage?.('handshake')
  return readInPieces(await openTls({ socket, hostname, host, signal }))
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

interface TcpOptions {
  hostname: string
  port: number
  addresses: readonly ResolvedAddress[] | undefined
  host: string
  signal: AbortSignal
}

function openTcp({ hostname, port, addresses, host, signal }: TcpOptions): Promise<Socket> {
  // Not called for a literal address.
  const lookup: LookupFunction = (_hostname, { all }, callback) => {
    const [first] = addresses ?? []
    if (first === undefined) callback(new Error('no address'), '')
    else if (all === true) callback(null, [...(addresses ?? [])])
    else callback(null, first.address, first.family)
  }
  return new Promise((resolve, reject) => {
    const socket = connectTcp({
      host: hostname,
      port,
      lookup,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ADDRESS_MS,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      signal,
    })
    const fail = (error?: unknown) =>
      reject(connectFailure(error ?? new Error('the connection was closed'), host))
    socket.once('error', fail)
    socket.once('close', fail)
    socket.once('connect', () => {
      socket.off('error', fail)
      socket.off('close', fail)
      // Whoever takes the socket over listens as well; until then an error must not end the process.
      socket.on('error', ignore)
      resolve(socket)
    })
  })
}

interface TlsOptions {
  socket: Socket
  hostname: string
  host: string
  signal: AbortSignal
}

/** The certificate must be the URL's host's: no header and no answer of DNS has a say in it. */
function openTls({ socket, hostname, host, signal }: TlsOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secure = connectTls({
      socket,
      host: hostname,
      // RFC 6066 has no literal addresses in SNI.
      servername: isIP(hostname) === 0 ? hostname : '',
      ALPNProtocols: ['http/1.1'],
    })
    const abort = () => secure.destroy()
    const fail = (error?: unknown) => {
      secure.destroy()
      reject(tlsFailure(error instanceof Error ? error : new Error('the connection was closed'), host))
    }
    signal.addEventListener('abort', abort, { once: true })
    secure.once('error', fail)
    secure.once('close', fail)
    secure.once('secureConnect', () => {
      secure.off('error', fail)
      secure.off('close', fail)
      secure.on('error', ignore)
      resolve(secure)
    })
  })
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

function ignore(): void {}
