import { isDeepStrictEqual } from 'node:util'
import { decodeRow } from '../capture/index.ts'
import {
  accepts,
  type EventDefinition,
  type EventSource,
  type Model,
  type Row,
  renameRow,
  serializeRow,
} from '../catalog/index.ts'
import { problem } from '../core/errors.ts'
import { parseExact, toJson } from '../core/json.ts'
import { checkSize, MAX_PAYLOAD_BYTES } from '../core/payload-size.ts'
import type { PendingEvent } from './pending.ts'
import type { PrepareContext } from './prepare.ts'

/** What is kept of an event for all its deliveries, each as JSON text. */
export interface EventData {
  data: string
  /** By the names that user code knows; null where the event is of no row, or the row's key cannot be told. */
  key_json: string | null
  /** What was different before; null where the event does not say so. */
  previous_data: string | null
}

export type DataContext = Pick<PrepareContext, 'db' | 'keyOf' | 'maxPayloadBytes'>

/**
 * Makes an event's data of the row that was captured; undefined where `when` says that this is no such event.
 *
 * @throws `event_invalid`, `payload_not_json`, `payload_too_large`, and whatever the application's code throws
 */
export async function makeData(
  context: DataContext,
  { name, source, ...definition }: EventDefinition,
  event: PendingEvent,
): Promise<EventData | undefined> {
  const { action } = event
  if (source === null || event.row_json === null || action === null) {
    throw problem('event_invalid', {
      field: `events["${name}"]`,
      problem: 'the event was captured from a model, and the catalog now says that it comes from none',
      cure: 'Give it its model back until these events are delivered',
    })
  }
  const row = decodeRow(event.row_json)
  const previous = event.previous_json === null ? undefined : decodeRow(event.previous_json)
  if (source.when !== undefined) {
    const before = previous === undefined ? undefined : renameRow(source.model, previous)
    if (!accepts({ name, source, ...definition }, renameRow(source.model, row), before)) return undefined
  }
  const serialized = async (one: Row, before: Row | undefined) => {
    const change = { event: name, action, row: one, previous: before, db: context.db }
    return written(context, name, await serializeRow(source.model, change))
  }
  const data = await serialized(row, previous)
  const before = asksForPrevious(source, action, previous) ? await serialized(previous, undefined) : undefined
  return {
    data,
    key_json: await keyJson(context, source.model, row),
    previous_data: before === undefined ? null : differences(before, data),
  }
}

function written({ maxPayloadBytes = MAX_PAYLOAD_BYTES }: DataContext, name: string, data: unknown): string {
  const what = `the data of "${name}"`
  const json = toJson(data, what)
  checkSize(json, maxPayloadBytes, what, 'serialized')
  return json
}

function asksForPrevious(source: EventSource, action: string, previous: Row | undefined): previous is Row {
  return source.previous && action === 'updated' && previous !== undefined
}

/**
 * The fields that are different now, as they were before; one that was not there was null, as Stripe has it in
 * `previous_attributes` (https://docs.stripe.com/api/events/object). Data of any other kind comes back whole.
 */
export function differences(before: string, now: string): string {
  const [old, current] = [parseExact(before), parseExact(now)]
  if (!isRecord(old) || !isRecord(current)) return before
  const names = new Set([...Object.keys(current), ...Object.keys(old)])
  const changed = [...names].filter((name) => !isDeepStrictEqual(own(old, name), own(current, name)))
  return toJson(Object.fromEntries(changed.map((name) => [name, own(old, name) ?? null])), 'previous')
}

function own(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The key of a row, as JSON; null where no columns of a key are known.
 *
 * @param row by column, not renamed
 */
export async function keyJson({ keyOf }: DataContext, model: Model, row: Row): Promise<string | null> {
  const columns = (await keyOf?.(model)) ?? []
  if (columns.length === 0 || !columns.every((column) => row[column] !== undefined)) return null
  return toJson(
    renameRow(model, Object.fromEntries(columns.map((column) => [column, row[column]]))),
    'the key',
  )
}
