import type { HookRow } from '../hooks/index.ts'
import type { EventTable } from '../store/tables.ts'

/** A delivery that this dispatcher may make an attempt of, with all that the attempt needs. */
export interface Claimed {
  hook: HookRow
  seq: number
  /** The event's. */
  uid: string
  event: string
  /** The model that the event came from; null for none. */
  model: string | null
  /** The event's data, as JSON text. */
  data: string
  /** The key of the row that the event came from, and what its data was before, as JSON text. */
  keyJson: string | null
  previousData: string | null
  /** When the event happened, in milliseconds since the epoch. */
  createdAt: number
  /** The trace that the event belongs to; see `EventTable`. */
  traceContext: string | null
  /** How many attempts were made before. */
  attempts: number
  /** How many of them count in the schedule of retries, and how many do not. */
  tries: number
  excused: number
  /** 1 if somebody asked for this attempt by hand. */
  manual: number
  /** What a payload function rendered at the first attempt. */
  body: string | null
  lease: string
  /** When the lease ends unless it is renewed. */
  leaseUntil: number
}

/** What an attempt needs of its event `e`. */
export const EVENT_COLUMNS = [
  'e.uid',
  'e.name',
  'e.model',
  'e.data',
  'e.key_json',
  'e.previous_data',
  'e.created_at',
  'e.trace_context',
] as const

type EventColumns = Pick<
  EventTable,
  'uid' | 'name' | 'model' | 'data' | 'key_json' | 'previous_data' | 'created_at' | 'trace_context'
>

/** From a row of {@link EVENT_COLUMNS}. */
export function claimedEvent(row: EventColumns) {
  return {
    uid: row.uid,
    event: row.name,
    model: row.model,
    data: row.data ?? 'null',
    keyJson: row.key_json,
    previousData: row.previous_data,
    createdAt: row.created_at,
    traceContext: row.trace_context,
  }
}
