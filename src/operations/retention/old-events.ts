import { isGiven } from '../../store/given-rows.ts'
import { skippingLocked } from '../../store/lock-rows.ts'
import type { Store } from '../../store/store.ts'
import { exec, rows, type Work } from '../../store/work.ts'

/** Events that are looked at in one go. */
const EVENTS_AT_ONCE = 500

/** The numbers of the next events. @param before a number that is not reached */
export function* lookAtEvents({ db }: Store, after: number, before: number): Work<number[]> {
  const found = yield* rows(
    db
      .selectFrom('event')
      .select('seq')
      .where('seq', '>', after)
      .where('seq', '<', before)
      .orderBy('seq')
      .limit(EVENTS_AT_ONCE),
  )
  return found.map(({ seq }) => seq)
}

/** More of them are not looked through: it would take too long. */
const MOST_UNFINISHED = 100_000

/**
 * The numbers of all events that have not all their deliveries yet, such as those whose serializer throws. They may get them
 * at any moment.
 *
 * @returns undefined if they are too many
 */
export function* lookAtUnfinished({ db }: Store): Work<number[] | undefined> {
  const found = yield* rows(
    db
      .selectFrom('event')
      .select('seq')
      .where('fanout_due_at', 'is not', null)
      .limit(MOST_UNFINISHED + 1),
  )
  return found.length > MOST_UNFINISHED ? undefined : found.map(({ seq }) => seq)
}

/**
 * Removes events that nobody needs. Those stay that are not fanned out, or that somebody has locked.
 *
 * @param createdBefore milliseconds since the epoch
 * @returns how many were removed
 */
export function* removeEvents(store: Store, seqs: readonly number[], createdBefore: number): Work<number> {
  const { db } = store
  const found = yield* rows(
    skippingLocked(
      store,
      db
        .selectFrom('event')
        .select('seq')
        .where(isGiven(store, 'seq', seqs))
        .where('fanout_due_at', 'is', null)
        .where('created_at', '<', createdBefore),
    ),
  )
  if (found.length === 0) return 0
  const removed = found.map(({ seq }) => seq)
  return yield* exec(db.deleteFrom('event').where(isGiven(store, 'seq', removed)))
}
