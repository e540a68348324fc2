import type { Store } from '../store/store.ts'
import { first, type Work } from '../store/work.ts'

/** A part of the events by their numbers: those above `after`, up to and including `upTo`. */
export interface Span {
  after: number
  upTo: number
}

/**
 * Numbers are in the order of the times, but not exactly: clocks of several machines differ, and are set back. Events that
 * are out of order by more than this are not found by their time.
 */
const DISORDER_MS = 60 * 60_000

/** Nobody minds so many more events to look at; below that, nothing is gained by looking closer. */
const CLOSE_ENOUGH = 1_000

/**
 * Where the events of a time are: no index goes by it, so the numbers are halved until the time is met. It is a little too
 * much rather than too little, and the times of the events are still to be looked at.
 *
 * @param since milliseconds since the epoch
 * @param until likewise; to the newest event if left out
 */
export function* spanOf(store: Store, since: number, until?: number): Work<Span> {
  const all = yield* allEvents(store)
  if (all.upTo - all.after <= CLOSE_ENOUGH) return all
  const { after } = yield* halve(store, all, since - DISORDER_MS)
  if (until === undefined) return { after, upTo: all.upTo }
  const { upTo } = yield* halve(store, { after, upTo: all.upTo }, until + DISORDER_MS)
  return { after, upTo }
}

function* allEvents({ db }: Store): Work<Span> {
  const events = db.selectFrom('event')
  // Each by itself: SQLite goes through the whole table for two at once.
  const ends = yield* first(
    db.selectNoFrom([
      events.select(({ fn }) => fn.min('seq').as('seq')).as('first'),
      events.select(({ fn }) => fn.max('seq').as('seq')).as('last'),
    ]),
  )
  return { after: Number(ends?.first ?? 0) - 1, upTo: Number(ends?.last ?? -1) }
}

/**
 * The number from which on events are not older than a time. It is a bound for what is looked at: neighbours may stand in
 * another order than their times, so whoever removes something looks at its own.
 *
 * @param since milliseconds since the epoch
 * @returns a number greater than all if all are older
 */
export function* firstSince(store: Store, since: number): Work<number> {
  const all = yield* allEvents(store)
  const { after } = yield* halve(store, all, since, 0)
  return after === all.upTo ? Number.MAX_SAFE_INTEGER : after + 1
}

/** All events up to `after` are earlier than the time, and none above `upTo` is, but for the disorder. */
function* halve({ db }: Store, span: Span, at: number, closeEnough = CLOSE_ENOUGH): Work<Span> {
  let { after, upTo } = span
  while (upTo - after > closeEnough) {
    const middle = Math.floor((after + upTo) / 2)
    const next = yield* first(
      db
        .selectFrom('event')
        .select(['seq', 'created_at'])
        .where('seq', '>', middle)
        .where('seq', '<=', upTo)
        .orderBy('seq')
        .limit(1),
    )
    if (next !== undefined && next.created_at < at) after = next.seq
    else upTo = middle
  }
  return { after, upTo }
}
