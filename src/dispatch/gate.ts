import { isLimited, type LimitColumns } from '../hooks/index.ts'
import { allowedNow, nextAllowedAt, paceOf, tatAfter } from './gcra.ts'
import { type Health, rampRate } from './health.ts'
import type { Lane } from './lanes.ts'

/** What decides how much of a hook may go out. */
export interface Limits extends LimitColumns {
  open_until: Health['open_until']
  recovered_at: Health['recovered_at']
}

/** How many deliveries of a lane may be taken now, and what is then to be remembered. */
export interface Gate {
  most: number
  /** When the lane is to be looked at again if it lets nothing through. */
  until: number
  /** @param count how many were taken, at least one */
  after(count: number): Partial<Omit<Lane, 'hook_id'>>
}

/** Whether a hook's deliveries go by way of its lane, rather than straight out. */
export function isHeldBack(limits: Limits, now: number): boolean {
  const { open_until, recovered_at } = limits
  if (isLimited(limits) || open_until !== null) return true
  return recovered_at !== null && rampRate(recovered_at, now) !== undefined
}

/**
 * What a breaker and a rate limit let through. While a breaker is open that is nothing, then one delivery as a
 * probe, then more and more.
 *
 * @param probeUntil when a probe is over in any case
 */
export function gateOf(lane: Lane, limits: Limits, now: number, probeUntil: number): Gate {
  const { open_until: openUntil, recovered_at: recoveredAt, rate_limit: ownRate } = limits
  const closedUntil = Math.max(openUntil ?? 0, lane.not_before)
  if (closedUntil > now) return { most: 0, until: closedUntil, after: () => ({}) }
  // Until its result is known: whoever writes it down lifts this.
  if (openUntil !== null) return { most: 1, until: now, after: () => ({ not_before: probeUntil }) }
  const ramp = recoveredAt === null ? undefined : rampRate(recoveredAt, now)
  const rate = Math.min(ownRate ?? Number.POSITIVE_INFINITY, ramp ?? Number.POSITIVE_INFINITY)
  if (rate === Number.POSITIVE_INFINITY) return { most: rate, until: now, after: () => ({}) }
  const pace = paceOf(rate)
  return {
    most: allowedNow(pace, lane.tat, now),
    until: nextAllowedAt(pace, lane.tat),
    after(count) {
      const tat = tatAfter(pace, lane.tat, now, count)
      return { tat, not_before: nextAllowedAt(pace, tat) }
    },
  }
}
