/** What is looked at. */
export type CheckName = 'database' | 'triggers' | 'clock' | 'workers' | 'hooks' | 'settings'

/** `warning`: it works, and somebody should look; `error`: events are lost, late or refused, or soon will be. */
export type FindingState = 'ok' | 'warning' | 'error'

/**
 * One thing that the doctor has found out, well or not. `code` is stable; the message and the cure are for people and may
 * change. `details` are figures and names, as JSON can have them.
 */
export interface Finding {
  check: CheckName
  code: string
  state: FindingState
  /** What is so, in a sentence or two. */
  message: string
  /** What to do about it. */
  cure?: string
  details?: Readonly<Record<string, unknown>>
}

/** A finding as a check makes it: whose it is, the doctor adds. */
export type Found = Omit<Finding, 'check'>

/** Beyond that, what is due for so long is worth a word. */
export const LATE_MS = 30_000
const VERY_LATE_MS = 5 * 60_000

export function lateness(ms: number): FindingState {
  return ms >= VERY_LATE_MS ? 'error' : 'warning'
}

/** A time for people: `90 s`, `12 min`, `3 h`, `5 days`. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 2 * 3_600) return `${Math.round(seconds / 60)} min`
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} days`
}

/** `1 hook`, `2 hooks`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** Bytes for people: `512 kB`, `3.4 GB`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** step
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${units[step]}`
}
