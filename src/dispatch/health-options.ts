import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import type { BreakerSettings, HealthSettings } from './health.ts'

/** When deliveries to a failing target wait, and for how long. */
export interface BreakerOptions {
  /** After so many failures in a row: 5 unless told. */
  failures?: number
  /** For how long at first, in milliseconds: 10,000 unless told. Then one attempt is made, and the next wait is twice as long. */
  openMs?: number
  /** The longest wait, in milliseconds: 300,000 unless told. */
  longestOpenMs?: number
}

const DEFAULTS: BreakerSettings = { failures: 5, openMs: 10_000, longestOpenMs: 300_000 }
const DISABLE_AFTER_MS = 5 * 24 * 3_600_000

/** @throws `option_invalid` */
export function healthSettings(options: {
  breaker?: BreakerOptions | false
  disableAfterMs?: number | false
}): HealthSettings {
  const { breaker = {}, disableAfterMs = DISABLE_AFTER_MS } = options
  return {
    breaker: breaker === false ? undefined : breakerSettings(breaker),
    disableAfterMs:
      disableAfterMs === false
        ? undefined
        : whole(disableAfterMs, 'dispatch.disableAfterMs', DISABLE_AFTER_MS),
  }
}

function breakerSettings(options: BreakerOptions): BreakerSettings {
  refuseUnknownOptions(options, Object.keys(DEFAULTS), 'dispatch.breaker')
  const setting = (name: keyof BreakerSettings) =>
    whole(options[name] ?? DEFAULTS[name], `dispatch.breaker.${name}`, DEFAULTS[name])
  const openMs = setting('openMs')
  return {
    failures: setting('failures'),
    openMs,
    longestOpenMs: Math.max(openMs, setting('longestOpenMs')),
  }
}

function whole(value: unknown, field: string, fallback: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw problem('option_invalid', {
    field,
    value,
    problem: 'it must be a whole number above 0',
    cure: `It is ${fallback} if left out, and there is none with ${field.split('.').slice(0, 2).join('.')}: false`,
  })
}
