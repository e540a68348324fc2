import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import type { Random } from '../core/random.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * The waits between the attempts that Standard Webhooks recommends: ten attempts within some three days.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
 */
export const standardDelaysMs: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]

/** What a function that makes up a schedule is told of the attempt that failed. */
export interface FailedAttempt {
  /** How many attempts count so far, this one among them. */
  attempt: number
  /** The HTTP status; null when no response came. */
  status: number | null
  /** Why none came: `dns`, `connect`, `tls`, `timeout`, …; null when one did. */
  error: string | null
}

export interface RetryOptions {
  /**
   * The wait after each failed attempt, in milliseconds; a delivery whose waits are used up has failed. The schedule of
   * Standard Webhooks unless told. An empty list gives one attempt. A function gives the wait, or null for no further attempt.
   */
  delaysMs?: readonly number[] | ((failed: FailedAttempt) => number | null)
  /**
   * By how much a wait may be longer or shorter, as a share of it from 0 to 1: 0.1 unless told. So deliveries that failed
   * together do not come back together. `'full'` is anything between nothing and the whole wait.
   */
  jitter?: number | 'full'
  /** The longest wait that a target can ask for by `Retry-After`, in milliseconds: the longest of `delaysMs`, or a day. */
  longestRetryAfterMs?: number
}

export interface RetryPolicy {
  /**
   * How long to wait after a failed attempt, in milliseconds; undefined when that was the last one.
   *
   * @throws whatever the application's own function throws, or `option_invalid` for what it gave
   */
  delayAfter(failed: FailedAttempt, random: Random): number | undefined
  /** In milliseconds. */
  readonly longestRetryAfterMs: number
}

/** @throws `option_invalid` */
export function retryPolicy(options: RetryOptions = {}): RetryPolicy {
  refuseUnknownOptions(options, ['delaysMs', 'jitter', 'longestRetryAfterMs'], 'dispatch.retry')
  const { delaysMs = standardDelaysMs, jitter = 0.1 } = options
  const delayOf = typeof delaysMs === 'function' ? checked(delaysMs) : listed(delaysMs)
  checkJitter(jitter)
  const listedLongest = typeof delaysMs === 'function' ? 0 : Math.max(0, ...delaysMs)
  const longest = options.longestRetryAfterMs ?? (listedLongest > 0 ? listedLongest : 24 * HOUR)
  if (!isDelay(longest)) throw wrongDelay('dispatch.retry.longestRetryAfterMs', longest)
  return {
    longestRetryAfterMs: longest,
    delayAfter(failed, random) {
      const delay = delayOf(failed)
      return delay === undefined ? undefined : Math.round(varied(delay, jitter, random.fraction()))
    },
  }
}

function varied(delay: number, jitter: number | 'full', fraction: number): number {
  return jitter === 'full' ? delay * fraction : delay * (1 + jitter * (2 * fraction - 1))
}

function listed(delaysMs: readonly number[]): (failed: FailedAttempt) => number | undefined {
  if (!Array.isArray(delaysMs) || !delaysMs.every(isDelay)) {
    throw problem('option_invalid', {
      field: 'dispatch.retry.delaysMs',
      value: delaysMs,
      problem: 'it must be a list of milliseconds, each 0 or more, or a function that gives such',
      cure: 'For example [5_000, 60_000] for three attempts, or [] for one',
    })
  }
  const delays: readonly number[] = [...delaysMs]
  return ({ attempt }) => delays[attempt - 1]
}

function checked(delayOf: (failed: FailedAttempt) => unknown): (failed: FailedAttempt) => number | undefined {
  return (failed) => {
    const delay = delayOf(failed)
    if (delay === null) return undefined
    if (isDelay(delay)) return delay
    throw wrongDelay('what dispatch.retry.delaysMs returned', delay)
  }
}

function checkJitter(jitter: unknown): void {
  if (jitter === 'full' || (typeof jitter === 'number' && jitter >= 0 && jitter <= 1)) return
  throw problem('option_invalid', {
    field: 'dispatch.retry.jitter',
    value: jitter,
    problem: "it must be a share from 0 to 1, or 'full'",
    cure: 'For example 0.1, for up to a tenth more or less',
  })
}

function isDelay(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function wrongDelay(field: string, value: unknown): Error {
  return problem('option_invalid', {
    field,
    value,
    problem: 'it must be a number of milliseconds, 0 or more',
    cure: 'Give null for no further attempt',
  })
}
