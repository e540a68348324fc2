import { HookwrightError, hasCode } from '../core/errors.ts'
import { respond } from './respond.ts'

/** The errors of single fields, as drf-hooks' serializer words them: `{ "event": ["This field is required."] }`. */
export type FieldErrors = Record<string, string[]>

/** An answer that ends a request early. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly status: number
  readonly body: { detail: string } | FieldErrors
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body: string | FieldErrors, headers: Readonly<Record<string, string>> = {}) {
    super(typeof body === 'string' ? body : 'the request has wrong fields')
    this.status = status
    this.body = typeof body === 'string' ? { detail: body } : body
    this.headers = headers
  }

  toResponse(): Response {
    return respond(this.status, this.body, this.headers)
  }
}

/**
 * Nobody is logged in. RFC 9110, 11.6.1 wants a challenge with this status; the application alone knows its scheme, and this
 * one opens no dialog in a browser.
 */
export function unauthenticated(): HttpProblem {
  return new HttpProblem(401, 'Authentication credentials were not provided.', {
    'WWW-Authenticate': 'Bearer realm="hooks"',
  })
}

/** The same for a hook that is missing and for another owner's. */
export function notFound(): HttpProblem {
  return new HttpProblem(404, 'Not found.')
}

/** In the words of Django REST framework. */
export function forbidden(): HttpProblem {
  return new HttpProblem(403, 'You do not have permission to perform this action.')
}

/** @param allowed as the `Allow` header lists them */
export function methodNotAllowed(method: string, allowed: string): HttpProblem {
  return new HttpProblem(405, `Method "${method}" not allowed.`, { Allow: allowed })
}

/**
 * What to answer to an error of the rooms below: drf-hooks' form where a request was wrong, and nothing about the inside
 * where the fault is ours. Undefined for an error that nobody has foreseen.
 */
export function problemOf(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error
  if (hasCode(error, 'hook_missing') || hasCode(error, 'delivery_missing')) return notFound()
  if (hasCode(error, 'hook_disabled')) return new HttpProblem(409, 'The hook is disabled: enable it first.')
  if (hasCode(error, 'database_busy')) {
    return new HttpProblem(503, 'Service temporarily unavailable, try again later.', { 'Retry-After': '1' })
  }
  if (!isOurs(error) || error.status >= 500) return undefined
  if (error.status !== 400) return new HttpProblem(error.status, wordsOf(error))
  return new HttpProblem(error.status, { [fieldOf(error)]: [wordsOf(error)] })
}

/** Also one that was thrown by a second copy of this module. */
function isOurs(error: unknown): error is HookwrightError {
  return error instanceof HookwrightError || (error instanceof Error && error.name === 'HookwrightError')
}

function fieldOf({ field }: HookwrightError): string {
  return /^\w+/.exec(field ?? '')?.[0] ?? 'non_field_errors'
}

/** What an error says to the client about a field: it stands under the field's name, so that it need not begin with it. */
export function wordsOf({ message, field }: HookwrightError): string {
  return field !== undefined && message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message
}
