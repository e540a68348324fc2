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

export interface RetryOptions {
  /**
   * The wait after each failed attempt, in milliseconds; a delivery whose waits are used up has failed. The schedule of
   * Standard Webhooks unless told. An empty list gives one attempt.
   */
  delaysMs?: readonly number[]
  /**
   * By how much a wait may be longer or shorter, as a share of it from 0 to 1: 0.1 unless told. So deliveries that failed
   * together do not come back together.
   */
  jitter?: number
}

export interface RetryPolicy {
  /**
   * How long to wait after a failed attempt.
   *
   * @param attempts how many have been made
   * @returns milliseconds; undefined when that was the last one
   */
  delayAfter(attempts: number, random: Random): number | undefined
}

/** @throws `option_invalid` */
export function retryPolicy(options: RetryOptions = {}): RetryPolicy {
  refuseUnknownOptions(options, ['delaysMs', 'jitter'], 'dispatch.retry')
  const { delaysMs = standardDelaysMs, jitter = 0.1 } = options
  if (!Array.isArray(delaysMs) || !delaysMs.every((ms) => Number.isFinite(ms) && ms >= 0)) {
    throw problem('option_invalid', {
      field: 'dispatch.retry.delaysMs',
      value: delaysMs,
      problem: 'it must be a list of milliseconds, each 0 or more',
      cure: 'For example [5_000, 60_000] for three attempts, or [] for one',
    })
  }
  if (typeof jitter !== 'number' || !(jitter >= 0 && jitter <= 1)) {
    throw problem('option_invalid', {
      field: 'dispatch.retry.jitter',
      value: jitter,
      problem: 'it must be a share from 0 to 1',
      cure: 'For example 0.1, for up to a tenth more or less',
    })
  }
  const delays: readonly number[] = [...delaysMs]
  return {
    delayAfter(attempts, random) {
      const delay = delays[attempts - 1]
      return delay === undefined ? undefined : Math.round(delay * (1 + jitter * (2 * random.fraction() - 1)))
    },
  }
}
