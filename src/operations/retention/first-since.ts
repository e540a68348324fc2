import type { Store } from '../../store/store.ts'
import { first, type Work } from '../../store/work.ts'

/**
 * The number from which on events are not older than a time. There is no index over their times, but they are numbered in
 * the order in which they were written, so it is found by halving. Neighbours may stand in another order than their times:
 * it is a bound for what is looked at, and whoever removes something looks at its own time.
 *
 * @param since milliseconds since the epoch
 * @returns a number greater than all if all are older
 */
export function* firstSince({ db }: Store, since: number): Work<number> {
  const events = db.selectFrom('event').select(['seq', 'created_at'])
  const newest = yield* first(events.orderBy('seq', 'desc').limit(1))
  if (newest === undefined || newest.created_at < since) return Number.MAX_SAFE_INTEGER
  const oldest = yield* first(events.orderBy('seq').limit(1))
  let low = oldest?.seq ?? newest.seq
  let high = newest.seq
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    // Where numbers are missing, the next one that there is.
    const found = yield* first(events.where('seq', '>=', middle).orderBy('seq').limit(1))
    if (found !== undefined && found.created_at < since) low = found.seq + 1
    else high = middle
  }
  return low
}
