const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'narrow' })

/** How long ago, or how soon: `12s ago`, `in 4m`. Within a second it is `now`. */
export function timeAgo(time: number, now: number): string {
  const difference = time - now
  const size = Math.abs(difference)
  if (size < 1_000) return 'now'
  const [unit, length] = UNITS.find(([, least]) => size >= least) ?? UNITS[3]
  return relative.format(Math.trunc(difference / length), unit)
}

/** A length of time, with as many digits as one can use: `840 ms`, `1.2 s`, `4 min 10 s`, `2 d 3 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const first = parts.findIndex(([amount]) => amount > 0)
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ')
}

const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' })
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const exact = new Intl.DateTimeFormat('en', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
})

export const clockOf = (time: number): string => clock.format(time)
export const dayOf = (time: number): string => day.format(time)
export const exactTime = (time: number): string => exact.format(time)

/** A span of time, with the day where it is another than today's. */
export function spanWords(since: number, until: number, now: number): string {
  const words = (time: number) => `${dayOf(time) === dayOf(now) ? '' : `${dayOf(time)}, `}${clockOf(time)}`
  const end = dayOf(since) === dayOf(until) ? clockOf(until) : words(until)
  return `${words(since)} – ${end}`
}
