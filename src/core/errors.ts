/**
 * Every error that hookwright throws on purpose, in one table: what each code means and the HTTP status that the REST
 * API answers with. Codes are part of the public API; messages are for people and may change.
 */
export const errorTable = {
  option_invalid: { status: 500, meaning: 'An option of createHooks or start is wrong.' },
  database_invalid: { status: 500, meaning: 'The database cannot be used as it was given.' },
  database_unavailable: {
    status: 503,
    meaning: 'The database cannot be reached, or has no room at the moment.',
  },
  database_busy: { status: 503, meaning: 'The database stayed locked by somebody else.' },
  database_outdated: { status: 500, meaning: "hookwright's tables are missing or of another version." },
  sqlite_libraries: { status: 500, meaning: 'Two SQLite libraries in one process would corrupt the file.' },
  capture_failed: { status: 500, meaning: 'A captured table or its triggers are not as the catalog says.' },
  event_unknown: { status: 400, meaning: 'No such event in the catalog.' },
  event_invalid: { status: 400, meaning: 'The event cannot be sent in this way.' },
  action_unknown: { status: 400, meaning: 'No such model action in the catalog.' },
  owner_missing: { status: 400, meaning: 'No owner was given; `everyone` broadcasts.' },
  payload_invalid: { status: 400, meaning: "The payload does not fit the event's schema." },
  payload_not_json: { status: 400, meaning: 'The payload holds a value that JSON cannot.' },
  payload_too_large: { status: 413, meaning: 'The event has more data than `maxPayloadBytes` allows.' },
  key_invalid: { status: 400, meaning: 'The key does not name a row of the model.' },
  row_missing: { status: 404, meaning: 'The row that the event speaks of does not exist.' },
  transaction_invalid: { status: 500, meaning: 'The `tx` option is no transaction that hookwright knows.' },
  hook_invalid: { status: 400, meaning: 'A field of the hook is wrong.' },
  hooks_exhausted: { status: 400, meaning: 'The owner has as many hooks as the REST API gives one.' },
  hook_missing: { status: 404, meaning: 'No such hook.' },
  target_invalid: { status: 400, meaning: 'The target is no URL.' },
  target_refused: { status: 400, meaning: 'The target is an address that must not be called.' },
  headers_invalid: { status: 400, meaning: 'A header of the hook cannot be sent.' },
  secret_invalid: { status: 400, meaning: 'The signing secret is malformed.' },
  decryption_failed: {
    status: 500,
    meaning: 'A secret in the database cannot be decrypted with the keys that were given.',
  },
  delivery_missing: { status: 404, meaning: 'No such delivery.' },
  hook_disabled: { status: 409, meaning: 'The hook is disabled, and gets nothing before it is enabled.' },
  signature_missing: { status: 401, meaning: 'What was received is not signed.' },
  signature_invalid: { status: 401, meaning: 'What was received is signed by nobody who is known.' },
  message_expired: { status: 401, meaning: 'What was received is too old, or from the future.' },
  message_invalid: { status: 400, meaning: 'What was received is no message of a hook.' },
  sample_missing: { status: 400, meaning: 'No data could be made up for a test event; pass `data`.' },
} as const satisfies Record<string, { status: number; meaning: string }>

export type ErrorCode = keyof typeof errorTable

/**
 * An error that hookwright throws on purpose. `code` is stable, `status` is the HTTP status that fits it, `field` names the
 * option or field at fault where there is one.
 *
 * @example
 * ```ts
 * try {
 *   await hooks.create({ owner: 1, event: 'book.added', target })
 * } catch (error) {
 *   if (error instanceof HookwrightError && error.code === 'target_refused') …
 * }
 * ```
 */
export class HookwrightError extends Error {
  override readonly name = 'HookwrightError'
  readonly code: ErrorCode
  readonly status: number
  readonly field: string | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { field?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = errorTable[code].status
    this.field = options.field
  }
}

/** What goes into an error's message: the field at fault, the value found there, the problem and its cure. */
export interface ProblemDetails {
  /** The option or field, written as the user wrote it: `events["book.added"]`. */
  field?: string
  /** The offending value; it is shown shortened. Leave it out where it may be a secret. */
  value?: unknown
  /** What is wrong, as a sentence without its full stop. */
  problem: string
  /** What to do about it, as a sentence without its full stop. */
  cure?: string
  cause?: unknown
}

/**
 * Makes an error whose message reads `field: problem (got value). Cure.`
 *
 * @example
 * ```ts
 * throw problem('option_invalid', {
 *   field: 'events["book.added"]', value: 'Bok.created', problem: 'no model "Bok" in models', cure: 'Did you mean "Book"?',
 * })
 * ```
 */
export function problem(code: ErrorCode, details: ProblemDetails): HookwrightError {
  const field = details.field === undefined ? '' : `${details.field}: `
  const value = 'value' in details ? ` (got ${show(details.value)})` : ''
  const cure = details.cure === undefined ? '' : ` ${sentence(details.cure)}`
  return new HookwrightError(code, `${field}${details.problem}${value}.${cure}`, details)
}

/** Whether an error has this code, wherever it was thrown, also by a second copy of this module in the process. */
export function hasCode(error: unknown, code: ErrorCode): error is HookwrightError {
  return error instanceof Error && 'code' in error && error.code === code
}

/** What an error is called, where its message may tell too much: the code of one of hookwright's own, or its class. */
export function faultOf(error: unknown): string {
  if (error instanceof HookwrightError) return error.code
  return error instanceof Error ? error.name : typeof error
}

const LONGEST_MESSAGE = 2_000

/**
 * The message of whatever was thrown, as text that every database keeps and that does not fill it. It never throws itself:
 * the application's code throws what it likes, also errors whose message is a list.
 */
export function messageOf(error: unknown): string {
  let text: string
  try {
    text = String(error instanceof Error ? error.message : error)
  } catch {
    text = Object.prototype.toString.call(error)
  }
  return keepable(text)
}

/** A message as every database keeps it: not too long, without NUL and without half characters. */
export function keepable(message: string): string {
  return message.slice(0, LONGEST_MESSAGE).replaceAll('\0', '\uFFFD').toWellFormed()
}

const LONGEST_SHOWN = 120

/** A value as one writes it in source, on one line and not longer than a message bears. */
export function show(value: unknown): string {
  const text = written(value)
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}

function written(value: unknown): string {
  if (typeof value === 'function') return `a function ${value.name}`.trim()
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'symbol' || value === undefined || typeof value === 'number') return String(value)
  try {
    return JSON.stringify(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`
}
