import { problem } from '../core/errors.ts'
import { parseExact, toJson } from '../core/json.ts'
import {
  type Count,
  checkDepth,
  EXAMPLE,
  entriesOf,
  every,
  FILTER_BOUNDS,
  type FilterOperators,
  type FilterValue,
  isPlain,
  listOf,
  operators,
  single,
  tests,
  wrong,
} from './filter-operators.ts'

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
