import { type Compilable, sql } from 'kysely'
import { givenRows, isGiven } from '../store/given-rows.ts'
import { locking } from '../store/lock-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'

/**
 * What one transaction changes about lanes that it has not locked: collected, and written as the last thing that it does, in
 * the order of the hooks. Whoever waits for a lane thus holds no lane that comes later, and no two wait for each other.
 */
export class LaneChanges {
  readonly #opened = new Set<number>()
  readonly #woken = new Set<number>()

  /** Deliveries of this hook were parked: a lane must lead to them. One that is there keeps its time. */
  open(hookId: number): void {
    this.#opened.add(hookId)
  }

  /** There is room for the hook's next delivery, if any is parked. */
  wake(hookId: number): void {
    this.#woken.add(hookId)
  }

  *write(store: Store, now: number): Work<void> {
    const all = new Set([...this.#opened, ...this.#woken])
    if (all.size === 0) return
    const lanes = store.db
      .selectFrom('lane')
      .select('hook_id')
      .where(isGiven(store, 'lane.hook_id', all))
    const there = yield* rows(locking(store, lanes.orderBy('hook_id')))
    const woken = there.map(({ hook_id }) => hook_id).filter((id) => this.#woken.has(id))
    if (woken.length > 0) {
      yield* exec(
        store.db
          .updateTable('lane')
          .set({ next_at: now })
          .where(isGiven(store, 'lane.hook_id', woken)),
      )
    }
    const found = new Set(there.map(({ hook_id }) => hook_id))
    const missing = [...this.#opened].filter((id) => !found.has(id)).sort((a, b) => a - b)
    if (missing.length > 0) yield* exec(openLanes(store, missing, now))
  }
}

/** Makes lanes; those that somebody has made meanwhile are brought forward. */
export function openLanes(store: Store, hookIds: readonly number[], now: number): Compilable<unknown> {
  const lanes = hookIds.toSorted((a, b) => a - b).map((hook_id) => ({ hook_id, next_at: now }))
  return store.db
    .insertInto('lane')
    .columns(['hook_id', 'next_at'])
    .expression(
      store.db
        .selectFrom(givenRows(store, lanes, ['hook_id', 'next_at']).as('opened'))
        .select(['opened.hook_id', 'opened.next_at'])
        .where(sql<boolean>`true`),
    )
    .onConflict((conflict) => conflict.column('hook_id').doUpdateSet({ next_at: now }))
}

/** An attempt that ends wakes its hook's lane; the time is for the case that its process dies before. */
export function postponeLane({ db }: Store, hookId: number, at: number): Compilable<unknown> {
  return db.updateTable('lane').set({ next_at: at }).where('hook_id', '=', hookId)
}

/** Only for a lane that this transaction has locked before it looked at the hook's parked deliveries. */
export function removeLane({ db }: Store, hookId: number): Compilable<unknown> {
  return db.deleteFrom('lane').where('hook_id', '=', hookId)
}
