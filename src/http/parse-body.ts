import { messageOf } from '../core/errors.ts'
import { HttpProblem } from './problems.ts'
import { pythonType } from './python-type.ts'
import { readBody } from './read-body.ts'

/** The fields of a request. */
export interface RequestData {
  readonly fields: Readonly<Record<string, unknown>>
  /** A form: every value is text, and several may go by one name. */
  readonly form: boolean
  /** All values of a name in a form. */
  all(name: string): unknown[]
}

/**
 * Reads the fields of a request: JSON, a form, or a multipart form, as Django REST framework takes them.
 *
 * @param maxBytes the largest body; 64 KiB unless told
 * @throws 400 for what cannot be parsed, 413, 415
 */
export async function parseBody(request: Request, maxBytes?: number): Promise<RequestData> {
  const body = await readBody(request, maxBytes)
  // Without a body the content type does not matter.
  if (body.length === 0) return objectData({})
  const contentType = request.headers.get('content-type') ?? ''
  switch (contentType.split(';', 1)[0]?.trim().toLowerCase()) {
    case 'application/json':
      return objectData(parseJson(body, contentType))
    case 'application/x-www-form-urlencoded':
      return formData(new URLSearchParams(decode(body, contentType, 'Form')))
    case 'multipart/form-data':
      return formData(await parseMultipart(body, contentType))
    default:
      throw new HttpProblem(415, `Unsupported media type "${contentType}" in request.`)
  }
}

/** The fields of a request's query. */
export function queryOf(request: Request): RequestData {
  return formData(new URL(request.url).searchParams)
}

function objectData(value: unknown): RequestData {
  if (value === null) throw new HttpProblem(400, { non_field_errors: ['No data provided'] })
  if (typeof value !== 'object' || Array.isArray(value)) {
    const message = `Invalid data. Expected a dictionary, but got ${pythonType(value)}.`
    throw new HttpProblem(400, { non_field_errors: [message] })
  }
  return { fields: value as Record<string, unknown>, form: false, all: () => [] }
}

/** Of several values of one name the last counts. */
function formData(form: URLSearchParams | FormData): RequestData {
  return { fields: Object.fromEntries(form), form: true, all: (name) => form.getAll(name) }
}

function parseJson(body: Uint8Array, contentType: string): unknown {
  const text = decode(body, contentType, 'JSON')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw parseError('JSON', messageOf(error))
  }
}

async function parseMultipart(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<FormData> {
  const boundary = /;\s*boundary=("?)[^";]+\1/i.exec(contentType)
  if (boundary === null) throw parseError('Multipart form', 'Invalid boundary in multipart: None')
  try {
    return await new Response(body, { headers: { 'Content-Type': contentType } }).formData()
  } catch {
    throw parseError('Multipart form', 'It is not of the form that its content type says')
  }
}

function decode(body: Uint8Array, contentType: string, what: string): string {
  const charset = /;\s*charset="?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  // Python takes the dash, the Encoding standard does not.
  const label = charset.toLowerCase().replace(/^latin-/, 'latin')
  try {
    return new TextDecoder(label, { fatal: true }).decode(body)
  } catch {
    throw parseError(what, `it is not text in ${charset}`)
  }
}

function parseError(what: string, words: string): HttpProblem {
  return new HttpProblem(400, `${what} parse error - ${words}`)
}
