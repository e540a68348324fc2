import type { HookRow } from '../hooks/index.ts'
import { jsonRows } from '../store/json-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'
import { type ClaimContext, type Key, park, removeLane } from './parking.ts'

/** Parked deliveries of a deleted hook that are cancelled in one claim. */
const CANCELLED_AT_ONCE = 500

/** A deleted hook's deliveries are cancelled, a disabled one's parked until it is enabled. The others stay. */
export function* turnAway(
  context: ClaimContext,
  keys: readonly Key[],
  hooks: ReadonlyMap<number, HookRow>,
): Work<Key[]> {
  const { store, now } = context
  const alive: Key[] = []
  const waiting: Key[] = []
  const deleted = new Map<number, Key[]>()
  for (const key of keys) {
    const hook = hooks.get(key.hook_id)
    if (hook === undefined) deleted.set(key.hook_id, [...(deleted.get(key.hook_id) ?? []), key])
    else (hook.disabled_at === null ? alive : waiting).push(key)
  }
  yield* park(context, waiting)
  for (const { hook_id } of waiting) yield* exec(removeLane(store, hook_id))
  for (const [hookId, taken] of deleted) yield* cancelDeleted(store, hookId, taken, now)
  return alive
}

/** Those that were taken, and a part of those that are parked; a lane leads to the rest. */
function* cancelDeleted(store: Store, hookId: number, taken: readonly Key[], now: number): Work<void> {
  const { db } = store
  const parked: Key[] = yield* rows(
    db
      .selectFrom('delivery')
      .select(['hook_id', 'event_seq'])
      .where('hook_id', '=', hookId)
      .where('parked_due_at', 'is not', null)
      .limit(CANCELLED_AT_ONCE),
  )
  const keys = jsonRows(store, [...taken, ...parked], ['hook_id', 'event_seq']).as('ended')
  yield* exec(
    db
      .updateTable('delivery')
      .from(keys)
      .set({ status: 'cancelled', reason: 'the hook was deleted', finished_at: now })
      .set({ due_at: null, parked_due_at: null, lease: null })
      .whereRef('delivery.hook_id', '=', 'ended.hook_id')
      .whereRef('delivery.event_seq', '=', 'ended.event_seq'),
  )
  if (parked.length < CANCELLED_AT_ONCE) {
    yield* exec(removeLane(store, hookId))
    return
  }
  yield* exec(
    db
      .insertInto('lane')
      .values({ hook_id: hookId, next_at: now })
      .onConflict((conflict) => conflict.column('hook_id').doUpdateSet({ next_at: now })),
  )
}
