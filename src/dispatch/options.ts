import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import { type RetryOptions, type RetryPolicy, retryPolicy } from './retry.ts'

/** How deliveries are made: the option `dispatch` of createHooks. */
export interface DispatchOptions {
  /** The most attempts under way at once in this process: 256 unless told. */
  concurrency?: number
  /** The most attempts under way at once for one hook, so that a slow one leaves room for the others: 20 unless told. */
  concurrencyPerHook?: number
  /** How long an attempt may take in all, in milliseconds: 15,000 unless told. */
  timeoutMs?: number
  /**
   * How long a dispatcher may keep a delivery to itself, in milliseconds: 10 s longer than an attempt may take, unless told.
   * If its process dies, another takes the delivery over after that.
   */
  leaseMs?: number
  retry?: RetryOptions
}

export interface DispatchSettings {
  concurrency: number
  concurrencyPerHook: number
  timeoutMs: number
  leaseMs: number
  retry: RetryPolicy
}

const LEASE_SLACK_MS = 10_000

/** @throws `option_invalid` */
export function dispatchSettings(options: DispatchOptions = {}): DispatchSettings {
  refuseUnknownOptions(
    options,
    ['concurrency', 'concurrencyPerHook', 'timeoutMs', 'leaseMs', 'retry'],
    'dispatch',
  )
  const timeoutMs = positive(options, 'timeoutMs', 15_000)
  const leaseMs = positive(options, 'leaseMs', timeoutMs + LEASE_SLACK_MS)
  if (leaseMs <= timeoutMs) {
    throw problem('option_invalid', {
      field: 'dispatch.leaseMs',
      value: leaseMs,
      problem: `a lease that is not longer than an attempt may take (${timeoutMs} ms) has everything sent twice`,
      cure: 'Make it some seconds longer, or leave it out',
    })
  }
  return {
    concurrency: positive(options, 'concurrency', 256),
    concurrencyPerHook: positive(options, 'concurrencyPerHook', 20),
    timeoutMs,
    leaseMs,
    retry: retryPolicy(options.retry),
  }
}

function positive(options: DispatchOptions, name: keyof DispatchOptions, fallback: number): number {
  const value = options[name] ?? fallback
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw problem('option_invalid', {
    field: `dispatch.${name}`,
    value,
    problem: 'it must be a whole number above 0',
    cure: `It is ${fallback} if left out`,
  })
}
