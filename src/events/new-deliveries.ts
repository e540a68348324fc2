import { sql } from 'kysely'
import { givenRows } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'
import type { EventData } from './event-data.ts'
import type { Prepared } from './prepare.ts'

/** What fan-out needs to know of an event. */
export interface Ready extends EventData {
  seq: number
  name: string
  owner: string | null
  broadcast: number
  cursor: number
  /** The trace that its deliveries belong to; see `EventTable`. */
  trace_context: string | null
}

/** A delivery that was made; `due_at` is null where it was parked. */
export interface Inserted {
  hook_id: number
  due_at: number | null
}

export type ReadyEvent = Extract<Prepared, { outcome: 'ready' }>

export function readyOf({ event, data, key_json, previous_data }: ReadyEvent): Ready {
  const { seq, name, owner, broadcast, fanout_cursor: cursor, trace_context } = event
  return { seq, name, owner, broadcast, data, key_json, previous_data, cursor, trace_context }
}

/** Gives events their deliveries, in one statement for many. */
export function* insertDeliveries(
  store: Store,
  events: readonly Ready[],
  now: number,
  broadcast: boolean,
): Work<void> {
  if (events.length === 0) return
  const wanted = givenRows(store, events, ['seq', 'name', 'owner', 'cursor']).as('ready')
  // The join is written crosswise because SQLite then keeps its order: events, subscriptions by key.
  const select = store.db
    .selectFrom(wanted)
    .crossJoin('subscription as s')
    .select(['s.hook_id', 'ready.seq as event_seq', ...dueAt(now)])
    .whereRef('s.event', '=', 'ready.name')
    .whereRef('s.hook_id', '>', 'ready.cursor')
  yield* exec(
    store.db
      .insertInto('delivery')
      .columns(['hook_id', 'event_seq', 'due_at', 'parked_due_at'])
      .expression(broadcast ? select : select.whereRef('s.owner', '=', 'ready.owner'))
      .onConflict((conflict) => conflict.doNothing()),
  )
}

/** Up to `budget` deliveries of one event, and its cursor. */
export function* insertChunk(
  store: Store,
  prepared: ReadyEvent,
  now: number,
  budget: number,
): Work<Inserted[]> {
  const event = readyOf(prepared)
  let hooks = store.db
    .selectFrom('subscription as s')
    .select(['s.hook_id', sql<number>`cast(${event.seq} as bigint)`.as('event_seq'), ...dueAt(now)])
    .where('s.event', '=', event.name)
    .where('s.hook_id', '>', event.cursor)
    .orderBy('s.hook_id')
    .limit(budget)
  if (event.broadcast === 0) hooks = hooks.where('s.owner', '=', event.owner)
  if (prepared.found !== undefined) hooks = hooks.where('s.hook_id', 'in', prepared.found as never)
  const inserted = yield* rows(
    store.db
      .insertInto('delivery')
      .columns(['hook_id', 'event_seq', 'due_at', 'parked_due_at'])
      .expression(hooks)
      .onConflict((conflict) => conflict.doNothing())
      .returning(['hook_id', 'due_at']),
  )
  if (inserted.length < budget) {
    yield* finish(store, [event])
    return inserted
  }
  const cursor = inserted.reduce((highest, { hook_id }) => Math.max(highest, hook_id), event.cursor)
  yield* goOnLater(store, prepared, cursor)
  return inserted
}

/** An event that has only some of its deliveries so far: to all hooks up to `cursor`. */
export function* goOnLater(store: Store, prepared: ReadyEvent, cursor: number): Work<void> {
  const { seq, data, key_json, previous_data, trace_context } = readyOf(prepared)
  const made = { data, key_json, previous_data, trace_context, row_json: null, previous_json: null }
  const changes = { ...made, fanout_cursor: cursor, fanout_due_at: 0 }
  yield* exec(store.db.updateTable('event').set(changes).where('seq', '=', seq))
}

/**
 * At once, also for a hook that is disabled: whoever claims it parks it, and looks at the hook under a lock. Where the hook is
 * limited it goes to the hook's lane, so that none is ever ahead of those before it.
 */
function dueAt(now: number) {
  const at = (inLane: 0 | 1) =>
    sql<number | null>`case when s.in_lane = ${sql.lit(inLane)} then cast(${now} as bigint) end`
  return [at(0).as('due_at'), at(1).as('parked_due_at')] as const
}

/** The event keeps its data once for all its deliveries; the row that it was made of has served. */
export function* finish(store: Store, events: readonly Ready[]): Work<void> {
  const done = givenRows(store, events, ['seq', 'data', 'key_json', 'previous_data', 'trace_context']).as(
    'done',
  )
  const update = store.db
    .updateTable('event')
    .from(done)
    .set({ row_json: null, previous_json: null, fanout_due_at: null, fanout_error: null })
    .set((eb) => ({
      data: eb.ref('done.data'),
      key_json: eb.ref('done.key_json'),
      previous_data: eb.ref('done.previous_data'),
    }))
    .whereRef('event.seq', '=', 'done.seq')
  const isTraced = events.some(({ trace_context }) => trace_context !== null)
  yield* exec(isTraced ? update.set((eb) => ({ trace_context: eb.ref('done.trace_context') })) : update)
}

/** The hooks that hear of these events and get everything by way of their lanes. There are few: an index holds no others. */
export function* limitedHooks(store: Store, events: readonly Ready[]): Work<number[]> {
  const found = yield* rows(
    store.db
      .selectFrom(givenRows(store, events, ['name', 'owner', 'broadcast']).as('ready'))
      .crossJoin('subscription as s')
      .select('s.hook_id')
      .distinct()
      .whereRef('s.event', '=', 'ready.name')
      .where(({ lit, eb }) => eb('s.in_lane', '=', lit(1)))
      .where(({ or, eb, ref }) =>
        or([eb('ready.broadcast', '=', 1), eb('s.owner', '=', ref('ready.owner'))]),
      ),
  )
  return found.map(({ hook_id }) => hook_id)
}
