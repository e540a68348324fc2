import { sql } from 'kysely'
import { givenRows } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'

/** How long a note of a deleted related row is kept, in milliseconds: far longer than the transaction that needs it. */
export const DEPARTED_KEPT_MS = 3_600_000

/** Notes at once, so that the transaction that removes them is short. */
export const DEPARTED_CHUNK = 200

/** What names a note. */
export interface Departed {
  readonly table_name: string
  readonly key: string
}

/** The oldest notes that nobody needs any more, at most {@link DEPARTED_CHUNK}. @param now milliseconds since the epoch */
export function* findOldDeparted(store: Pick<Store, 'db'>, now: number): Work<Departed[]> {
  return yield* rows(
    store.db
      .selectFrom('departed')
      .select(['table_name', 'key'])
      .where('at', '<', now - DEPARTED_KEPT_MS)
      .orderBy('at')
      .limit(DEPARTED_CHUNK),
  )
}

/**
 * Removes these notes, but for those that were written anew meanwhile.
 *
 * @param now milliseconds since the epoch, as it was given to {@link findOldDeparted}
 * @returns how many were removed
 */
export function* removeDeparted(
  store: Pick<Store, 'db' | 'dialect'>,
  notes: readonly Departed[],
  now: number,
): Work<number> {
  if (notes.length === 0) return 0
  return yield* exec(
    store.db
      .deleteFrom('departed')
      .where('at', '<', now - DEPARTED_KEPT_MS)
      .where(sql<boolean>`(table_name, key) in ${givenRows(store, notes, ['table_name', 'key'])}`),
  )
}

/** Removes all old notes, a chunk at a time. It writes only where a look found some. @returns how many were removed */
export async function forgetDeparted(
  store: Pick<Store, 'db' | 'dialect' | 'read' | 'write'>,
  now: number,
): Promise<number> {
  let removed = 0
  for (;;) {
    const notes = await store.read(() => findOldDeparted(store, now))
    if (notes.length === 0) return removed
    removed += await store.write(() => removeDeparted(store, notes, now))
    if (notes.length < DEPARTED_CHUNK) return removed
  }
}
