import { UsageError } from './command.ts'

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const LENGTH = /^(\d+(?:\.\d+)?)\s*([smhdw])$/
/** A date alone is midnight where the command runs; a time without a zone is of there too. */
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i

/**
 * A length of time in milliseconds: `30s`, `15m`, `2h`, `7d`, `1w`.
 *
 * @throws UsageError
 */
export function lengthOfTime(text: string, option: string): number {
  const [, amount, unit = ''] = LENGTH.exec(text.trim()) ?? []
  const ms = Number(amount) * (UNITS[unit] ?? Number.NaN)
  if (ms > 0) return Math.round(ms)
  throw new UsageError(
    `--${option}: it must be a length of time such as 30m, 2h or 7d (got ${JSON.stringify(text)}).`,
  )
}

/**
 * A time: `2h` is two hours ago; or as ISO 8601 has it, in the zone of where the command runs unless it names one.
 *
 * @throws UsageError
 */
export function timeOf(text: string, option: string, now = Date.now()): Date {
  const trimmed = text.trim()
  if (LENGTH.test(trimmed)) return new Date(now - lengthOfTime(trimmed, option))
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(trimmed) ? `${trimmed}T00:00` : trimmed)
  if (ISO.test(trimmed) && !Number.isNaN(date.getTime())) return date
  throw new UsageError(
    `--${option}: it must be a time such as 2h (two hours ago), 7d or 2030-01-31T12:00Z (got ${JSON.stringify(text)}).`,
  )
}

/** How long ago, or until, in the largest unit that says something: `42s`, `17m`, `3h`, `12d`. */
export function spanOf(ms: number): string {
  const seconds = Math.abs(ms) / 1_000
  if (seconds < 60) return `${Math.round(seconds)}s`
  if (seconds < 3_600) return `${Math.round(seconds / 60)}m`
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)}h`
  return `${Math.round(seconds / 86_400)}d`
}

/** A time as one reads it in a log, of where the command runs: `2030-01-31 12:00:07`. */
export function stampOf(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
