import { sql } from 'kysely'
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

/**
 * Opens a lane for every hook with parked deliveries that has none though it is not disabled, as when a schema tool has
 * dropped the table of lanes. It goes over the index of what is parked.
 */
export function* reopenLanes({ db }: Store, now: number): Work<void> {
  const parked = db
    .selectFrom('delivery as d')
    .leftJoin('hook as h', 'h.id', 'd.hook_id')
    .select(['d.hook_id', sql<number>`${now}`.as('next_at')])
    .distinct()
    .where('d.parked_due_at', 'is not', null)
    .where((eb) => eb.or([eb('h.disabled_at', 'is', null), eb('h.deleted_at', 'is not', null)]))
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('lane').select('lane.hook_id').whereRef('lane.hook_id', '=', 'd.hook_id'))),
    )
  yield* exec(
    db
      .insertInto('lane')
      .columns(['hook_id', 'next_at'])
      .expression(parked)
      .onConflict((conflict) => conflict.doNothing()),
  )
}
