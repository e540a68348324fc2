import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'

/** A JSON Schema of draft 2020-12, which is also that of OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>

const TARGET = 'draft-2020-12'

/**
 * What a Standard Schema gives, as JSON Schema: by `~standard.jsonSchema`, where the library has that
 * (https://standardschema.dev/json-schema), or by zod's own method. Undefined where the library tells nothing, or cannot.
 * What JSON Schema has no word for, such as a custom check, is left out.
 *
 * @param side `input` is what `send` takes, `output` what is sent
 */
export function jsonSchemaOf(
  schema: StandardSchemaV1,
  side: 'input' | 'output' = 'output',
): JsonSchema | undefined {
  try {
    const made = converted(schema, side)
    if (typeof made !== 'object' || made === null) return undefined
    // Its JSON form: no functions, and nothing of the library's that somebody could change.
    const {
      $schema: _,
      '~standard': __,
      ...rest
    } = JSON.parse(JSON.stringify(made)) as Record<string, unknown>
    return rest
  } catch {
    // "May throw if conversion is not supported."
    return undefined
  }
}

function converted(schema: StandardSchemaV1, side: 'input' | 'output'): unknown {
  const { jsonSchema, vendor } = schema['~standard'] as Partial<StandardJSONSchemaV1.Props> & {
    vendor: string
  }
  const zods = vendor === 'zod' ? ZOD_OPTIONS : undefined
  if (typeof jsonSchema?.[side] === 'function') {
    return jsonSchema[side]({ target: TARGET, ...(zods && { libraryOptions: zods }) })
  }
  const own = (schema as { toJSONSchema?: unknown }).toJSONSchema
  if (zods === undefined || typeof own !== 'function') return undefined
  return (own as (options: object) => unknown).call(schema, { target: TARGET, io: side, ...zods })
}

/** As sent, a date is text in ISO 8601 and a bigint an integer; zod would refuse both. */
const ZOD_OPTIONS = {
  unrepresentable: 'any',
  override({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: Record<string, unknown> }) {
    const type = (zodSchema as { _zod?: { def?: { type?: unknown } } })._zod?.def?.type
    if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
    if (type === 'bigint') Object.assign(jsonSchema, { type: 'integer' })
  },
}
