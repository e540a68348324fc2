import { problem } from './errors.ts'

/**
 * Refuses options that there are not, for they may be misspelt.
 *
 * @param field what the options are called where they are given; the empty string for the outermost
 * @param missing what is said of one that there is not
 * @param isShown whether values may stand in the message; those of the outermost options never do
 * @throws `option_invalid` unless it is an object that has no other options than the `known`
 */
export function refuseUnknownOptions(
  options: unknown,
  known: readonly string[],
  field: string,
  missing = 'there is no such option',
  isShown = field !== '',
): void {
  const cure = `There are ${known.join(', ')}`
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw problem('option_invalid', {
      field,
      ...(field === '' || isShown ? { value: options } : {}),
      problem: 'it must be an object',
      cure,
    })
  }
  for (const [name, value] of Object.entries(options)) {
    if (known.includes(name)) continue
    const path = field === '' ? name : `${field}.${name}`
    // Among the outermost options may be a key or a password under a misspelt name: its value is not shown.
    throw problem('option_invalid', { field: path, ...(isShown ? { value } : {}), problem: missing, cure })
  }
}

/**
 * A whole number above 0.
 *
 * @param fallback what it is if it is left out
 * @param without said in the cure, where there is a way to do without
 * @throws `option_invalid`
 */
export function wholeNumber(value: unknown, field: string, fallback: number, without = ''): number {
  const number = value ?? fallback
  if (typeof number === 'number' && Number.isSafeInteger(number) && number > 0) return number
  throw problem('option_invalid', {
    field,
    value: number,
    problem: 'it must be a whole number above 0',
    cure: `It is ${fallback} if left out${without}`,
  })
}

/**
 * Whether something is wanted.
 *
 * @param fallback what it is if it is left out
 * @throws `option_invalid`
 */
export function trueOrFalse(value: unknown, field: string, fallback: boolean): boolean {
  const wanted = value ?? fallback
  if (typeof wanted === 'boolean') return wanted
  throw problem('option_invalid', {
    field,
    value: wanted,
    problem: 'it must be true or false',
    cure: `It is ${fallback} if left out`,
  })
}

/** A call that works for so long at the most. */
export interface DeadlineOptions {
  /** How long it may take in all, in milliseconds. 50,000 unless told, which fits into a function that has a minute. */
  deadlineMs?: number
}

const DEFAULT_DEADLINE_MS = 50_000

/** @param call what the call is named. @throws `option_invalid` */
export function deadlineOf(options: DeadlineOptions | undefined, call: string): number {
  const given = options ?? {}
  refuseUnknownOptions(given, ['deadlineMs'], call)
  const { deadlineMs = DEFAULT_DEADLINE_MS } = given
  if (typeof deadlineMs === 'number' && deadlineMs > 0) return deadlineMs
  throw problem('option_invalid', {
    field: `${call}.deadlineMs`,
    value: deadlineMs,
    problem: 'it must be a number of milliseconds above 0',
    cure: `It is ${DEFAULT_DEADLINE_MS} if left out`,
  })
}
