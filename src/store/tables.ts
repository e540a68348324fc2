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
  health: HealthTable
  chore: { name: string; due_at: number }
  portal: PortalTable
  migration: { id: number; name: string; applied_at: number }
}

/** One row at the most: what portal links are signed with. */
export interface PortalTable {
  id: 1
  /** 32 bytes in base64, encrypted where the application gives a key. */
  key: string
  created_at: number
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
  /** The secrets before `secret`, newest first, as JSON: `[{ "secret": …, "until": ms }]`. Null for none. */
  old_secrets: string | null
  created_at: number
  updated_at: number
  disabled_at: number | null
  disabled_reason: string | null
  /** Who or what disabled it; null while it is not. */
  disabled_cause: DisabledCause | null
  /** 1: one delivery at a time, in the order of the events. */
  ordered: Generated<number>
  /** The most attempts in a second; null for as many as there are. */
  rate_limit: number | null
  /** The form of its bodies; null for what the application says. */
  payload: string | null
  /** The condition on an event's data, as JSON; null for none. */
  filter: string | null
  deleted_at: number | null
}

/** `manual`: by a call; `gone`: the target answered 410; `failing`: no success for too long. */
export type DisabledCause = 'manual' | 'gone' | 'failing'

/** Which events a hook listens to: a row for each, as long as the hook is not deleted. */
export interface SubscriptionTable {
  event: string
  owner: string
  hook_id: number
  /** 1 for a hook that is ordered or has a rate limit: its deliveries are parked from the beginning. */
  in_lane: Generated<number>
  /** 1 for a hook with a filter: whether it hears of an event depends on the event's data. */
  filtered: Generated<number>
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
  /** The key of the row that it came from, as JSON: `{"id":5}`. Null before fan-out, and for an event without a model. */
  key_json: string | null
  /** What of the data was different before an update, as JSON. Null where that is not asked for. */
  previous_data: string | null
  /** The trace that it belongs to, as the JSON of the headers that say so. */
  trace_context: string | null
  created_at: number
  /** When fan-out is due; null when it is done. 0 is at once. */
  fanout_due_at: number | null
  /** The last hook that has its delivery, where fan-out takes several chunks. */
  fanout_cursor: Generated<number>
  fanout_attempts: Generated<number>
  fanout_error: string | null
  /** 1 for one that was made to try a hook out, and is for that hook alone. */
  test: Generated<number>
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
  /** How many attempts were made in all. */
  attempts: Generated<number>
  /** How many of them count in the schedule of retries, since it began or was begun anew. */
  tries: Generated<number>
  /** How many since then do not: faults of our own, and a few that the target asked to put off. */
  excused: Generated<number>
  /** 1 while an attempt is to come that somebody asked for by hand. */
  manual: Generated<number>
  /** When somebody did so last. */
  manual_at: number | null
  /** The body, where a payload function rendered it; otherwise it is made of the event's data. */
  body: string | null
  finished_at: number | null
}

/** A hook with parked deliveries. Hooks that keep up have no row here, so there are few. */
export interface LaneTable {
  hook_id: number
  /** When to look at its parked deliveries again. */
  next_at: number
  /** Nothing may be taken before: of a rate limit, or of a breaker that is open. */
  not_before: Generated<number>
  /** The theoretical arrival time of its rate limit, in microseconds since the epoch. */
  tat: Generated<number>
  /** The delivery of an ordered hook that was taken last. */
  held_seq: number | null
}

/** A hook whose last attempt failed, or that is just recovering. Hooks that are well have no row here. */
export interface HealthTable {
  hook_id: number
  /** In a row. */
  failures: number
  /** When the first of them was; null while it recovers. */
  failing_since: number | null
  /** The percentage of the time until it is disabled that was warned of last. */
  warned: number
  /** How often the breaker has opened since the hook was well. */
  opens: number
  /** While the breaker is open: when the next attempt may be made. */
  open_until: number | null
  /** When the breaker closed: from then on deliveries are let through in growing numbers. */
  recovered_at: number | null
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
  /** 1 if somebody asked for it by hand. */
  manual: Generated<number>
  /** What was sent but for the body, as JSON; null where nothing was posted, and in rows of older versions. */
  request: string | null
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
