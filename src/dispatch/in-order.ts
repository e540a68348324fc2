import { type RawBuilder, sql } from 'kysely'
import type { HookRow } from '../hooks/index.ts'
import { skippingLocked } from '../store/lock-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, first, type Work } from '../store/work.ts'
import type { Lane } from './lanes.ts'
import { type ClaimContext, type Key, park } from './parking.ts'

/** What comes first in the order: a delivery to be taken, or the time to look again; neither when nothing is left. */
export type Head = { key: Key; until?: never } | { until: number; key?: never } | undefined

/** Somebody is at it, and will be done any moment. */
const SOON_MS = 20
/** Fan-out of an earlier event may take a moment, or, if its serializer fails, long. */
const FAN_OUT_MS = 100

/**
 * The next delivery of a hook that gets one at a time, in the order of the events: the earliest one, if the one before has
 * ended and no earlier event is still to be fanned out.
 */
export function* headOf(context: ClaimContext, lane: Lane, hook: HookRow): Work<Head> {
  const { store, now } = context
  const busyUntil = yield* inFlight(context, lane)
  if (busyUntil !== undefined) return { until: busyUntil }
  const head = yield* first(
    store.db
      .selectFrom('delivery')
      .select(['hook_id', 'event_seq', 'parked_due_at'])
      .where('hook_id', '=', lane.hook_id)
      .where('parked_due_at', 'is not', null)
      .orderBy('event_seq')
      .limit(1),
  )
  if (head === undefined) return undefined
  if (head.parked_due_at !== null && head.parked_due_at > now) return { until: head.parked_due_at }
  if (yield* isPreceded(context, hook, head.event_seq)) return { until: now + FAN_OUT_MS }
  return { key: { hook_id: head.hook_id, event_seq: head.event_seq } }
}

/**
 * Until when the delivery that was taken last is under way, or waits for its next attempt; undefined when it has ended, or is in
 * the lane again.
 */
export function* inFlight(context: ClaimContext, { hook_id, held_seq }: Lane): Work<number | undefined> {
  const { store, now } = context
  if (held_seq === null) return undefined
  const held = store.db
    .selectFrom('delivery')
    .select(['due_at'])
    .where('hook_id', '=', hook_id)
    .where('event_seq', '=', held_seq)
    .where('due_at', 'is not', null)
  const found = yield* first(held)
  if (found === undefined || found.due_at === null) return undefined
  if (found.due_at > now) return found.due_at
  // Its lease has ended, or it was given back. Whoever has it locked writes its result, and then wants this lane.
  const mine = yield* first(skippingLocked(store, held.where('due_at', '<=', now)))
  if (mine === undefined) return now + SOON_MS
  yield* park(context, [{ hook_id, event_seq: held_seq }])
  return undefined
}

/** Whether an earlier event, of which the hook may hear, has no deliveries yet. */
function* isPreceded({ store }: ClaimContext, hook: HookRow, seq: number): Work<boolean> {
  const mine: RawBuilder<boolean> = sql`(e.broadcast = 1 or e.owner = ${hook.owner})`
  const earlier = yield* first(
    store.db
      .selectFrom('event as e')
      .select('e.seq')
      .where('e.fanout_due_at', 'is not', null)
      .where('e.seq', '<', seq)
      .where(mine)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('subscription as s')
            .select('s.hook_id')
            .where('s.hook_id', '=', hook.id)
            .whereRef('s.event', '=', 'e.name'),
        ),
      )
      .limit(1),
  )
  return earlier !== undefined
}

/** Parks everything of a hook that is due and not under way: what was fanned out before the hook was ordered. */
export function* parkAll(store: Store, hookId: number): Work<void> {
  yield* exec(
    store.db
      .updateTable('delivery')
      .set(({ ref }) => ({ parked_due_at: ref('due_at') }))
      .set({ due_at: null })
      .where('hook_id', '=', hookId)
      .where('due_at', 'is not', null)
      .where('lease', 'is', null),
  )
}
