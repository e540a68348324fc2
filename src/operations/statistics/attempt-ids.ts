import type { Store } from '../../store/store.ts'
import { halve, type Span, type Timeline, wholeSpan } from '../../store/timeline.ts'
import type { Work } from '../../store/work.ts'

const ATTEMPTS: Timeline = { table: 'attempt', number: 'id', at: 'started_at' }

/** Attempts are written when they end, which may be so long after they began, and by machines whose clocks differ. */
const DISORDER_MS = 10 * 60_000
/** Nobody minds so many more attempts to look at. */
const CLOSE_ENOUGH = 1_000

/**
 * Where the attempts of a time are: their ids grow with it. It is a little too much rather than too little.
 *
 * @param since milliseconds since the epoch
 * @param until likewise
 */
export function* attemptIdsOf(store: Store, since: number, until: number): Work<Span> {
  const all = yield* wholeSpan(store, ATTEMPTS)
  const { after } = yield* halve(store, ATTEMPTS, all, since - DISORDER_MS, CLOSE_ENOUGH)
  const rest = { after, upTo: all.upTo }
  const { upTo } = yield* halve(store, ATTEMPTS, rest, until + DISORDER_MS, CLOSE_ENOUGH)
  return { after, upTo }
}
