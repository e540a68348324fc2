import type { JsonSchema } from '../../api/wire.ts'

/** A line of the table that a schema is shown as. */
export interface SchemaRow {
  /** `author.name`, `tags[]`. */
  path: string
  depth: number
  type: string
  required: boolean
  description: string
}

const DEEPEST = 6
/** More are not read. */
const MOST = 300

/** What a JSON Schema says of an object's fields, one after the other, those inside of others indented. */
export function schemaRows(schema: JsonSchema): SchemaRow[] {
  const rows: SchemaRow[] = []
  visit(schema, schema, '', 0, rows)
  return rows
}

function visit(root: JsonSchema, given: unknown, path: string, depth: number, rows: SchemaRow[]): void {
  // Lists inside of lists are no deeper in the table, and may never end.
  if (depth > DEEPEST || path.endsWith('[]'.repeat(DEEPEST))) return
  for (const part of partsOf(root, given)) {
    const { properties, required, items } = part
    const needed: readonly unknown[] = Array.isArray(required) ? required : []
    if (isSchema(items)) visit(root, items, `${path}[]`, depth, rows)
    if (!isSchema(properties)) continue
    for (const [name, property] of Object.entries(properties)) {
      if (rows.length >= MOST) return
      const here = path === '' ? name : `${path}.${name}`
      const found = resolve(root, property)
      rows.push({
        path: here,
        depth,
        type: typeOf(root, property),
        required: needed.includes(name),
        description: wordsOf(found),
      })
      visit(root, property, here, depth + 1, rows)
    }
  }
}

/** The schema itself, and those that it is put together from. */
function partsOf(root: JsonSchema, given: unknown): JsonSchema[] {
  const schema = resolve(root, given)
  if (schema === undefined) return []
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((key) =>
    Array.isArray(schema[key]) ? (schema[key] as unknown[]) : [],
  )
  return [schema, ...parts.map((part) => resolve(root, part)).filter((part) => part !== undefined)]
}

function typeOf(root: JsonSchema, given: unknown, depth = 0): string {
  const schema = resolve(root, given)
  if (schema === undefined || depth > DEEPEST) return 'any'
  const { type, format, items, enum: values } = schema
  const choices = schema.anyOf ?? schema.oneOf
  if (Array.isArray(choices))
    return [...new Set(choices.map((choice) => typeOf(root, choice, depth + 1)))].join(' or ')
  if (Object.hasOwn(schema, 'const')) return JSON.stringify(schema.const)
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' or ')
  const names = ([] as unknown[]).concat(type ?? (isSchema(schema.properties) ? 'object' : [])).map(String)
  if (names.length === 0) return 'any'
  const words = names.map((name) =>
    name === 'array' && isSchema(items) ? `list of ${typeOf(root, items, depth + 1)}` : name,
  )
  return `${words.join(' or ')}${typeof format === 'string' ? ` (${format})` : ''}`
}

function wordsOf(schema: JsonSchema | undefined): string {
  const words = schema?.description ?? schema?.title
  return typeof words === 'string' ? words : ''
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A schema, or what it refers to within the document. */
function resolve(root: JsonSchema, given: unknown): JsonSchema | undefined {
  let schema: unknown = given
  for (let steps = 0; steps < 8; steps += 1) {
    if (!isSchema(schema)) return undefined
    const { $ref } = schema
    if (typeof $ref !== 'string') return schema
    if (!$ref.startsWith('#')) return undefined
    schema = $ref
      .slice(1)
      .split('/')
      .slice(1)
      .map(nameOf)
      .reduce((place: unknown, step) => (isSchema(place) ? place[step] : undefined), root)
  }
  return undefined
}

/** A step of a JSON Pointer in a URL. */
function nameOf(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return step
  }
}
