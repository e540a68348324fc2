/** How fast a lane may be emptied: the most in a second, and how many of them at once. */
export interface Pace {
  /** Microseconds between two. */
  intervalUs: number
  /** Microseconds by which one may come before its time, so that a turn of the dispatcher can take several. */
  toleranceUs: number
}

/** As many as come due within ten milliseconds, some two turns of a dispatcher, go out at once. */
const TURNS_IN_A_SECOND = 100

/**
 * The pace that lets no more than `rate` through in any second, for a rate of 1 and more: with a burst of `b`, a second can
 * see `b` and what has its turn in it, so the intervals are those of a rate that leaves room for the burst.
 *
 * @param rate per second
 */
export function paceOf(rate: number): Pace {
  const burst = Math.max(1, Math.floor(rate / TURNS_IN_A_SECOND))
  const intervalUs = Math.ceil(1_000_000 / (rate - burst + 1))
  return { intervalUs, toleranceUs: (burst - 1) * intervalUs }
}

/**
 * The generic cell rate algorithm (ITU-T I.371): a single number, the theoretical arrival time of the next one, says how many
 * may go now.
 *
 * @param tat in microseconds since the epoch
 * @param now in milliseconds
 */
export function allowedNow({ intervalUs, toleranceUs }: Pace, tat: number, now: number): number {
  const nowUs = now * 1_000
  const early = nowUs + toleranceUs - Math.max(tat, nowUs)
  return early < 0 ? 0 : Math.floor(early / intervalUs) + 1
}

/** The theoretical arrival time once `count` have gone. */
export function tatAfter({ intervalUs }: Pace, tat: number, now: number, count: number): number {
  return Math.max(tat, now * 1_000) + count * intervalUs
}

/** When the next may go, in milliseconds since the epoch. */
export function nextAllowedAt({ toleranceUs }: Pace, tat: number): number {
  return Math.ceil((tat - toleranceUs) / 1_000)
}
