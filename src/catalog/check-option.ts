import { problem } from '../core/errors.ts'
import { cureFor } from './suggest.ts'

/** A value that is a plain object, by whatever name its keys go. */
export type Options = Readonly<Record<string, unknown>>

/** Whether a value is an object that is only there to hold options. */
export function isOptions(value: unknown): value is Options {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // An object of another realm (a test runner's sandbox) has another Object.prototype, which has no prototype either.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * The value as a plain object.
 *
 * @throws `option_invalid`
 */
export function requireOptions(value: unknown, field: string, cure: string): Options {
  if (isOptions(value)) return value
  throw problem('option_invalid', { field, value, problem: 'it must be an object', cure })
}

/** @throws `option_invalid` when there is an option of a name that is none */
export function refuseUnknown(options: Options, known: readonly string[], field: string): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    throw problem('option_invalid', {
      field,
      problem: `there is no option ${JSON.stringify(name)}`,
      cure: cureFor(name, known, ''),
    })
  }
}

/**
 * The value as text that names something in the database.
 *
 * @throws `option_invalid` when it is no text, is empty, or holds a control character
 */
export function requireName(value: unknown, field: string, cure: string): string {
  if (typeof value === 'string' && value.trim() !== '' && !hasControlCharacter(value)) return value
  throw problem('option_invalid', { field, value, problem: 'it must be a name', cure })
}

export function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text)
}
