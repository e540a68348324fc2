import type { Capture, ColumnShape } from '../capture/index.ts'
import {
  type EventDefinition,
  exampleOf,
  inferredSchema,
  isOperational,
  type JsonSchema,
  jsonSchemaOf,
  type Model,
  operationalDescriptions,
  renameRow,
  serializeRow,
  validatePayload,
} from '../catalog/index.ts'
import { isSchema } from '../catalog/schema.ts'
import type { Clock } from '../core/clock.ts'
import { HookwrightError } from '../core/errors.ts'
import { parseExact, toJson } from '../core/json.ts'
import { within } from '../core/within.ts'
import type { Store } from '../store/store.ts'
import { type MadeRows, madeRows } from './made-rows.ts'
import { noRows } from './no-rows.ts'

export interface DescribeContext {
  store: Store
  capture: Capture
  clock: Clock
}

/**
 * Where the schema of an event's data comes from: from a schema of the application's (or of hookwright's own events), from
 * the columns of a table, or it was guessed: from what the serializer made of made-up rows, or from events that have happened.
 */
export type SchemaSource = 'schema' | 'columns' | 'example' | 'events'

/** What there is to know of an event's data, whoever asks. */
export interface DataDescription {
  readonly schema: JsonSchema
  /** Undefined where nothing is known; the schema is then empty, and takes everything. */
  readonly schemaFrom: SchemaSource | undefined
  /** As JSON text; undefined where none could be made. */
  readonly example: string | undefined
}

const NOTHING: DataDescription = { schema: {}, schemaFrom: undefined, example: undefined }

/**
 * Describes the data of an event without looking at any row or event, so that everybody may see it. The same catalog and
 * tables give the same.
 *
 * @throws `capture_failed`, `database_unavailable`
 */
export async function describeData(
  { store, capture, clock }: DescribeContext,
  event: EventDefinition,
): Promise<DataDescription> {
  const { name, source, schema } = event
  if (isOperational(name)) {
    const { schema: own, example } = operationalDescriptions[name]
    return { schema: own, schemaFrom: 'schema', example: JSON.stringify(example) }
  }
  if (source !== null)
    return await ofModel(clock, event, await madeRows(store, capture, source.model), source.model)
  if (schema === undefined) return NOTHING
  const output = jsonSchemaOf(schema)
  const checked = await attempt(clock, name, () =>
    validatePayload(event, exampleOf(jsonSchemaOf(schema, 'input') ?? {})),
  )
  // What it reads may be a Date, which no JSON is.
  if (output !== undefined) {
    return { schema: output, schemaFrom: 'schema', example: checked ?? JSON.stringify(exampleOf(output)) }
  }
  return checked === undefined ? NOTHING : guessed([checked])
}

async function ofModel(
  clock: Clock,
  event: EventDefinition,
  rows: MadeRows,
  model: Model,
): Promise<DataDescription> {
  const made = async (row: MadeRows['row']) =>
    await attempt(clock, event.name, () => {
      const { action = '' } = event.source ?? {}
      const previous = action === 'updated' ? row : undefined
      return serializeRow(model, { event: event.name, action, row, previous, db: noRows })
    })
  const example = await made(rows.row)
  const { serialize } = model
  if (serialize === undefined)
    return { schema: rowSchema(model, rows.columns), schemaFrom: 'columns', example }
  const schema = isSchema(serialize) ? jsonSchemaOf(serialize) : undefined
  if (schema !== undefined) return { schema, schemaFrom: 'schema', example }
  const examples = [example, await made(rows.sparse)].filter((text) => text !== undefined)
  return examples.length === 0 ? NOTHING : guessed(examples)
}

/** @param examples JSON texts, the best first */
export function guessed(examples: readonly string[], schemaFrom: SchemaSource = 'example'): DataDescription {
  return { schema: inferredSchema(examples.map(parseExact)), schemaFrom, example: examples[0] }
}

/** Whoever reads the catalog does not wait longer for the application's code, in milliseconds. */
const LONGEST_MS = 2_000

/** What the application's code gives, as JSON text; undefined where it throws, never ends or gives what JSON cannot hold. */
async function attempt(clock: Clock, name: string, make: () => unknown): Promise<string | undefined> {
  try {
    const what = `the data of "${name}"`
    return toJson(await within(clock, LONGEST_MS, what, async () => make()), what)
  } catch (error) {
    if (error instanceof HookwrightError && /^(?:database|capture)_/.test(error.code)) throw error
    return undefined
  }
}

function rowSchema(model: Model, columns: readonly ColumnShape[]): JsonSchema {
  const shapes = Object.fromEntries(columns.map(({ name, schema, nullable }) => [name, { schema, nullable }]))
  const properties = Object.entries(renameRow(model, shapes)).map(([name, shape]) => {
    const { schema, nullable } = shape as { schema: JsonSchema; nullable: boolean }
    return [name, nullable ? orNull(schema) : schema] as const
  })
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: properties.map(([name]) => name),
  }
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema
  if (type === undefined) return schema
  return {
    ...schema,
    type: [...(Array.isArray(type) ? type : [type]), 'null'],
    ...(Array.isArray(values) && { enum: [...values, null] }),
  }
}
