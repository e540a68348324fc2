import { isGiven } from '../../store/given-rows.ts'
import { skippingLocked } from '../../store/lock-rows.ts'
import type { Store } from '../../store/store.ts'
import { exec, rows, type Work } from '../../store/work.ts'

/** Hooks that are looked at in one go. */
const HOOKS_AT_ONCE = 1_000

/** The next hooks, in the order of their ids, and when they were deleted. */
export function lookAtHooks({ db }: Store, after: number): Work<{ id: number; deleted_at: number | null }[]> {
  return rows(
    db
      .selectFrom('hook')
      .select(['id', 'deleted_at'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(HOOKS_AT_ONCE),
  )
}

/**
 * Removes hooks that were deleted long ago and have no delivery left, with all that was noted of them. An id is never used
 * twice.
 *
 * @param deletedBefore milliseconds since the epoch
 * @returns how many were removed
 */
export function* removeHooks(store: Store, ids: readonly number[], deletedBefore: number): Work<number> {
  const { db } = store
  const found = yield* rows(
    skippingLocked(
      store,
      db
        .selectFrom('hook as h')
        .select('h.id')
        .where(isGiven(store, 'h.id', ids))
        .where('h.deleted_at', '<', deletedBefore)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('delivery as d').select('d.hook_id').whereRef('d.hook_id', '=', 'h.id'))),
        )
        .orderBy('h.id'),
      'h',
    ),
  )
  if (found.length === 0) return 0
  const removed = found.map(({ id }) => id)
  yield* exec(db.deleteFrom('health').where(isGiven(store, 'hook_id', removed)))
  yield* exec(db.deleteFrom('lane').where(isGiven(store, 'hook_id', removed)))
  return yield* exec(db.deleteFrom('hook').where(isGiven(store, 'id', removed)))
}
