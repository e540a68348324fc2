import { sql } from 'kysely'
import { type HookRow, isLimited } from '../hooks/index.ts'
import { isGiven } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'
import { openLanes } from './lanes.ts'

/** How long after somebody has asked for an attempt a second click is taken for an accident, in milliseconds. */
export const SECOND_CLICK_MS = 5_000

type Paced = Pick<HookRow, 'id' | 'ordered' | 'rate_limit'>

/** When a delivery of the hook is due that is to be made at once. With an order or a rate it waits for its turn in the lane. */
function atOnce(hook: Paced, now: number) {
  const inLane = isLimited(hook)
  return { due_at: inLane ? null : now, parked_due_at: inLane ? now : null }
}

/** What marks the attempt that is to come as one that somebody has asked for by hand. */
function byHand(hook: Paced, now: number) {
  return { ...atOnce(hook, now), manual: 1, manual_at: now, lease: null }
}

/**
 * Sends finished deliveries of a hook once more, with the schedule of retries begun anew. The caller has locked the rows. A
 * lane is opened as the last thing that a transaction does.
 */
export function* beginAnew(store: Store, hook: Paced, seqs: readonly number[], now: number): Work<void> {
  if (seqs.length === 0) return
  yield* exec(
    store.db
      .updateTable('delivery')
      .set({ ...byHand(hook, now), status: 'pending', reason: null, finished_at: null, tries: 0, excused: 0 })
      .where('hook_id', '=', hook.id)
      .where(isGiven(store, 'event_seq', seqs)),
  )
  yield* openLane(store, hook, now)
}

/** Makes a delivery that waits for its time due now; it goes on in its schedule. The caller has locked the row. */
export function* hasten(store: Store, hook: Paced, seq: number, now: number): Work<void> {
  yield* exec(
    store.db
      .updateTable('delivery')
      .set(byHand(hook, now))
      .where('hook_id', '=', hook.id)
      .where('event_seq', '=', seq),
  )
  yield* openLane(store, hook, now)
}

/** Gives a hook deliveries of events that it has none of. @returns how many were missing */
export function* addByHand(store: Store, hook: Paced, seqs: readonly number[], now: number): Work<number> {
  const { due_at, parked_due_at } = atOnce(hook, now)
  const bigint = (value: number | null) => sql<number>`cast(${value} as bigint)`
  const inserted = yield* rows(
    store.db
      .insertInto('delivery')
      .columns(['hook_id', 'event_seq', 'due_at', 'parked_due_at', 'manual', 'manual_at'])
      .expression(
        store.db
          .selectFrom('event')
          .select((eb) => [
            bigint(hook.id).as('hook_id'),
            'seq',
            bigint(due_at).as('due_at'),
            bigint(parked_due_at).as('parked_due_at'),
            eb.lit(1).as('manual'),
            bigint(now).as('manual_at'),
          ])
          .where(isGiven(store, 'seq', seqs))
          .orderBy('seq'),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning('event_seq'),
  )
  if (inserted.length > 0) yield* openLane(store, hook, now)
  return inserted.length
}

function* openLane(store: Store, hook: Paced, now: number): Work<void> {
  if (atOnce(hook, now).parked_due_at !== null) yield* exec(openLanes(store, [hook.id], now))
}
