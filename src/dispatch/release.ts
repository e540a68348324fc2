import { type RawBuilder, sql } from 'kysely'
import type { HookChange } from '../hooks/index.ts'
import { givenRows, isGiven } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'
import { forgetHealth } from './health-rows.ts'
import { parkAll } from './in-order.ts'
import { openLanes } from './lanes.ts'

/**
 * When a hook is enabled its parked deliveries are let go, when it has ended they are cancelled, when it is limited they are
 * held to it: all that happens at the next claim, to which a lane leads. In the transaction of the change, so that no crash
 * comes between.
 */
export function* releaseParked(store: Store, change: HookChange, now: number): Work<void> {
  const { kind, ids } = change
  const isGone = change.disabled?.some(({ cause }) => cause === 'gone') === true
  if (ids.length === 0 || (kind === 'disabled' && !isGone)) return
  if (kind === 'enabled' || kind === 'deleted') yield* forgetHealth(store, ids)
  yield* letGo(store, ids)
  if (kind === 'limited') for (const id of ids) yield* parkAll(store, id)
  const given = ids.map((hook_id) => ({ hook_id }))
  const found = yield* rows(
    store.db
      .selectFrom(givenRows(store, given, ['hook_id']).as('released'))
      .select('released.hook_id')
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('delivery as d')
            .select('d.hook_id')
            .whereRef('d.hook_id', '=', 'released.hook_id')
            .where('d.parked_due_at', 'is not', null),
        ),
      ),
  )
  if (found.length === 0) return
  const hookIds = found.map(({ hook_id }) => hook_id)
  yield* exec(openLanes(store, hookIds, now))
}

/** What held the lanes back so far may not be so any more; whoever looks at them next finds out. */
function* letGo(store: Store, ids: readonly number[]): Work<void> {
  yield* exec(
    store.db
      .updateTable('lane')
      .set({ not_before: 0, tat: 0 })
      .where(isGiven(store, 'lane.hook_id', ids)),
  )
}

/**
 * Opens a lane for every hook with parked deliveries that has none though it is not disabled, as when a schema tool has
 * dropped the table of lanes. It goes over the index of what is parked.
 */
export function* reopenLanes({ db }: Store, now: number): Work<void> {
  const next = (condition: RawBuilder<unknown>) => sql`(select d.hook_id from ${sql.table('delivery')} as d
    where d.parked_due_at is not null ${condition} order by d.hook_id limit 1)`
  // From one hook to the next, over as many deliveries as each has: a step is one look into the index.
  const hooksWithParked = sql<{ hook_id: number }>`(with recursive steps(hook_id) as (
    select * from ${next(sql``)} as first_step
    union all
    select ${next(sql`and d.hook_id > steps.hook_id`)} from steps where steps.hook_id is not null
  ) select hook_id from steps where hook_id is not null)`
  const parked = db
    .selectFrom(hooksWithParked.as('d'))
    .leftJoin('hook as h', 'h.id', 'd.hook_id')
    .select(['d.hook_id', sql<number>`cast(${now} as bigint)`.as('next_at')])
    .where((eb) => eb.or([eb('h.disabled_at', 'is', null), eb('h.deleted_at', 'is not', null)]))
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('lane').select('lane.hook_id').whereRef('lane.hook_id', '=', 'd.hook_id'))),
    )
    .orderBy('d.hook_id')
  yield* exec(
    db
      .insertInto('lane')
      .columns(['hook_id', 'next_at'])
      .expression(parked)
      .onConflict((conflict) => conflict.doNothing()),
  )
}
