import { sql } from 'kysely'
import { givenRows } from '../../store/given-rows.ts'
import { skippingLocked } from '../../store/lock-rows.ts'
import type { Store } from '../../store/store.ts'
import { exec, rows, type Work } from '../../store/work.ts'

/** A delivery's primary key. */
export interface DeliveryKey {
  hook_id: number
  event_seq: number
}

/**
 * Removes finished deliveries and their attempts. Those stay that were set up again meanwhile, or that somebody has locked,
 * as for setting them up again.
 *
 * @param finishedBefore milliseconds since the epoch
 * @returns which were removed, and how many attempts
 */
export function* removeDeliveries(
  store: Store,
  keys: readonly DeliveryKey[],
  finishedBefore: number,
): Work<{ removed: DeliveryKey[]; attempts: number }> {
  const { db } = store
  const finished = db
    .selectFrom(givenRows(store, keys, ['hook_id', 'event_seq']).as('old'))
    .innerJoin('delivery as d', (join) =>
      join.onRef('d.hook_id', '=', 'old.hook_id').onRef('d.event_seq', '=', 'old.event_seq'),
    )
    .select(['d.hook_id', 'd.event_seq'])
    .where('d.status', '<>', 'pending')
    .where('d.finished_at', '<', finishedBefore)
  const removed = yield* rows(skippingLocked(store, finished, 'd'))
  if (removed.length === 0) return { removed, attempts: 0 }
  const isRemoved = sql<boolean>`(hook_id, event_seq) in ${givenRows(store, removed, ['hook_id', 'event_seq'])}`
  yield* exec(db.deleteFrom('delivery').where(isRemoved))
  return { removed, attempts: yield* exec(db.deleteFrom('attempt').where(isRemoved)) }
}
