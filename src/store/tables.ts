import type { Generated } from 'kysely'

/**
 * hookwright's tables, as Kysely sees them. Times are milliseconds since the Unix epoch, truth values 0 or 1, so that every
 * database gives the same. SQLite and MySQL prefix the names with `hookwright_`; PostgreSQL keeps them in a schema.
 */
export interface Tables {
  hook: HookTable
  subscription: SubscriptionTable
  listening: { event: string }
  event: EventTable
  delivery: DeliveryTable
  lane: LaneTable
  attempt: AttemptTable
  departed: DepartedTable
  migration: { id: number; name: string; applied_at: number }
}

/** A hook is deleted softly: its deliveries and their attempts stay to be looked at. */
export interface HookTable {
  /** Never used twice. */
  id: Generated<number>
  owner: string
  target: string
  /** A JSON object of strings. */
  headers: string
  secret: string
  /** The secret before the last rotation; it signs as well until `old_secret_until`. */
  old_secret: string | null
  old_secret_until: number | null
  created_at: number
  updated_at: number
  disabled_at: number | null
  disabled_reason: string | null
  deleted_at: number | null
}

/** Which events a hook listens to: a row for each, as long as the hook is not deleted. */
export interface SubscriptionTable {
  event: string
  owner: string
  hook_id: number
}

/**
 * What happened. A trigger or `send` writes the row in the transaction of the change: it is the outbox. Fan-out gives it
 * its data and its deliveries; `fanout_due_at` is null from then on.
 */
export interface EventTable {
  /** The order in which events were written. */
  seq: Generated<number>
  /** 32 hexadecimal digits, see `newUid`; the first part of every `webhook-id`. */
  uid: string
  name: string
  /** Whose hooks hear of it; null when it is broadcast and nobody's. */
  owner: string | null
  broadcast: number
  /** The catalog's model and action that it came from; null for an event without a model. */
  model: string | null
  action: string | null
  /** The row as captured, and before the update. Null once the data is made from them. */
  row_json: string | null
  previous_json: string | null
  /** The event's data as JSON text, exactly as it is sent. */
  data: string | null
  created_at: number
  /** When fan-out is due; null when it is done. 0 is at once. */
  fanout_due_at: number | null
  /** The last hook that has its delivery, where fan-out takes several chunks. */
  fanout_cursor: Generated<number>
  fanout_attempts: Generated<number>
  fanout_error: string | null
}

export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'cancelled'

/** One event on its way to one hook. No foreign key: hooks and events may be pruned before it. */
export interface DeliveryTable {
  hook_id: number
  event_seq: number
  status: DeliveryStatus
  /** Why it failed or was cancelled. */
  reason: string | null
  /** When the next attempt is due, or when the lease runs out; null when it is parked or nothing more will happen. */
  due_at: number | null
  /** When it would be due if its hook were not held back: such rows are out of the way of everybody else's. */
  parked_due_at: number | null
  /** The token of the dispatcher that makes an attempt now. */
  lease: string | null
  attempts: Generated<number>
  /** The body, where a payload function rendered it; otherwise it is made of the event's data. */
  body: string | null
  finished_at: number | null
}

/** A hook with parked deliveries. Hooks that keep up have no row here, so there are few. */
export interface LaneTable {
  hook_id: number
  /** When to look at its parked deliveries again. */
  next_at: number
}

/** One POST of one delivery. */
export interface AttemptTable {
  id: Generated<number>
  hook_id: number
  event_seq: number
  /** Counted from 1. */
  number: number
  started_at: number
  duration_ms: number
  /** The HTTP status; null when no response came. */
  status: number | null
  error_code: string | null
  error: string | null
  /** A JSON array of [name, value]. */
  response_headers: string | null
  /** The beginning of the body as text; what is not UTF-8, and NUL, is replaced by U+FFFD. */
  response_body: string | null
  response_truncated: number
}

/**
 * Whose a related row was that is deleted: with a cascade, the rows that refer to it are deleted after it and still need
 * their owner. Notes are of use within a transaction only, and are removed soon.
 */
export interface DepartedTable {
  /** The related table, with the column that is referred to and the owner's. */
  table_name: string
  key: string
  owner: string | null
  at: number
}
