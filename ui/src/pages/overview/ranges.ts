import type { Span } from '../../api/queries.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Range {
  words: string
  /** How long each bar is, and how many there are. */
  bucketMs: number
  buckets: number
}

export const RANGES = {
  '1h': { words: '1 h', bucketMs: MINUTE, buckets: 60 },
  '24h': { words: '24 h', bucketMs: 30 * MINUTE, buckets: 48 },
  '7d': { words: '7 d', bucketMs: 3 * HOUR, buckets: 56 },
  '30d': { words: '30 d', bucketMs: 12 * HOUR, buckets: 60 },
} as const satisfies Record<string, Range>

export type RangeName = keyof typeof RANGES

export const isRange = (text: string | null): text is RangeName =>
  text !== null && Object.hasOwn(RANGES, text)

/** The last so many bars, the last one of which is under way: they begin at round times, so that they stand still. */
export function spanOf(range: RangeName, now: number, zoneMs: number): Span {
  const { bucketMs, buckets } = RANGES[range]
  const until = Math.floor((now + zoneMs) / bucketMs) * bucketMs + bucketMs - zoneMs
  const iso = (time: number) => new Date(time).toISOString()
  return { since: iso(until - buckets * bucketMs), until: iso(until), bucketMs }
}
