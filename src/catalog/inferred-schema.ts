import type { JsonSchema } from './json-schema.ts'

/** Objects inside objects that are looked into. */
const DEEPEST = 16

/**
 * A JSON Schema that takes all the given values, guessed from nothing else: what each of them has is required, and nothing
 * is forbidden that none of them has.
 *
 * @param values JSON: as `parseExact` reads it
 * @example
 * ```ts
 * inferredSchema([{ title: 'a', pages: 1 }, { title: 'b', pages: null }])
 * // { type: 'object', properties: { title: { type: 'string' }, pages: { type: ['integer', 'null'] } }, required: ['title', 'pages'] }
 * ```
 */
export function inferredSchema(values: readonly unknown[], depth = 0): JsonSchema {
  const types = new Set(values.map(typeOf))
  // Every integer is a number, too.
  if (types.has('number')) types.delete('integer')
  if (types.size === 0) return {}
  const [type] = types
  const schema: Record<string, unknown> = { type: types.size === 1 ? type : [...types].sort(nullLast) }
  if (depth >= DEEPEST) return schema
  if (types.has('object')) Object.assign(schema, ofObjects(values.filter(isObject), depth))
  if (types.has('array'))
    schema.items = inferredSchema(values.filter((value) => Array.isArray(value)).flat(), depth + 1)
  if (types.has('string') && values.every((value) => typeof value !== 'string' || isTime(value))) {
    schema.format = 'date-time'
  }
  return schema
}

function ofObjects(objects: readonly Readonly<Record<string, unknown>>[], depth: number): JsonSchema {
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))]
  const having = (name: string) => objects.filter((object) => Object.hasOwn(object, name))
  const properties = names.map((name) => {
    const found = having(name).map((object) => object[name])
    return [name, inferredSchema(found, depth + 1)] as const
  })
  const required = names.filter((name) => having(name).length === objects.length)
  return {
    // A property may be called `__proto__`; fromEntries makes it one like any other.
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'bigint') return 'integer'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function nullLast(a: string, b: string): number {
  return Number(a === 'null') - Number(b === 'null') || a.localeCompare(b, 'en')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** As `toISOString` writes it, and RFC 3339 wants it. */
function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)
}
