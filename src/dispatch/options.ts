import { problem } from '../core/errors.ts'
import { refuseUnknownOptions, wholeNumber } from '../core/options.ts'
import type { HealthSettings } from './health.ts'
import { type BreakerOptions, healthSettings } from './health-options.ts'
import { type RetryOptions, type RetryPolicy, retryPolicy } from './retry.ts'

/** How deliveries are made: the option `dispatch` of createHooks. */
export interface DispatchOptions {
  /** The most attempts under way at once in this process: 256 unless told. */
  concurrency?: number
  /** The most attempts under way at once for one hook, so that a slow one leaves room for the others: 20 unless told. */
  concurrencyPerHook?: number
  /** The most connections at once to one scheme, host and port: as many as `concurrency` unless told. */
  connectionsPerOrigin?: number
  /** How long an attempt may take in all, in milliseconds: 15,000 unless told. */
  timeoutMs?: number
  /**
   * For how long a dispatcher takes a delivery or an event to itself, in milliseconds: 10,000 unless told. It prolongs that
   * while it is at it; if its process dies, another takes over after that time.
   */
  leaseMs?: number
  retry?: RetryOptions
  /** Spares a target that fails again and again; `false` for none. */
  breaker?: BreakerOptions | false
  /**
   * After how long without a success a hook is disabled, in milliseconds, if it has failed ten times at the least: five days
   * unless told; `false` for never.
   */
  disableAfterMs?: number | false
}

export interface DispatchSettings {
  concurrency: number
  concurrencyPerHook: number
  connectionsPerOrigin: number
  timeoutMs: number
  leaseMs: number
  retry: RetryPolicy
  health: HealthSettings
}

/** A lease is prolonged after half of it, by a dispatcher that is busy for some milliseconds in between. */
const SHORTEST_LEASE_MS = 100

/** @throws `option_invalid` */
export function dispatchSettings(options: DispatchOptions = {}): DispatchSettings {
  refuseUnknownOptions(
    options,
    [
      'concurrency',
      'concurrencyPerHook',
      'connectionsPerOrigin',
      'timeoutMs',
      'leaseMs',
      'retry',
      'breaker',
      'disableAfterMs',
    ],
    'dispatch',
  )
  const positive = (name: keyof DispatchOptions, fallback: number) =>
    wholeNumber(options[name], `dispatch.${name}`, fallback)
  const timeoutMs = positive('timeoutMs', 15_000)
  const leaseMs = positive('leaseMs', 10_000)
  if (leaseMs < SHORTEST_LEASE_MS) {
    throw problem('option_invalid', {
      field: 'dispatch.leaseMs',
      value: leaseMs,
      problem: `a lease of less than ${SHORTEST_LEASE_MS} ms may end before it can be prolonged, and what it is for is sent twice`,
      cure: 'Make it some seconds, or leave it out',
    })
  }
  const concurrency = positive('concurrency', 256)
  const concurrencyPerHook = positive('concurrencyPerHook', 20)
  // A socket for every attempt, whatever its origin: the hooks of one origin never wait for each other.
  const connectionsPerOrigin = positive('connectionsPerOrigin', concurrency)
  const fewest = Math.min(concurrency, concurrencyPerHook)
  if (connectionsPerOrigin < fewest) {
    throw problem('option_invalid', {
      field: 'dispatch.connectionsPerOrigin',
      value: connectionsPerOrigin,
      problem: `one hook alone may have ${fewest} attempts under way, and would keep all others of its origin waiting`,
      cure: `Make it ${fewest} or more, or dispatch.concurrencyPerHook lower, or leave it out`,
    })
  }
  return {
    concurrency,
    concurrencyPerHook,
    connectionsPerOrigin,
    timeoutMs,
    leaseMs,
    retry: retryPolicy(options.retry),
    health: healthSettings(options),
  }
}
