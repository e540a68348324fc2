import type { JsonSchema } from './wire.ts'

/** A field that the application adds to hooks. */
export interface OwnField {
  name: string
  type: 'boolean' | 'integer' | 'number' | 'string'
  nullable: boolean
  /** What a hook has that is created without it; undefined where it must be given. */
  default: unknown
  required: boolean
}

/** Fields that every hook has, whatever the application. */
const COMMON: ReadonlySet<string> = new Set([
  'event',
  'events',
  'target',
  'owner',
  'headers',
  'ordered',
  'rate_limit',
  'payload',
  'filter',
])

/** The application's own fields: those of a new hook in the API's document that not every hook has. */
export function ownFieldsOf(document: unknown): OwnField[] {
  const schema = at(document, ['components', 'schemas', 'NewHook'])
  const properties = at(schema, ['properties'])
  if (typeof properties !== 'object' || properties === null) return []
  const required = at(schema, ['required'])
  const needed = Array.isArray(required) ? required : []
  return Object.entries(properties as Record<string, JsonSchema>).flatMap(([name, property]) => {
    if (COMMON.has(name)) return []
    const types = ([] as unknown[]).concat(property.type)
    const type = (['boolean', 'integer', 'number', 'string'] as const).find((one) => types.includes(one))
    if (type === undefined) return []
    return [
      {
        name,
        type,
        nullable: types.includes('null'),
        default: property.default,
        required: needed.includes(name),
      },
    ]
  })
}

function at(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}
