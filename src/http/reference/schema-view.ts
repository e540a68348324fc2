import type { JsonSchema } from '../../catalog/index.ts'
import { Html, html, prose } from './html.ts'

const DEEPEST = 6
const NOTHING = new Html('')

/** Shows schemas of a document as lists of properties. */
export class SchemaView {
  readonly #schemas: Readonly<Record<string, JsonSchema>>

  constructor(schemas: Readonly<Record<string, JsonSchema>>) {
    this.#schemas = schemas
  }

  /**
   * The properties of an object, each with those of its own.
   *
   * @param marked which of them are marked: those that a request must have, or those that a delivery may lack
   */
  properties(schema: JsonSchema, marked: 'required' | 'optional', depth = 0): Html {
    const { properties, required } = this.#whole(schema)
    if (depth > DEEPEST || Object.keys(properties).length === 0) return NOTHING
    const items = Object.entries(properties).map(([name, property]) => {
      const note = this.description(property)
      return html`<li><div class="name"><code>${name}</code> <span class="type">${this.type(property)}</span>${required.has(name) === (marked === 'required') && html` <span class="marked">${marked}</span>`}</div>${note !== undefined && html`<p>${prose(note)}</p>`}${this.properties(this.#inner(property), marked, depth + 1)}</li>`
    })
    return html`<ul class="properties">${items}</ul>`
  }

  /** The type of a value in a few words: `integer or null`. */
  type(schema: JsonSchema): string {
    const name = nameIn(schema)
    const target = this.#resolved(schema)
    if (name === 'EventName') return 'event name'
    if (name !== undefined && isObject(target.properties ?? target.allOf)) return name
    if (target.const !== undefined) return JSON.stringify(target.const)
    if (Array.isArray(target.enum) && target.enum.length <= 8) {
      return target.enum.map((value) => JSON.stringify(value)).join(' | ')
    }
    const choices = target.anyOf ?? target.oneOf
    if (Array.isArray(choices)) return [...new Set(choices.map((one) => this.type(one)))].join(' or ')
    const types = [target.type].flat().filter((type) => typeof type === 'string')
    const words = types.map((type) => {
      if (type === 'array')
        return isObject(target.items) ? `list of ${plural(this.type(target.items as JsonSchema))}` : 'list'
      return type === 'string' ? (FORMATS[String(target.format)] ?? 'string') : type
    })
    return words.length === 0 ? 'any' : words.join(' or ')
  }

  /** What is inside a list, or the thing itself. */
  #inner(schema: JsonSchema): JsonSchema {
    const target = this.#resolved(schema)
    if (isObject(target.items)) return this.#inner(target.items as JsonSchema)
    return target
  }

  /** What a schema says of itself. */
  description(schema: JsonSchema): string | undefined {
    const own =
      schema.description ?? (nameIn(schema) === undefined ? undefined : this.#resolved(schema).description)
    return typeof own === 'string' && nameIn(schema) !== 'EventName'
      ? own
      : (schema.description as string | undefined)
  }

  #whole(schema: JsonSchema): { properties: Record<string, JsonSchema>; required: Set<string> } {
    const target = this.#resolved(schema)
    const parts = Array.isArray(target.allOf) ? target.allOf.map((part) => this.#whole(part)) : []
    return {
      properties: Object.assign(
        {},
        ...parts.map((part) => part.properties),
        isObject(target.properties) ? target.properties : {},
      ) as Record<string, JsonSchema>,
      required: new Set([
        ...parts.flatMap((part) => [...part.required]),
        ...(Array.isArray(target.required) ? (target.required as string[]) : []),
      ]),
    }
  }

  #resolved(schema: JsonSchema): JsonSchema {
    const name = nameIn(schema)
    return name === undefined ? schema : (this.#schemas[name] ?? {})
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': 'time',
  date: 'date',
  uri: 'URL',
  email: 'e-mail',
  uuid: 'UUID',
}

function plural(type: string): string {
  return /^(?:string|integer|number|boolean|object|time|date|URL|event name)$/.test(type) ? `${type}s` : type
}

function nameIn({ $ref }: JsonSchema): string | undefined {
  return typeof $ref === 'string' ? /^#\/components\/schemas\/([^/]+)$/.exec($ref)?.[1] : undefined
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
