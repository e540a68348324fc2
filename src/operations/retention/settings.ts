import { problem } from '../../core/errors.ts'
import { refuseUnknownOptions } from '../../core/options.ts'

/** For how long what has happened is kept: the option `retention` of createHooks. */
export interface RetentionOptions {
  /** For how many days a delivery is kept after it has finished, with its attempts: 30 unless told. It may be a fraction. */
  days?: number
  /** How often one of the processes whose dispatcher runs looks for what is too old, in milliseconds: an hour unless told. */
  everyMs?: number
}

export interface RetentionSettings {
  days: number
  /** The same in milliseconds. */
  keepMs: number
  everyMs: number
}

export const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const DEFAULT_DAYS = 30
/** Each sweep looks at every hook that has deliveries. */
const SHORTEST_INTERVAL_MS = 1_000

/**
 * @returns false where everything is kept
 * @throws `option_invalid`
 */
export function retentionSettings(options: RetentionOptions | false = {}): RetentionSettings | false {
  if (options === false) return false
  refuseUnknownOptions(options, ['days', 'everyMs'], 'retention')
  const { days = DEFAULT_DAYS, everyMs = HOUR_MS } = options
  if (!(typeof days === 'number' && days > 0 && Number.isFinite(days))) {
    throw problem('option_invalid', {
      field: 'retention.days',
      value: days,
      problem: 'it must be a number of days above 0',
      cure: `It is ${DEFAULT_DAYS} if left out; retention: false keeps everything`,
    })
  }
  if (!(Number.isSafeInteger(everyMs) && everyMs >= SHORTEST_INTERVAL_MS)) {
    throw problem('option_invalid', {
      field: 'retention.everyMs',
      value: everyMs,
      problem: `it must be a whole number of milliseconds, and at least ${SHORTEST_INTERVAL_MS}`,
      cure: 'It is an hour if left out',
    })
  }
  return { days, keepMs: Math.round(days * DAY_MS), everyMs }
}
