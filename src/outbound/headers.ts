import { type HookwrightError, problem } from '../core/errors.ts'

const MOST_HEADERS = 64
const LARGEST_HEADERS = 8192
/** With those that are added to a hook's own. Many servers take no more than this, and a row may hold anything. */
const LARGEST_SENT = 16 * 1024

/** A token: RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Visible characters, spaces and tabs; what is beyond ASCII travels as one byte each. */
const VALUE = /^[\t\u0020-\u007e\u00a0-\u00ff]*$/

/** They say where a message begins, ends or goes, and so are undici's to write. */
const framing: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
])

/** They would make a receiver read another body than the one that is signed. */
const misleading: ReadonlySet<string> = new Set(['content-encoding', 'content-range'])

/** What a receiver, or whatever stands before it, reads in a meaning of its own. */
const ownMeaning =
  /^(?:content|accept|proxy|sec)(?:-|$)|^(?:user-agent|authorization|cookie|date|traceparent|tracestate|baggage)$/

const LONGEST_SIGNING_NAME = 64

/**
 * Checks the headers that a hook adds to its deliveries.
 *
 * @param signing the names of the headers that sign a delivery, where they are not `webhook-…`
 * @returns a copy of them
 * @throws `headers_invalid` naming the header, never its value: values are often secrets
 * @example
 * ```ts
 * checkHeaders({ Authorization: 'Bearer abc' }) // { Authorization: 'Bearer abc' }
 * checkHeaders({ Host: 'example.com' }) // throws: Host cannot be set …
 * ```
 */
export function checkHeaders(headers: unknown, signing: readonly string[] = []): Record<string, string> {
  if (typeof headers !== 'object' || headers === null || !isPlain(headers)) {
    throw invalid('they are not an object of strings', "Write for instance { 'X-Token': 'abc' }")
  }
  const entries = Object.entries(headers)
  if (entries.length > MOST_HEADERS) throw invalid(`there are more than ${MOST_HEADERS}`)
  const seen = new Set<string>()
  for (const [name, value] of entries) {
    const malformed = malformedHeader(name, value)
    if (malformed !== undefined) throw invalid(malformed)
    const lower = name.toLowerCase()
    if (isForbidden(lower, signing))
      throw invalid(`${shown(name)} cannot be set, because it is part of how deliveries are sent and signed`)
    if (seen.has(lower)) throw invalid(`${shown(name)} is there twice`)
    seen.add(lower)
  }
  const oversized = oversizedHeaders(entries as [string, string][], LARGEST_HEADERS)
  if (oversized !== undefined) throw invalid(oversized)
  return Object.fromEntries(entries) as Record<string, string>
}

/**
 * Whether headers are more than a receiver takes.
 *
 * @param most bytes, of all of them together; by default as many as are sent at all
 * @returns a sentence that names the largest one
 */
export function oversizedHeaders(
  entries: readonly (readonly [name: string, value: string])[],
  most = LARGEST_SENT,
): string | undefined {
  const sizeOf = ([name, value]: readonly [string, string]) => name.length + value.length + ': \r\n'.length
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) <= most) return undefined
  const [name] = entries.reduce((largest, entry) => (sizeOf(entry) > sizeOf(largest) ? entry : largest))
  return `together they have more than ${most} bytes; the largest is ${shown(name)}`
}

/** A name for a message: it may be a megabyte itself. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 60))
}

/**
 * What is wrong with a header as such, whoever set it.
 *
 * @returns a sentence that names the header and does not show its value
 */
export function malformedHeader(name: string, value: unknown): string | undefined {
  if (!TOKEN.test(name)) return `${shown(name)} is no name of a header`
  if (typeof value !== 'string') return `the value of ${shown(name)} is not a string`
  if (!VALUE.test(value))
    return `the value of ${shown(name)} has a line break, a control character or one beyond Latin-1`
  return undefined
}

/** Whether undici writes this header itself; a request that brings its own is not sent. */
export function isFraming(lowercaseName: string): boolean {
  return framing.has(lowercaseName)
}

function isForbidden(lowercaseName: string, signing: readonly string[]): boolean {
  const name = dashed(lowercaseName)
  return isFraming(name) || misleading.has(name) || name.startsWith('proxy-') || isSigning(name, signing)
}

/**
 * Whether a receiver could take a header for one of those that sign a delivery.
 *
 * @param signing their names, where they are not `webhook-…`
 */
export function isSigning(lowercaseName: string, signing: readonly string[]): boolean {
  const name = dashed(lowercaseName)
  return /^(?:webhook|svix)-/.test(name) || signing.some((one) => dashed(one) === name)
}

/** Gateway interfaces (CGI, WSGI, PHP) make HTTP_WEBHOOK_ID of webhook_id as well. */
function dashed(lowercaseName: string): string {
  return lowercaseName.replaceAll('_', '-')
}

/**
 * Why the headers that sign a delivery cannot have this name.
 *
 * @returns a sentence; undefined where they can
 */
export function unfitForSigning(name: string): string | undefined {
  if (!TOKEN.test(name)) return 'it is no name of a header'
  if (name.length > LONGEST_SIGNING_NAME) return `it has more than ${LONGEST_SIGNING_NAME} characters`
  const lower = dashed(name.toLowerCase())
  if (isFraming(lower) || ownMeaning.test(lower)) return 'that header means something else already'
  return undefined
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function invalid(what: string, cure?: string): HookwrightError {
  return problem('headers_invalid', {
    field: 'headers',
    problem: what,
    ...(cure === undefined ? {} : { cure }),
  })
}
