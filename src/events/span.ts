import type { Store } from '../store/store.ts'
import { halve, type Span, type Timeline, wholeSpan } from '../store/timeline.ts'
import type { Work } from '../store/work.ts'

const EVENTS: Timeline = { table: 'event', number: 'seq', at: 'created_at' }

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
  const all = yield* wholeSpan(store, EVENTS)
  if (all.upTo - all.after <= CLOSE_ENOUGH) return all
  const { after } = yield* halve(store, EVENTS, all, since - DISORDER_MS, CLOSE_ENOUGH)
  if (until === undefined) return { after, upTo: all.upTo }
  const { upTo } = yield* halve(store, EVENTS, { after, upTo: all.upTo }, until + DISORDER_MS, CLOSE_ENOUGH)
  return { after, upTo }
}

/**
 * The number from which on events are not older than a time. It is a bound for what is looked at: neighbours may stand in
 * another order than their times, so whoever removes something looks at its own.
 *
 * @param since milliseconds since the epoch
 * @returns a number greater than all if all are older
 */
export function* firstSince(store: Store, since: number): Work<number> {
  const all = yield* wholeSpan(store, EVENTS)
  const { after } = yield* halve(store, EVENTS, all, since, 0)
  return after === all.upTo ? Number.MAX_SAFE_INTEGER : after + 1
}
