import type { Store } from '../../store/store.ts'
import { first, type Work } from '../../store/work.ts'

/** A part of the attempts by their ids: those above `after`, up to and including `upTo`. */
export interface AttemptIds {
  after: number
  upTo: number
}

/** Attempts are written when they end, which may be so long after they began, and by machines whose clocks differ. */
const DISORDER_MS = 10 * 60_000
/** Nobody minds so many more attempts to look at. */
const CLOSE_ENOUGH = 1_000

/**
 * Where the attempts of a time are: their ids grow with it, so these are halved until it is met, as `spanOf` does with events.
 * It is a little too much rather than too little.
 *
 * @param since milliseconds since the epoch
 * @param until likewise
 */
export function* attemptIdsOf(store: Store, since: number, until: number): Work<AttemptIds> {
  const attempts = store.db.selectFrom('attempt')
  // Each by itself: SQLite goes through the whole table for two at once.
  const ends = yield* first(
    store.db.selectNoFrom([
      attempts.select(({ fn }) => fn.min('id').as('id')).as('first'),
      attempts.select(({ fn }) => fn.max('id').as('id')).as('last'),
    ]),
  )
  const all = { after: Number(ends?.first ?? 0) - 1, upTo: Number(ends?.last ?? -1) }
  const { after } = yield* halve(store, all, since - DISORDER_MS)
  const { upTo } = yield* halve(store, { after, upTo: all.upTo }, until + DISORDER_MS)
  return { after, upTo }
}

/** All attempts up to `after` began before the time, and none above `upTo` did, but for the disorder. */
function* halve({ db }: Store, ids: AttemptIds, at: number): Work<AttemptIds> {
  let { after, upTo } = ids
  while (upTo - after > CLOSE_ENOUGH) {
    const middle = Math.floor((after + upTo) / 2)
    const next = yield* first(
      db
        .selectFrom('attempt')
        .select(['id', 'started_at'])
        .where('id', '>', middle)
        .where('id', '<=', upTo)
        .orderBy('id')
        .limit(1),
    )
    if (next !== undefined && next.started_at < at) after = next.id
    else upTo = middle
  }
  return { after, upTo }
}
