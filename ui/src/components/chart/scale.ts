/** The steps that an axis may have: they are easy to read. */
const STEPS = [1, 2, 2.5, 5, 10]

/**
 * The marks of an axis from 0 to beyond the largest value, for counts: whole numbers only.
 *
 * @param most how many marks there may be beside 0
 */
export function marks(largest: number, most = 4): number[] {
  const rough = Math.max(largest, 1) / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, (STEPS.find((one) => one * power >= rough) ?? 10) * power)
  const whole = Number.isInteger(step) ? step : Math.ceil(step)
  const count = Math.max(1, Math.ceil(largest / whole))
  return Array.from({ length: count + 1 }, (_, index) => index * whole)
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const TIME_STEPS = [
  5 * 60_000,
  10 * 60_000,
  15 * 60_000,
  30 * 60_000,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  3 * DAY,
  5 * DAY,
  7 * DAY,
  14 * DAY,
]

/**
 * Times to name below a chart: round ones, as clocks here show them.
 *
 * @param most how many of them there is room for
 * @param zoneMs what clocks here are ahead of UTC
 */
export function timeMarks(since: number, until: number, most: number, zoneMs: number): number[] {
  const step = TIME_STEPS.find((one) => (until - since) / one <= most) ?? DAY * 30
  const first = Math.ceil((since + zoneMs) / step) * step - zoneMs
  const found: number[] = []
  for (let time = first; time < until; time += step) found.push(time)
  return found
}

/** How many pixels a count takes; one that is not 0 is always seen. */
export function barHeight(count: number, largest: number, height: number): number {
  if (count === 0) return 0
  return Math.max(1.5, (count / largest) * height)
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const plain = new Intl.NumberFormat('en')

export const shortNumber = (count: number): string =>
  count < 10_000 ? plain.format(count) : compact.format(count)
export const fullNumber = (count: number): string => plain.format(count)
