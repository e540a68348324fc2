import type { IncomingMessage } from 'node:http'

/** A body that has been read already. */
export interface WholeBody {
  bytes: Uint8Array<ArrayBuffer>
  contentType: string | undefined
}

/** Where parsers leave what they have read. */
export interface Parsed {
  body?: unknown
  /** The bytes, where the application keeps them, as NestJS does with `rawBody: true`. */
  rawBody?: unknown
}

/**
 * The body of a request that a parser of the application's has read before, as if it had not: the bytes where they were kept,
 * or else what was parsed, written anew. Undefined while nobody has read it.
 */
export function parsedBody(message: IncomingMessage, { body, rawBody }: Parsed): WholeBody | undefined {
  // Some parsers leave an empty object where they have read nothing.
  if (!message.readableDidRead) return undefined
  const contentType = message.headers['content-type']
  for (const bytes of [rawBody, body]) {
    if (bytes instanceof Uint8Array) return { bytes: new Uint8Array(bytes), contentType }
  }
  const text = typeof rawBody === 'string' ? rawBody : body
  // It is UTF-8 now, whatever it was.
  const mediaType = contentType?.replace(/;\s*charset=("[^"]*"|[^;]*)/i, '')
  if (typeof text === 'string') return { bytes: encode(text), contentType: mediaType }
  if (body === undefined) return { bytes: new Uint8Array(), contentType }
  if (/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(contentType ?? '')) {
    return { bytes: encode(formOf(body).toString()), contentType: 'application/x-www-form-urlencoded' }
  }
  return { bytes: encode(JSON.stringify(body)), contentType: mediaType ?? 'application/json' }
}

const encoder = new TextEncoder()
const encode = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** Parsers of forms make lists and objects of names that come twice or have brackets. */
function formOf(body: unknown): URLSearchParams {
  const form = new URLSearchParams()
  const add = (name: string, value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) add(name, one)
    else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) add(name === '' ? key : `${name}[${key}]`, one)
    } else if (value !== undefined) form.append(name, String(value ?? ''))
  }
  add('', body)
  return form
}
