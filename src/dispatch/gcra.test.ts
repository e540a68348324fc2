import { describe, expect, it } from 'vitest'
import { allowedNow, nextAllowedAt, paceOf, tatAfter } from './gcra.ts'

/** Takes whatever may go, at every millisecond or turn of so many, and tells when each went. */
function run(rate: number, ms: number, turnMs = 1): number[] {
  const pace = paceOf(rate)
  const gone: number[] = []
  let tat = 0
  for (let now = 1_000_000; now < 1_000_000 + ms; now += turnMs) {
    const count = allowedNow(pace, tat, now)
    if (count === 0) continue
    tat = tatAfter(pace, tat, now, count)
    for (let n = 0; n < count; n += 1) gone.push(now)
  }
  return gone
}

function mostInASecond(gone: readonly number[]): number {
  let most = 0
  for (const [first, at] of gone.entries()) {
    let last = first
    while (last < gone.length && (gone[last] ?? 0) < at + 1_000) last += 1
    most = Math.max(most, last - first)
  }
  return most
}

describe('a pace', () => {
  it.each([1, 2, 5, 30, 99, 100, 250, 1_000, 5_000])('of %i lets no more through in any second', (rate) => {
    for (const turnMs of [1, 4, 7, 50])
      expect(mostInASecond(run(rate, 4_000, turnMs))).toBeLessThanOrEqual(rate)
  })

  it.each([1, 30, 250, 1_000])('of %i lets nearly as many through', (rate) => {
    expect(run(rate, 10_000).length).toBeGreaterThan(rate * 10 * 0.98)
    expect(run(rate, 10_000, 4).length).toBeGreaterThan(rate * 10 * 0.85)
  })

  it('of less than one a second waits for longer than a second', () => {
    expect(run(0.5, 10_000)).toHaveLength(5)
  })

  it('tells when the next may go', () => {
    const pace = paceOf(4)
    const tat = tatAfter(pace, 0, 5_000, 1)
    expect(nextAllowedAt(pace, tat)).toBe(5_250)
    expect(allowedNow(pace, tat, 5_249)).toBe(0)
    expect(allowedNow(pace, tat, 5_250)).toBe(1)
  })

  it('does not save up what a quiet hook did not use', () => {
    expect(allowedNow(paceOf(30), 0, 5_000)).toBe(1)
    expect(allowedNow(paceOf(1_000), 0, 5_000)).toBe(10)
  })
})
