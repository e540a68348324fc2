import type { Random } from '../core/random.ts'
import type { HealthTable } from '../store/tables.ts'

/** How a hook has fared since its last success; there is none for one that is well. */
export type Health = Omit<HealthTable, 'hook_id'>

export interface BreakerSettings {
  /** Failures in a row after which it opens. */
  failures: number
  /** For how long it opens first, in milliseconds; twice as long each time. */
  openMs: number
  longestOpenMs: number
}

export interface HealthSettings {
  /** Undefined: no breaker. */
  breaker: BreakerSettings | undefined
  /** After so many milliseconds without a success a hook is disabled; undefined: never. */
  disableAfterMs: number | undefined
}

/** A hook is not given up before it had as many chances, however long it takes. */
export const FEWEST_FAILURES = 10
/** Percentages of the time without a success at which the hook's owner is warned. */
const WARNINGS = [90, 70, 50] as const
export type Warning = (typeof WARNINGS)[number]

/** While a hook recovers it gets two deliveries in the first second, twice as many in the next, and so on for so long. */
const RAMP_MS = 7_000
const FIRST_RATE = 2

/** The most deliveries in a second for a hook that is recovering; undefined when it has recovered. */
export function rampRate(recoveredAt: number, now: number): number | undefined {
  const elapsed = Math.max(0, now - recoveredAt)
  return elapsed >= RAMP_MS ? undefined : FIRST_RATE * 2 ** Math.floor(elapsed / 1_000)
}

/** Of a hook that has no row. */
export const WELL: Health = {
  failures: 0,
  failing_since: null,
  warned: 0,
  opens: 0,
  open_until: null,
  recovered_at: null,
}

/**
 * After a failed attempt.
 *
 * @param holdMs for how long the target asked to be left alone
 */
export function afterFailure(
  before: Health | undefined,
  { breaker }: HealthSettings,
  { now, holdMs, random }: { now: number; holdMs: number | undefined; random: Random },
): Health {
  const was = before ?? WELL
  const health = { ...was, failures: was.failures + 1, failing_since: was.failing_since ?? now }
  if (breaker === undefined) return health
  const isOpen = was.open_until !== null && was.open_until > now
  // Of those that were under way when it opened, each fails: they say nothing new.
  const opens = !isOpen && (was.open_until !== null || health.failures >= breaker.failures)
  const held = holdMs === undefined ? 0 : now + Math.min(holdMs, breaker.longestOpenMs)
  if (!opens && held <= (was.open_until ?? now)) return health
  const cooldown = Math.min(breaker.openMs * 2 ** Math.min(was.opens, 30), breaker.longestOpenMs)
  // Hooks of one dead target must not all come back at one moment.
  const until = opens ? now + Math.round(cooldown * (1 + random.fraction() / 5)) : 0
  return {
    ...health,
    opens: opens ? was.opens + 1 : was.opens,
    open_until: Math.max(until, held, was.open_until ?? 0),
    recovered_at: null,
  }
}

/** After a success; undefined when the hook is well, and nothing need be remembered. */
export function afterSuccess(before: Health, now: number): Health | undefined {
  if (before.open_until !== null) return { ...WELL, opens: before.opens, recovered_at: now }
  if (before.recovered_at === null || rampRate(before.recovered_at, now) === undefined) return undefined
  return { ...before, failures: 0, failing_since: null, warned: 0 }
}

/** How far a hook is on its way to being disabled; `dueAt` is when it would be. */
export function course(
  { failing_since: since, failures }: Health,
  { disableAfterMs }: HealthSettings,
  now: number,
): { percent: Warning | undefined; isOver: boolean; disableAt: number } | undefined {
  if (disableAfterMs === undefined || since === null) return undefined
  const percent = ((now - since) / disableAfterMs) * 100
  return {
    percent: WARNINGS.find((warning) => percent >= warning),
    isOver: percent >= 100 && failures >= FEWEST_FAILURES,
    disableAt: since + disableAfterMs,
  }
}
