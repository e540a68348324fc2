import { refuseUnknownOptions, wholeNumber } from '../core/options.ts'
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
        : wholeNumber(
            disableAfterMs,
            'dispatch.disableAfterMs',
            DISABLE_AFTER_MS,
            ', and there is no end with dispatch.disableAfterMs: false',
          ),
  }
}

function breakerSettings(options: BreakerOptions): BreakerSettings {
  refuseUnknownOptions(options, Object.keys(DEFAULTS), 'dispatch.breaker')
  const setting = (name: keyof BreakerSettings) =>
    wholeNumber(
      options[name],
      `dispatch.breaker.${name}`,
      DEFAULTS[name],
      ', and there is none with dispatch.breaker: false',
    )
  const openMs = setting('openMs')
  return {
    failures: setting('failures'),
    openMs,
    longestOpenMs: Math.max(openMs, setting('longestOpenMs')),
  }
}
