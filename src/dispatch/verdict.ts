import type { Random } from '../core/random.ts'
import { type FailedAttempt, type RetryPolicy, retryPolicy } from './retry.ts'
import { retryAfter } from './retry-after.ts'

/** What an attempt brought. */
export type Outcome =
  | { response: { status: number; headers: readonly (readonly [string, string])[] }; failure?: never }
  | { failure: { code: string; message: string }; response?: never }

/** Where a delivery stands in its schedule of retries. */
export interface Standing {
  /** Attempts that count. */
  tries: number
  /** Attempts that do not. */
  excused: number
}

/** What an attempt says about its hook. `none`: nothing, as when the fault was ours. */
export type Bearing = 'well' | 'failing' | 'gone' | 'none'

/** What becomes of a delivery after an attempt. */
export interface Verdict extends Standing {
  status: 'delivered' | 'pending' | 'failed'
  /** How long until the next attempt, in milliseconds; undefined when there is none to come. */
  delayMs: number | undefined
  /** Why it failed. */
  reason: string | null
  bearing: Bearing
  /** For how long the target wants to be left alone, also by other deliveries, in milliseconds. */
  holdMs: number | undefined
  /** What the application's own schedule did wrong; the standard one has stood in for it. */
  fault: unknown
}

/** As many attempts of a delivery are excused because the target asked to come later. */
const MOST_PUT_OFF = 5
/** As many are excused because the fault was ours; if it is one that never passes, the delivery must end all the same. */
const MOST_LOCAL = 50
const FIRST_LOCAL_DELAY_MS = 5_000
const LONGEST_LOCAL_DELAY_MS = 10 * 60_000
/** Standard Webhooks: the receiver does not want to hear from us any more. */
const GONE = 410
/** Statuses by which a whole service asks to be left alone, and not only one request is refused. */
const BUSY: ReadonlySet<number> = new Set([429, 503])
/** Failures that are not the hook's: of this machine, and of the application's own function. */
const OURS: ReadonlySet<string> = new Set(['local', 'payload'])

const standard = retryPolicy()

/**
 * Decides what becomes of a delivery. `Retry-After` delays and never hastens, and is no longer than the policy's limit; a few
 * attempts that were put off by it do not count, nor do those that failed by a fault of our own.
 *
 * @param now milliseconds since the epoch
 */
export function judge(
  outcome: Outcome,
  before: Standing,
  { retry, random, now }: { retry: RetryPolicy; random: Random; now: number },
): Verdict {
  const { response, failure } = outcome
  const { tries, excused } = before
  const final = { delayMs: undefined, holdMs: undefined, fault: undefined, excused }
  const status = response?.status ?? null
  if (status !== null && status >= 200 && status < 300) {
    return { ...final, status: 'delivered', tries: tries + 1, reason: null, bearing: 'well' }
  }
  if (status === GONE) {
    const reason = 'the target answered 410 Gone: it wants no more'
    return { ...final, status: 'failed', tries: tries + 1, reason, bearing: 'gone' }
  }
  const code = failure?.code ?? null
  const bearing = code !== null && OURS.has(code) ? 'none' : 'failing'
  const asked = response === undefined ? undefined : retryAfter(response.headers, now)
  const wanted = asked === undefined ? undefined : Math.min(asked, retry.longestRetryAfterMs)
  const holdMs = status !== null && BUSY.has(status) ? wanted : undefined
  const local = code === 'local'
  const isExcused = local ? excused < MOST_LOCAL : wanted !== undefined && excused < MOST_PUT_OFF
  const standing = isExcused ? { tries, excused: excused + 1 } : { tries: tries + 1, excused }
  const failed: FailedAttempt = { attempt: Math.max(standing.tries, 1), status, error: code }
  const { delay, fault } = delayAfter(retry, failed, random)
  if (delay === undefined) {
    const reason = exhausted(standing.tries, failure?.message ?? `status ${status}`)
    return { ...standing, status: 'failed', delayMs: undefined, reason, bearing, holdMs, fault }
  }
  const own = local && isExcused ? localDelay(excused) : delay
  const delayMs = Math.max(own, wanted ?? 0)
  return { ...standing, status: 'pending', delayMs, reason: null, bearing, holdMs, fault }
}

/** A schedule of the application's that throws must not stop the others: the standard one stands in. */
function delayAfter(
  retry: RetryPolicy,
  failed: FailedAttempt,
  random: Random,
): { delay: number | undefined; fault: unknown } {
  try {
    return { delay: retry.delayAfter(failed, random), fault: undefined }
  } catch (error) {
    return {
      delay: standard.delayAfter(failed, random),
      fault: error ?? new Error('it threw nothing that could be told'),
    }
  }
}

/** A fault of our own passes soon, or not at all. */
function localDelay(excused: number): number {
  return Math.min(FIRST_LOCAL_DELAY_MS * 2 ** Math.min(excused, 10), LONGEST_LOCAL_DELAY_MS)
}

function exhausted(attempts: number, last: string): string {
  return attempts <= 1
    ? `the only attempt failed: ${last}`
    : `all ${attempts} attempts failed; the last: ${last}`
}
