import { problem } from '../core/errors.ts'

/** What a filter compares with. */
export type FilterValue = string | number | bigint | boolean | null

/**
 * What a value must be; all of it must hold. Numbers are compared with numbers and strings with strings, by their UTF-16 code
 * units. Any other pair is unequal, and neither less nor greater.
 */
export interface FilterOperators {
  readonly $eq?: FilterValue
  /** Also where the data has no such value. */
  readonly $ne?: FilterValue
  readonly $gt?: string | number | bigint
  readonly $gte?: string | number | bigint
  readonly $lt?: string | number | bigint
  readonly $lte?: string | number | bigint
  readonly $in?: readonly FilterValue[]
  /** Also where the data has no such value. */
  readonly $nin?: readonly FilterValue[]
  /** Whether the data has such a value; null is one. */
  readonly $exists?: boolean
  readonly $startsWith?: string
  readonly $not?: FilterOperators
}

/** Fan-out runs the filters of a thousand hooks in one transaction, so none of them may take long. */
export const FILTER_BOUNDS = { bytes: 4_096, conditions: 64, depth: 8 } as const

export const EXAMPLE = "For example { pages: { $gt: 300 }, 'author.name': 'Tolkien' }"

/** How many conditions there are so far. */
export interface Count {
  conditions: number
}

/** Whether a value, undefined where the data has none, is as a filter wants it. */
export type Test = (value: unknown) => boolean

/** The operators of one value; all must hold. @throws `hook_invalid` */
export function tests(
  given: Readonly<Record<string, unknown>>,
  place: string,
  depth: number,
  count: Count,
): Test {
  checkDepth(place, depth)
  const all = entriesOf(given, place).map(([name, value]) => {
    const here = `${place}.${name}`
    if (name !== '$not') return single(name, value, here, count)
    if (!isPlain(value)) throw wrong(here, value, 'it must be an object of operators', EXAMPLE)
    const test = tests(value, here, depth + 1, count)
    return (found: unknown) => !test(found)
  })
  return every(all)
}

export function single(name: string, value: unknown, place: string, count: Count): Test {
  count.conditions += 1
  if (count.conditions > FILTER_BOUNDS.conditions) {
    const problem = `it has more than ${FILTER_BOUNDS.conditions} conditions`
    throw wrong('filter', undefined, problem, '$in takes many values as one condition')
  }
  const make = Object.hasOwn(operators, name) ? operators[name as keyof typeof operators] : undefined
  if (make === undefined) {
    const cure = `There are ${Object.keys(operators).join(', ')} and $not; a path into the data is written 'author.name'`
    throw wrong(place, undefined, 'there is no such operator', cure)
  }
  return make(value, place)
}

export const operators = {
  $eq: (value: unknown, place: string): Test => equalTo(operand(value, place)),
  $ne: (value: unknown, place: string): Test => not(equalTo(operand(value, place))),
  $gt: (value: unknown, place: string): Test => compared(value, place, (sign) => sign > 0),
  $gte: (value: unknown, place: string): Test => compared(value, place, (sign) => sign >= 0),
  $lt: (value: unknown, place: string): Test => compared(value, place, (sign) => sign < 0),
  $lte: (value: unknown, place: string): Test => compared(value, place, (sign) => sign <= 0),
  $in: oneOf,
  $nin: (value: unknown, place: string): Test => not(oneOf(value, place)),
  $exists(value: unknown, place: string): Test {
    if (typeof value !== 'boolean') throw wrong(place, value, 'it must be true or false')
    return (found) => (found !== undefined) === value
  },
  $startsWith(value: unknown, place: string): Test {
    if (typeof value !== 'string') throw wrong(place, value, 'it must be a string')
    return (found) => typeof found === 'string' && found.startsWith(value)
  },
}

function oneOf(value: unknown, place: string): Test {
  const all = listOf(value, place).map((one, index) => equalTo(operand(one, `${place}[${index}]`)))
  return (found) => all.some((test) => test(found))
}

function not(test: Test): Test {
  return (found) => !test(found)
}

function equalTo(wanted: FilterValue): Test {
  if (wanted === null || typeof wanted === 'boolean') return (found) => found === wanted
  return (found) => sign(found, wanted) === 0
}

function compared(value: unknown, place: string, holds: (sign: number) => boolean): Test {
  const wanted = operand(value, place)
  if (wanted === null || typeof wanted === 'boolean') {
    throw wrong(place, value, 'nothing is less or greater than it', 'Give a number or a string')
  }
  return (found) => {
    const result = sign(found, wanted)
    return result !== undefined && holds(result)
  }
}

/** -1, 0 or 1; undefined for two that cannot be compared. A bigint is a number. */
function sign(a: unknown, b: string | number | bigint): number | undefined {
  if (typeof b === 'string' ? typeof a !== 'string' : typeof a !== 'number' && typeof a !== 'bigint')
    return undefined
  const left = a as typeof b
  return left < b ? -1 : Number(left > b)
}

/** @throws `hook_invalid` unless it is a value that can be compared */
function operand(value: unknown, place: string): FilterValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value
    case 'number':
      if (!Number.isFinite(value)) break
      if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value
      throw wrong(
        place,
        value,
        'an integer beyond 2^53 may have lost digits',
        'Compare with a string, or in code with a bigint',
      )
    default:
      if (value === null) return value
  }
  throw wrong(place, value, 'it can be compared with nothing', 'Give a string, a number, true, false or null')
}

export function every(tests: readonly Test[]): Test {
  const [only] = tests
  return tests.length === 1 && only !== undefined ? only : (value) => tests.every((test) => test(value))
}

export function entriesOf(given: Readonly<Record<string, unknown>>, place: string): [string, unknown][] {
  const entries = Object.entries(given)
  if (entries.length > 0) return entries
  const cure = place === 'filter' ? 'Pass null for all events' : EXAMPLE
  throw wrong(place, given, 'it has no condition', cure)
}

export function listOf(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value
  throw wrong(place, value, 'it must be a list, and not an empty one')
}

export function checkDepth(place: string, depth: number): void {
  if (depth <= FILTER_BOUNDS.depth) return
  throw wrong(place, undefined, `a filter goes ${FILTER_BOUNDS.depth} levels deep at the most`)
}

export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

export function wrong(field: string, value: unknown, fault: string, cure = EXAMPLE): Error {
  return problem('hook_invalid', {
    field,
    ...(value === undefined ? {} : { value }),
    problem: fault,
    cure,
  })
}
