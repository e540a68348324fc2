import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls'
import type { ResolvedAddress } from './dns.ts'
import { connectFailure, tlsFailure } from './failure.ts'

/** How long an address is tried before the next one, if there is a next one. */
const ADDRESS_MS = 1000

export interface TcpOptions {
  hostname: string
  port: number
  /** What the name was resolved to; without it, a name is resolved as the system does. */
  addresses: readonly ResolvedAddress[] | undefined
  /** For messages. */
  host: string
  /** Ends it; once connected, it destroys the socket. */
  signal: AbortSignal
}

/** @throws DialError */
export function openTcp({ hostname, port, addresses, host, signal }: TcpOptions): Promise<Socket> {
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
      ...(addresses === undefined ? {} : { lookup }),
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

export interface TlsOptions {
  socket: Socket
  hostname: string
  /** For messages. */
  host: string
  signal: AbortSignal
  /** The protocols that are offered, the best first. */
  protocols: string[]
  /** Who is trusted; Node's default certificates unless told. */
  secureContext: SecureContext | undefined
}

/**
 * The certificate must be the URL's host's: no header and no answer of DNS has a say in it.
 *
 * @throws DialError
 */
export function openTls(options: TlsOptions): Promise<TLSSocket> {
  const { socket, hostname, host, signal, protocols, secureContext } = options
  return new Promise((resolve, reject) => {
    const secure = connectTls({
      socket,
      host: hostname,
      // RFC 6066 has no literal addresses in SNI.
      servername: isIP(hostname) === 0 ? hostname : '',
      ALPNProtocols: protocols,
      ...(secureContext === undefined ? {} : { secureContext }),
    })
    const abort = () => secure.destroy()
    const fail = (error?: unknown) => {
      secure.destroy()
      reject(tlsFailure(error instanceof Error ? error : new Error('the connection was closed'), host))
    }
    signal.addEventListener('abort', abort, { once: true })
    secure.once('error', fail)
    secure.once('close', fail)
    const finish = () => {
      secure.off('error', fail)
      secure.off('close', fail)
      secure.on('error', ignore)
      resolve(secure)
    }
    secure.once('secureConnect', () => {
      // A session of HTTP/2 must not begin from within OpenSSL, which is what calls this: given up before OpenSSL has returned, it
      // ends the whole process by a segmentation fault (seen with Node 24.21).
      if (isHttp2(secure)) setImmediate(finish)
      else finish()
    })
  })
}

/** Its name in ALPN: RFC 9113, 3.2. */
export const HTTP2 = 'h2'

/** Whether both sides agreed upon HTTP/2. */
export function isHttp2(socket: Socket): boolean {
  return (socket as Partial<TLSSocket>).alpnProtocol === HTTP2
}

function ignore(): void {}
