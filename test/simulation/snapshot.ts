import type { DatabaseSync, StatementSync } from 'node:sqlite'

export interface DeliveryRow {
  hook_id: number
  event_seq: number
  status: 'pending' | 'delivered' | 'failed' | 'cancelled'
  due_at: number | null
  parked_due_at: number | null
  lease: string | null
  attempts: number
}

export interface EventRow {
  seq: number
  uid: string
  name: string
  owner: string | null
  broadcast: number
  data: string
  fanout_due_at: number | null
}

export interface HookRow {
  id: number
  owner: string
  secret: string
  old_secret: string | null
  disabled_at: number | null
  deleted_at: number | null
}

export interface AttemptRow {
  id: number
  hook_id: number
  event_seq: number
  number: number
  status: number | null
}

/** What the tables hold after a transaction, read beside the product's own queries. */
export interface Snapshot {
  deliveries: Map<string, DeliveryRow>
  events: Map<number, EventRow>
  hooks: Map<number, HookRow>
  /** `event/hook` for each subscription. */
  subscriptions: Set<string>
  lanes: Set<number>
  /** Attempts that were logged since the snapshot before. */
  attempts: AttemptRow[]
}

export function keyOf({ hook_id, event_seq }: { hook_id: number; event_seq: number }): string {
  return `${event_seq}/${hook_id}`
}

/** Looks at the database from outside. */
export class Snapshots {
  readonly #statements: Record<keyof Snapshot, StatementSync>
  #lastAttempt = 0

  constructor(handle: DatabaseSync) {
    this.#statements = {
      deliveries: handle.prepare(
        'SELECT hook_id, event_seq, status, due_at, parked_due_at, lease, attempts FROM hookwright_delivery',
      ),
      events: handle.prepare(
        'SELECT seq, uid, name, owner, broadcast, data, fanout_due_at FROM hookwright_event ORDER BY seq',
      ),
      hooks: handle.prepare(
        'SELECT id, owner, secret, old_secret, disabled_at, deleted_at FROM hookwright_hook',
      ),
      subscriptions: handle.prepare('SELECT event, hook_id FROM hookwright_subscription'),
      lanes: handle.prepare('SELECT hook_id FROM hookwright_lane'),
      attempts: handle.prepare(
        'SELECT id, hook_id, event_seq, number, status FROM hookwright_attempt WHERE id > ? ORDER BY id',
      ),
    }
  }

  take(): Snapshot {
    const { deliveries, events, hooks, subscriptions, lanes, attempts } = this.#statements
    const logged = attempts.all(this.#lastAttempt) as unknown as AttemptRow[]
    this.#lastAttempt = logged.at(-1)?.id ?? this.#lastAttempt
    const rows = <T>(statement: StatementSync) => statement.all() as unknown as T[]
    return {
      deliveries: new Map(rows<DeliveryRow>(deliveries).map((row) => [keyOf(row), row])),
      events: new Map(rows<EventRow>(events).map((row) => [row.seq, row])),
      hooks: new Map(rows<HookRow>(hooks).map((row) => [row.id, row])),
      subscriptions: new Set(
        rows<{ event: string; hook_id: number }>(subscriptions).map(
          ({ event, hook_id }) => `${event}/${hook_id}`,
        ),
      ),
      lanes: new Set(rows<{ hook_id: number }>(lanes).map(({ hook_id }) => hook_id)),
      attempts: logged,
    }
  }
}
