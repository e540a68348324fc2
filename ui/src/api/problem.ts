/** An answer of the API that is no success, or that never came (`status` 0). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  /** Messages by the name of the field. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  /** Seconds after which to try again, where the server says so. */
  readonly retryAfter: number | undefined

  constructor(
    status: number,
    message: string,
    fields: Readonly<Record<string, readonly string[]>> = {},
    retryAfter?: number,
  ) {
    super(message)
    this.status = status
    this.fields = fields
    this.retryAfter = retryAfter
  }
}

/** The body of an answer of 400 and beyond: `{ "detail": … }`, or messages by field. */
export function problemOf(status: number, body: unknown, retryAfter?: number): ApiProblem {
  if (typeof body !== 'object' || body === null)
    return new ApiProblem(status, wordsFor(status), {}, retryAfter)
  if ('detail' in body && typeof body.detail === 'string') {
    return new ApiProblem(status, body.detail, {}, retryAfter)
  }
  const fields = Object.fromEntries(
    Object.entries(body).map(([name, messages]) => [
      name,
      Array.isArray(messages) ? messages.map(String) : [],
    ]),
  )
  const first = Object.values(fields).flat()[0]
  return new ApiProblem(status, first ?? wordsFor(status), fields, retryAfter)
}

function wordsFor(status: number): string {
  if (status === 0) return 'The server cannot be reached.'
  if (status >= 500) return 'The server has failed.'
  return `The server refused (${status}).`
}

export const unreachable = (): ApiProblem => new ApiProblem(0, wordsFor(0))

/** What an error says to people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
