import type { HookChange } from '../hooks/index.ts'
import { jsonRows } from '../store/json-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, type Work } from '../store/work.ts'

/**
 * When a hook is enabled its parked deliveries are let go, when it is deleted they are cancelled: both happen at the next
 * claim, to which a lane leads. In the transaction of the change, so that no crash comes between.
 */
export function* releaseParked(store: Store, { kind, ids }: HookChange, now: number): Work<void> {
  if (kind === 'disabled' || ids.length === 0) return
  const lanes = jsonRows(
    store,
    ids.map((hook_id) => ({ hook_id, next_at: now })),
    ['hook_id', 'next_at'],
  ).as('released')
  const parked = store.db
    .selectFrom(lanes)
    .select(['released.hook_id', 'released.next_at'])
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('delivery as d')
          .select('d.hook_id')
          .whereRef('d.hook_id', '=', 'released.hook_id')
          .where('d.parked_due_at', 'is not', null),
      ),
    )
  yield* exec(
    store.db
      .insertInto('lane')
      .columns(['hook_id', 'next_at'])
      .expression(parked)
      .onConflict((conflict) => conflict.column('hook_id').doUpdateSet({ next_at: now })),
  )
}
