import type { Group } from './section.ts'

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? upper)) / 2 : upper
}

/** A median and how far the rounds were apart. */
export interface Spread {
  median: number
  lowest: number
  highest: number
}

function spread(values: readonly number[]): Spread {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) }
}

export interface Comparison {
  name: string
  /** The speed as a share of the baseline's, taken round by round: what disturbs a whole round disturbs both. */
  ratio: Spread
  perSecond: Spread
  /** What one unit takes, in microseconds. */
  microseconds: number
  /** Processor time for one unit, in microseconds; undefined where it was not measured. */
  cpu: number | undefined
}

/** Compares all variants of a group with its first one. */
export function compare({ variants }: Group): Comparison[] {
  const [baseline] = variants
  return variants.map(({ name, perSecond, cpu }) => ({
    name,
    ratio: spread(perSecond.map((value, round) => value / (baseline?.perSecond[round] ?? Number.NaN))),
    perSecond: spread(perSecond),
    microseconds: 1e6 / median(perSecond),
    cpu: cpu.length === 0 ? undefined : median(cpu),
  }))
}
