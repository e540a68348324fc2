import type { JsonSchema } from './json-schema.ts'

const DEEPEST = 16

/**
 * A value that a JSON Schema takes, as an example: what the schema itself gives as one, or else the simplest of its type.
 * It is a guess: a schema may want what no example can be made of by rule, such as a pattern.
 */
export function exampleOf(schema: JsonSchema): unknown {
  return new Examples(schema).of(schema, 0)
}

class Examples {
  readonly #root: JsonSchema

  constructor(root: JsonSchema) {
    this.#root = root
  }

  of(schema: unknown, depth: number): unknown {
    if (!isSchema(schema) || depth > DEEPEST) return null
    const { examples } = schema
    if (Array.isArray(examples) && examples.length > 0) return examples[0]
    for (const key of ['const', 'default', 'example']) if (Object.hasOwn(schema, key)) return schema[key]
    if (Array.isArray(schema.enum)) return schema.enum[0]
    if (typeof schema.$ref === 'string') return this.of(this.#target(schema.$ref), depth + 1)
    const choices = [schema.oneOf, schema.anyOf].find((list) => Array.isArray(list) && list.length > 0)
    // Beside properties it says which of them are needed.
    if (Array.isArray(choices) && schema.properties === undefined)
      return this.of(choices.find((one) => one?.type !== 'null') ?? choices[0], depth + 1)
    if (Array.isArray(schema.allOf)) return this.#all(schema, schema.allOf, depth)
    return this.#ofType(schema, depth)
  }

  #all(schema: JsonSchema, parts: readonly unknown[], depth: number): unknown {
    const { allOf: _, ...rest } = schema
    const made = [...parts, rest].map((part) => this.of(part, depth + 1))
    const objects = made.filter((value) => typeof value === 'object' && value !== null)
    return objects.length > 0 ? Object.assign({}, ...objects) : made[0]
  }

  #ofType(schema: JsonSchema, depth: number): unknown {
    switch (typeOf(schema)) {
      case 'object':
        return this.#object(schema, depth)
      case 'array':
        return this.#array(schema, depth)
      case 'string':
        return text(schema)
      case 'integer':
        return Math.ceil(within(schema, 1))
      case 'number':
        return within(schema, 1)
      case 'boolean':
        return true
      default:
        return null
    }
  }

  #object({ properties, required }: JsonSchema, depth: number): unknown {
    const needed = Array.isArray(required) ? required : []
    // Deep down only what has to be there, or a schema that holds itself never ends.
    const entries = Object.entries(isSchema(properties) ? properties : {}).filter(
      ([name]) => depth < 4 || needed.includes(name),
    )
    return Object.fromEntries(entries.map(([name, property]) => [name, this.of(property, depth + 1)]))
  }

  #array({ items, prefixItems, minItems }: JsonSchema, depth: number): unknown {
    if (Array.isArray(prefixItems)) return prefixItems.map((item) => this.of(item, depth + 1))
    const length = Math.min(typeof minItems === 'number' ? minItems : 1, 10)
    return items === undefined || depth >= 4 ? [] : Array.from({ length }, () => this.of(items, depth + 1))
  }

  #target(ref: string): unknown {
    if (!ref.startsWith('#')) return undefined
    const steps = ref.slice(1).split('/').slice(1)
    return steps.reduce<unknown>((place, step) => {
      const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
      return isSchema(place) && Object.hasOwn(place, name) ? place[name] : undefined
    }, this.#root)
  }
}

function typeOf({ type, properties, items }: JsonSchema): unknown {
  if (Array.isArray(type)) return type.find((one) => one !== 'null')
  return type ?? (properties !== undefined ? 'object' : items !== undefined ? 'array' : undefined)
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2026-01-31T12:00:00Z',
  date: '2026-01-31',
  time: '12:00:00Z',
  duration: 'P1D',
  email: 'user@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function text({ format, minLength, maxLength }: JsonSchema): string {
  const byFormat = typeof format === 'string' ? BY_FORMAT[format] : undefined
  if (byFormat !== undefined) return byFormat
  const least = typeof minLength === 'number' ? Math.min(minLength, 1_000) : 0
  const most = typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY
  return 'text'.padEnd(least, ' text').slice(0, most)
}

function within(
  { minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf }: JsonSchema,
  wish: number,
): number {
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : 1
  let value = multipleOf === undefined ? wish : step
  if (typeof minimum === 'number' && value < minimum) value = minimum
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) value = exclusiveMinimum + step
  if (typeof maximum === 'number' && value > maximum) value = maximum
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) {
    const low = [exclusiveMinimum, minimum].find(
      (bound) => typeof bound === 'number' && bound < exclusiveMaximum,
    )
    value = low === undefined ? exclusiveMaximum - step : (Number(low) + exclusiveMaximum) / 2
  }
  return value
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
