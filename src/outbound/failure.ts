/**
 * Why an attempt brought no response.
 *
 * - `dns`: the name does not resolve.
 * - `connect`: no connection could be opened.
 * - `tls`: the handshake failed, or the certificate is not the host's.
 * - `timeout`: the deadline passed while the other side was to act.
 * - `refused_address`: the rules forbid the host or an address that it resolves to; nothing was sent.
 * - `protocol`: connected, but what came was no HTTP response: closed, reset, garbage, headers without end.
 * - `aborted`: the sender gave up, or is closing.
 * - `local`: a fault on the sender's side (no free socket, no file handle, a header that cannot be sent); not the hook's.
 */
export type OutboundErrorCode =
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'refused_address'
  | 'protocol'
  | 'aborted'
  | 'local'

/** The message is for logs and users: it names host and address, never a path, a query or a header's value. */
export interface OutboundFailure {
  code: OutboundErrorCode
  message: string
}

/**
 * Thrown while a connection is opened. It has no `code`: undici takes UND_ERR_SOCKET and UND_ERR_INFO there as a reason to
 * connect again, for ever.
 */
export class DialError extends Error {
  readonly failure: OutboundFailure

  constructor(code: OutboundErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.failure = { code, message: oneLine(message) }
  }
}

/** Errors of this machine rather than of the other: no handles, memory, ports; a firewall of our own. */
const localCodes: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL',
  'EAGAIN',
  'EACCES',
  'EPERM',
])

/** Errors of the resolver that say that there is none to ask. */
const localDnsCodes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EFILE', 'ENOMEM'])

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** @param hostname the name that was asked for */
export function dnsFailure(error: unknown, hostname: string): DialError {
  const code = codeOf(error)
  const kind = localDnsCodes.has(code) || localCodes.has(code) ? 'local' : 'dns'
  return new DialError(kind, `cannot resolve ${hostname}${code === '' ? '' : `: ${code}`}`, error)
}

/** @param host name and port, for the message */
export function connectFailure(error: unknown, host: string): DialError {
  // One error for each address that was tried; the first is of the address that is tried first.
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error]
  const codes = errors.map(codeOf)
  const message = errors.map(messageOf).find((text) => text !== '') ?? codeOf(error)
  return new DialError(
    codes.some((code) => localCodes.has(code)) ? 'local' : 'connect',
    `${host}: ${message}`,
    error,
  )
}

export function tlsFailure(error: unknown, host: string): DialError {
  return new DialError('tls', `${host}: ${messageOf(error)}`, error)
}

/** What an error means that came while a request was under way. */
export function requestFailure(error: unknown, host: string): OutboundFailure {
  if (error instanceof DialError) return error.failure
  const code = codeOf(error)
  const message = oneLine(`${host}: ${messageOf(error)}`)
  if (localCodes.has(code)) return { code: 'local', message }
  if (/^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code)) return { code: 'tls', message }
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') {
    return {
      code: 'protocol',
      message: oneLine(`${host} closed the connection without a response (${messageOf(error)})`),
    }
  }
  if (code === 'ERR_ASSERTION') {
    // undici takes some things for impossible that a receiver may well send, such as a status of 000.
    return { code: 'protocol', message: oneLine(`${host} sent what is no response of HTTP/1.1`) }
  }
  if (code.startsWith('ERR_HTTP2_')) return { code: http2Ours.has(code) ? 'local' : 'protocol', message }
  const fromOutside = isParserError(error) || protocolCodes.has(code) || isSystemError(error)
  return { code: fromOutside ? 'protocol' : 'local', message }
}

/** What undici calls a response that contradicts itself, or does not end its headers. */
const protocolCodes: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])

/** What node:http2 refuses to send. */
const http2Ours: ReadonlySet<string> = new Set([
  'ERR_HTTP2_INVALID_CONNECTION_HEADERS',
  'ERR_HTTP2_INVALID_HEADER_VALUE',
  'ERR_HTTP2_HEADER_SINGLE_VALUE',
  'ERR_HTTP2_INVALID_PSEUDOHEADER',
])

/** undici's; it has no code when its parser has none. */
function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError'
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const LONGEST_MESSAGE = 300

/** Parts of a message come from the other side (names in a certificate), and it ends up in logs. */
function oneLine(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return message.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, LONGEST_MESSAGE)
}
