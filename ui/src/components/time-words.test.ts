import { describe, expect, it } from 'vitest'
import { duration, timeAgo } from './time-words.ts'

const NOW = Date.UTC(2026, 10, 25, 12)

describe('timeAgo', () => {
  it.each([
    [0, 'now'],
    [-999, 'now'],
    [-12_000, '12s ago'],
    [-119_000, '1m ago'],
    [-3 * 3_600_000, '3h ago'],
    [-40 * 86_400_000, '40d ago'],
    [4 * 60_000 + 59_000, 'in 4m'],
  ])('says of %d ms from now %j', (difference, words) => {
    expect(timeAgo(NOW + difference, NOW)).toBe(words)
  })
})

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [840.4, '840 ms'],
    [1_240, '1.2 s'],
    [15_000, '15 s'],
    [59_900, '1 min'],
    [250_000, '4 min 10 s'],
    [3_600_000, '1 h'],
    [2 * 86_400_000 + 3 * 3_600_000 + 59_000, '2 d 3 h'],
  ])('says of %d ms %j', (ms, words) => {
    expect(duration(ms)).toBe(words)
  })
})
