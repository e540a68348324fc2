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
  readonly #held = new Map<number, number>()

  /** Deliveries of this hook were parked: a lane must lead to them. One that is there keeps its time. */
  open(hookId: number): void {
    this.#opened.add(hookId)
  }

  /** There is room for the hook's next delivery, if any is parked. */
  wake(hookId: number): void {
    this.#woken.add(hookId)
  }

  /** Nothing may be taken from the hook's lane before: its breaker has opened. 0 lets it go on. */
  hold(hookId: number, notBefore: number): void {
    this.#held.set(hookId, notBefore)
  }

  *write(store: Store, now: number): Work<void> {
    const all = new Set([...this.#opened, ...this.#woken, ...this.#held.keys()])
    if (all.size === 0) return
    const lanes = store.db
      .selectFrom('lane')
      .select('hook_id')
      .where(isGiven(store, 'lane.hook_id', all))
    const there = (yield* rows(locking(store, lanes.orderBy('hook_id')))).map(({ hook_id }) => hook_id)
    const held = there.flatMap((hook_id) => {
      const not_before = this.#held.get(hook_id)
      return not_before === undefined ? [] : [{ hook_id, not_before }]
    })
    if (held.length > 0) yield* exec(holdLanes(store, held))
    const woken = there.filter((id) => this.#woken.has(id) || this.#held.has(id))
    if (woken.length > 0) {
      yield* exec(
        store.db
          .updateTable('lane')
          .set({ next_at: notBeforeOr(now) })
          .where(isGiven(store, 'lane.hook_id', woken)),
      )
    }
    const found = new Set(there)
    const missing = [...this.#opened].filter((id) => !found.has(id)).sort((a, b) => a - b)
    if (missing.length > 0) yield* exec(openLanes(store, missing, now))
  }
}

function holdLanes(
  store: Store,
  held: readonly { hook_id: number; not_before: number }[],
): Compilable<unknown> {
  return store.db
    .updateTable('lane')
    .from(givenRows(store, held, ['hook_id', 'not_before']).as('held'))
    .set(({ ref }) => ({ not_before: ref('held.not_before') }))
    .whereRef('lane.hook_id', '=', 'held.hook_id')
}

/** At once, unless the lane is held until later. */
function notBeforeOr(now: number) {
  return sql<number>`case when lane.not_before > ${now} then lane.not_before else ${now} end`
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
    .onConflict((conflict) => conflict.column('hook_id').doUpdateSet({ next_at: notBeforeOr(now) }))
}

/** A lane as it was found, and locked. */
export interface Lane {
  hook_id: number
  not_before: number
  tat: number
  held_seq: number | null
}

/** When to come back to a lane that this transaction has locked, and what is to be known then. */
export function keepLane(
  { db }: Store,
  { hook_id }: Lane,
  nextAt: number,
  changes: Partial<Omit<Lane, 'hook_id'>> = {},
): Compilable<unknown> {
  return db
    .updateTable('lane')
    .set({ next_at: nextAt, ...changes })
    .where('hook_id', '=', hook_id)
}

/** Only for a lane that this transaction has locked before it looked at the hook's parked deliveries. */
export function removeLane({ db }: Store, { hook_id }: Lane): Compilable<unknown> {
  return db.deleteFrom('lane').where('hook_id', '=', hook_id)
}
