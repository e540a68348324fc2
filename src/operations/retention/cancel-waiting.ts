import { givenRows } from '../../store/given-rows.ts'
import { holding, skippingLocked } from '../../store/lock-rows.ts'
import type { Store } from '../../store/store.ts'
import { exec, first, rows, type Work } from '../../store/work.ts'
import type { DeliveryKey } from './remove-deliveries.ts'

/**
 * Cancels deliveries that have waited for too long for their hook, which is disabled. They are not removed: whoever looks
 * for them finds them for as long again, with the reason.
 *
 * @param since the hook has been disabled, and they have been due, for longer than since then
 * @returns how many were cancelled
 */
export function* cancelWaiting(
  store: Store,
  hookId: number,
  keys: readonly DeliveryKey[],
  { since, now, reason }: { since: number; now: number; reason: string },
): Work<number> {
  const { db } = store
  // Held to the end of the transaction: one that is enabled at this moment gets all that waits for it.
  const disabled = yield* first(
    holding(
      store,
      db
        .selectFrom('hook')
        .select('id')
        .where('id', '=', hookId)
        .where('disabled_at', '<', since)
        .where('deleted_at', 'is', null),
    ),
  )
  if (disabled === undefined) return 0
  const waiting = db
    .selectFrom(givenRows(store, keys, ['hook_id', 'event_seq']).as('old'))
    .innerJoin('delivery as d', (join) =>
      join.onRef('d.hook_id', '=', 'old.hook_id').onRef('d.event_seq', '=', 'old.event_seq'),
    )
    .select(['d.hook_id', 'd.event_seq'])
    .where('d.status', '=', 'pending')
    .where('d.parked_due_at', '<', since)
  const found = yield* rows(skippingLocked(store, waiting, 'd'))
  if (found.length === 0) return 0
  return yield* exec(
    db
      .updateTable('delivery')
      .from(givenRows(store, found, ['hook_id', 'event_seq']).as('ended'))
      .set({ status: 'cancelled', reason, finished_at: now })
      .set({ due_at: null, parked_due_at: null, lease: null, manual: 0 })
      .whereRef('delivery.hook_id', '=', 'ended.hook_id')
      .whereRef('delivery.event_seq', '=', 'ended.event_seq'),
  )
}

/** @param days a number of days, which may be a fraction */
export function waitedTooLong(days: number): string {
  return `it waited for more than ${days} ${days === 1 ? 'day' : 'days'} while its hook was disabled`
}
