import type { EventDefinition } from './events.ts'
import { type Model, renameRow } from './models.ts'
import type { Row, SerializerContext } from './options.ts'
import { entry, member } from './place.ts'
import { isSchema, validate } from './schema.ts'

/**
 * Checks a payload that the application sends by the schema of its event, and gives what the schema makes of it. An event
 * without a schema takes any payload as it is.
 *
 * @returns the payload to send; a promise of it only where the schema answers later (asynchronous refinements)
 * @throws `payload_invalid` with every issue and its path
 * @example
 * ```ts
 * const checked = validatePayload(event, payload)
 * const data = checked instanceof Promise ? await checked : checked
 * ```
 */
export function validatePayload(event: EventDefinition, payload: unknown): unknown {
  if (event.schema === undefined) return payload
  return validate(event.schema, payload, {
    field: 'payload',
    schemaOf: `the schema of ${JSON.stringify(event.name)}`,
  })
}

/** What happened to a row, as it was captured. */
export interface Change extends Omit<SerializerContext, 'previous'> {
  /** By column, not renamed. */
  readonly row: Row
  /** Likewise; undefined unless it was updated. */
  readonly previous: Row | undefined
}

/**
 * The data of an event: what the model's serializer makes of the row, or the row where there is none.
 *
 * @throws whatever the serializer throws; `payload_invalid` where it is a schema that refuses the row
 */
export async function serializeRow(model: Model, change: Change): Promise<unknown> {
  const { row: captured, previous, ...context } = change
  const row = renameRow(model, captured)
  const { serialize } = model
  if (serialize === undefined) return row
  if (isSchema(serialize))
    return validate(serialize, row, {
      field: 'row',
      schemaOf: member(entry('models', model.name), 'serialize'),
    })
  return serialize(row, {
    ...context,
    previous: previous === undefined ? undefined : renameRow(model, previous),
  })
}
