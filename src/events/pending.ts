import { givenRows, isGiven } from '../store/given-rows.ts'
import { skippingLocked } from '../store/lock-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'

/** An event whose fan-out is due. */
export interface PendingEvent {
  seq: number
  uid: string
  name: string
  owner: string | null
  broadcast: number
  action: string | null
  row_json: string | null
  previous_json: string | null
  data: string | null
  key_json: string | null
  previous_data: string | null
  /** The trace that it belongs to; see `EventTable`. Its deliveries get what is here when it is fanned out. */
  trace_context: string | null
  /**
   * When its fan-out was due, or when the lease on it ends that whoever found it has. In either case nobody else has it in
   * hand for as long as this is what the database says.
   */
  fanout_due_at: number
  fanout_cursor: number
  fanout_attempts: number
}

const COLUMNS = [
  'seq',
  'uid',
  'name',
  'owner',
  'broadcast',
  'action',
  'row_json',
  'previous_json',
  'data',
  'key_json',
  'previous_data',
  'trace_context',
  'fanout_due_at',
  'fanout_cursor',
  'fanout_attempts',
] as const satisfies readonly (keyof PendingEvent)[]

export interface PendingOptions {
  now: number
  limit: number
  /** Numbers of events that are in hand already. */
  except: Iterable<number>
  /** Names of events that this process has met and cannot serve; another one may. */
  unknown: Iterable<string>
}

/**
 * Events whose fan-out is due, oldest first. They are found by what is not done yet, never by a cursor over their numbers:
 * a lower number may be committed later.
 */
export function pendingEvents(store: Store, options: PendingOptions): Work<PendingEvent[]> {
  return rows(due(store, options).select(COLUMNS)) as Work<PendingEvent[]>
}

/**
 * Takes events whose fan-out is due under a lease, so that the serializers of one event do not run in every process that
 * finds it. A process that dies keeps them no longer than that.
 *
 * @param until when the lease ends
 */
export function* leaseEvents(store: Store, options: PendingOptions, until: number): Work<PendingEvent[]> {
  const picked = skippingLocked(store, due(store, options).select('event.seq as picked_seq'))
  const found = yield* rows(
    store.db
      .with(
        (cte) => cte('picked').materialized(),
        () => picked,
      )
      .updateTable('event')
      .from('picked')
      .set({ fanout_due_at: until })
      .whereRef('event.seq', '=', 'picked.picked_seq')
      .returning(COLUMNS.map((column) => `event.${column}` as const)),
  )
  return (found as PendingEvent[]).toSorted((a, b) => a.seq - b.seq)
}

/** Prolongs leases. Events whose lease was lost meanwhile stay with whoever has them. @returns the numbers of the others */
export function* renewEvents(
  store: Store,
  leased: readonly Pick<PendingEvent, 'seq' | 'fanout_due_at'>[],
  until: number,
): Work<number[]> {
  if (leased.length === 0) return []
  const renewed = yield* rows(
    store.db
      .updateTable('event')
      .from(givenLeases(store, leased))
      .set({ fanout_due_at: until })
      .whereRef('event.seq', '=', 'leased.seq')
      .whereRef('event.fanout_due_at', '=', 'leased.fanout_due_at')
      .returning('event.seq'),
  )
  return renewed.map(({ seq }) => seq)
}

/** Gives events back that were taken and not fanned out: they are due at once, for whoever comes. */
export function* giveEventsBack(
  store: Store,
  leased: readonly Pick<PendingEvent, 'seq' | 'fanout_due_at'>[],
): Work<void> {
  if (leased.length === 0) return
  yield* exec(
    store.db
      .updateTable('event')
      .from(givenLeases(store, leased))
      .set({ fanout_due_at: 0 })
      .whereRef('event.seq', '=', 'leased.seq')
      .whereRef('event.fanout_due_at', '=', 'leased.fanout_due_at'),
  )
}

function givenLeases(store: Store, leased: readonly Pick<PendingEvent, 'seq' | 'fanout_due_at'>[]) {
  return givenRows(store, leased, ['seq', 'fanout_due_at']).as('leased')
}

/** Whether any event is due that this process can serve. */
export function dueEvents(store: Store, { now, unknown }: Pick<PendingOptions, 'now' | 'unknown'>) {
  return due(store, { now, unknown, except: [], limit: 1 }).select('event.fanout_due_at')
}

function due(store: Store, { now, limit, except, unknown }: PendingOptions) {
  return store.db
    .selectFrom('event')
    .where('event.fanout_due_at', '<=', now)
    .where(({ not }) => not(isGiven(store, 'event.seq', except)))
    .where(({ not }) => not(isGiven(store, 'event.name', unknown)))
    .orderBy('event.fanout_due_at')
    .orderBy('event.seq')
    .limit(limit)
}
