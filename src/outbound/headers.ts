import { type HookwrightError, problem } from '../core/errors.ts'

const MOST_HEADERS = 64
const LARGEST_HEADERS = 8192

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

/**
 * Checks the headers that a hook adds to its deliveries.
 *
 * @returns a copy of them
 * @throws `headers_invalid` naming the header, never its value: values are often secrets
 * @example
 * ```ts
 * checkHeaders({ Authorization: 'Bearer abc' }) // { Authorization: 'Bearer abc' }
 * checkHeaders({ Host: 'example.com' }) // throws: Host cannot be set …
 * ```
 */
export function checkHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null || !isPlain(headers)) {
    throw invalid('they are not an object of strings', "Write for instance { 'X-Token': 'abc' }")
  }
  const entries = Object.entries(headers)
  if (entries.length > MOST_HEADERS) throw invalid(`there are more than ${MOST_HEADERS}`)
  const seen = new Set<string>()
  let size = 0
  for (const [name, value] of entries) {
    const shown = JSON.stringify(name.slice(0, 60))
    if (typeof value !== 'string') throw invalid(`the value of ${shown} is not a string`)
    const malformed = malformedHeader(name, value)
    if (malformed !== undefined) throw invalid(malformed)
    const lower = name.toLowerCase()
    if (isForbidden(lower))
      throw invalid(`${shown} cannot be set, because it is part of how deliveries are sent and signed`)
    if (seen.has(lower)) throw invalid(`${shown} is there twice`)
    seen.add(lower)
    size += name.length + value.length + ': \r\n'.length
  }
  if (size > LARGEST_HEADERS) throw invalid(`together they have more than ${LARGEST_HEADERS} bytes`)
  return Object.fromEntries(entries) as Record<string, string>
}

/**
 * What is wrong with a header as such, whoever set it.
 *
 * @returns a sentence that names the header and does not show its value
 */
export function malformedHeader(name: string, value: string): string | undefined {
  if (!TOKEN.test(name)) return `${JSON.stringify(name.slice(0, 60))} is no name of a header`
  if (!VALUE.test(value))
    return `the value of ${JSON.stringify(name)} has a line break, a control character or one beyond Latin-1`
  return undefined
}

/** Whether undici writes this header itself; a request that brings its own is not sent. */
export function isFraming(lowercaseName: string): boolean {
  return framing.has(lowercaseName)
}

function isForbidden(lowercaseName: string): boolean {
  // Gateway interfaces (CGI, WSGI, PHP) make HTTP_WEBHOOK_ID of webhook_id as well.
  const name = lowercaseName.replaceAll('_', '-')
  return isFraming(name) || misleading.has(name) || /^(?:proxy|webhook|svix)-/.test(name)
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
