import { problem } from '../core/errors.ts'
import { parseExact, toJson } from '../core/json.ts'

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

/**
 * Which events a hook hears of, by their data. The names are paths into it, `author.name`; all conditions must hold.
 *
 * @example
 * ```ts
 * const filter: Filter = { pages: { $gt: 300 }, $or: [{ 'author.name': 'Tolkien' }, { fiction: true }] }
 * ```
 */
export interface Filter {
  readonly $and?: readonly Filter[]
  readonly $or?: readonly Filter[]
  readonly $not?: Filter
  readonly [path: string]: FilterValue | FilterOperators | readonly Filter[] | Filter | undefined
}

/** Whether an event's data, parsed by {@link parseData}, is of the kind that a filter lets through. */
export type Accepts = (data: unknown) => boolean

/** A filter that was checked. */
export interface CheckedFilter {
  /** As the database keeps it. */
  json: string
  accepts: Accepts
}

/** Fan-out runs the filters of a thousand hooks in one transaction, so none of them may take long. */
export const FILTER_BOUNDS = { bytes: 4_096, conditions: 64, depth: 8 } as const

const EXAMPLE = "For example { pages: { $gt: 300 }, 'author.name': 'Tolkien' }"

/**
 * Checks a filter. There are no regular expressions in it: one that backtracks takes minutes for a short text, and it would
 * hold up everybody's events.
 *
 * @throws `hook_invalid`, which names the place: `filter.pages.$gt`
 */
export function checkFilter(given: unknown): CheckedFilter {
  const count = { conditions: 0 }
  const accepts = condition(given, 'filter', 1, count)
  const json = toJson(given, 'filter')
  const bytes = Buffer.byteLength(json)
  if (bytes <= FILTER_BOUNDS.bytes) return { json, accepts }
  throw problem('hook_invalid', {
    field: 'filter',
    problem: `it has ${bytes} bytes as JSON, and ${FILTER_BOUNDS.bytes} are the most`,
    cure: 'Let the hook hear of more, and choose where it arrives',
  })
}

/** A filter from the database; undefined where it cannot be read. */
export function readFilter(json: string): Accepts | undefined {
  try {
    return checkFilter(parseExact(json)).accepts
  } catch {
    return undefined
  }
}

/** An event's data for a filter. Integers keep their digits, and the exact way is taken only where some may have so many. */
export function parseData(json: string): unknown {
  if (!/\d{16}/.test(json)) return JSON.parse(json)
  try {
    return parseExact(json)
  } catch {
    // Deeper than it goes; what a path can reach is there all the same.
    return JSON.parse(json)
  }
}

/** Whether two filters say the same but for the order of their conditions. */
export function sameFilter(a: string, b: string): boolean {
  return a === b || canonical(a) === canonical(b)
}

function canonical(json: string): string {
  try {
    return toJson(inOrder(parseExact(json)), 'filter')
  } catch {
    return json
  }
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!isPlain(value)) return value
  const entries = Object.entries(value).map(([name, part]) => [name, inOrder(part)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : Number(a > b))))
}

interface Count {
  conditions: number
}

function condition(given: unknown, place: string, depth: number, count: Count): Accepts {
  if (!isPlain(given)) throw wrong(place, given, 'it must be an object of conditions', EXAMPLE)
  checkDepth(place, depth)
  const parts = entriesOf(given, place).map(([name, value]) => {
    const here = `${place}.${name}`
    switch (name) {
      case '$and':
      case '$or': {
        const all = listOf(value, here).map((part, index) =>
          condition(part, `${here}[${index}]`, depth + 1, count),
        )
        return name === '$and' ? every(all) : (data: unknown) => all.some((accepts) => accepts(data))
      }
      case '$not': {
        const accepts = condition(value, here, depth + 1, count)
        return (data: unknown) => !accepts(data)
      }
      default:
        return onPath(name, value, place, depth, count)
    }
  })
  return every(parts)
}

function onPath(path: string, value: unknown, place: string, depth: number, count: Count): Accepts {
  const here = `${place}.${path}`
  if (path.startsWith('$')) {
    const cure = `There are $and, $or and $not here, and for single values ${Object.keys(operators).join(', ')}`
    throw wrong(here, undefined, 'there is no such operator here', cure)
  }
  const names = path.split('.')
  if (names.includes('')) throw wrong(here, undefined, 'a path needs a name on each side of a dot', EXAMPLE)
  const test = isPlain(value) ? tests(value, here, depth + 1, count) : single('$eq', value, here, count)
  return (data) => test(valueAt(data, names))
}

type Test = (value: unknown) => boolean

function tests(given: Readonly<Record<string, unknown>>, place: string, depth: number, count: Count): Test {
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

function single(name: string, value: unknown, place: string, count: Count): Test {
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

const operators = {
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

/** The value of a path: through own properties of objects, and the elements of arrays by their numbers; undefined for none. */
function valueAt(data: unknown, names: readonly string[]): unknown {
  let value = data
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    // An array has one more property of its own.
    if (Array.isArray(value) && name === 'length') return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

function every(tests: readonly Test[]): Test {
  const [only] = tests
  return tests.length === 1 && only !== undefined ? only : (value) => tests.every((test) => test(value))
}

function entriesOf(given: Readonly<Record<string, unknown>>, place: string): [string, unknown][] {
  const entries = Object.entries(given)
  if (entries.length > 0) return entries
  const cure = place === 'filter' ? 'Pass null for all events' : EXAMPLE
  throw wrong(place, given, 'it has no condition', cure)
}

function listOf(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value
  throw wrong(place, value, 'it must be a list, and not an empty one')
}

function checkDepth(place: string, depth: number): void {
  if (depth <= FILTER_BOUNDS.depth) return
  throw wrong(place, undefined, `a filter goes ${FILTER_BOUNDS.depth} levels deep at the most`)
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function wrong(field: string, value: unknown, fault: string, cure = EXAMPLE): Error {
  return problem('hook_invalid', {
    field,
    ...(value === undefined ? {} : { value }),
    problem: fault,
    cure,
  })
}
