import { describe, expect, it } from 'vitest'
import { isRange, RANGES, type RangeName, spanOf } from './ranges.ts'
import { successRate } from './success-rate.ts'

const NOW = Date.parse('2026-11-25T12:34:56.789Z')
const NAMES = Object.keys(RANGES) as RangeName[]

describe('spanOf', () => {
  it.each(NAMES)('has bars of %s that stand still, the last of them under way', (name) => {
    const { since, until, bucketMs } = spanOf(name, NOW, 0)
    expect(Date.parse(until) - Date.parse(since)).toBe(bucketMs * RANGES[name].buckets)
    expect(Date.parse(until)).toBeGreaterThan(NOW)
    expect(Date.parse(until) - NOW).toBeLessThanOrEqual(bucketMs)
    expect(spanOf(name, NOW + 1_000, 0)).toEqual({ since, until, bucketMs })
  })

  it('begins days where they begin here', () => {
    const zone = 5.5 * 3_600_000
    expect((Date.parse(spanOf('30d', NOW, zone).since) + zone) % (12 * 3_600_000)).toBe(0)
  })
})

it('knows its ranges from other words', () => {
  expect(['7d', '1y', 'constructor', null].map(isRange)).toEqual([true, false, false, false])
})

it.each([
  [{ attempts: 0, delivered: 0 }, '–'],
  [{ attempts: 10, delivered: 10 }, '100 %'],
  [{ attempts: 100_000, delivered: 99_999 }, '99.9 %'],
  [{ attempts: 3, delivered: 2 }, '66.6 %'],
])('of %j the success rate is %s', (counts, words) => {
  expect(successRate(counts)).toBe(words)
})
