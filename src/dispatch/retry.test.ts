import { describe, expect, it } from 'vitest'
import type { Random } from '../core/random.ts'
import { systemRandom } from '../core/random.ts'
import { retryPolicy, standardDelaysMs } from './retry.ts'

const withFraction = (fraction: number): Random => ({ ...systemRandom, fraction: () => fraction })

const failed = (attempt: number) => ({ attempt, status: 500, error: null })

describe('retryPolicy', () => {
  it('keeps the schedule of Standard Webhooks unless told: 5 s to 24 h', () => {
    const policy = retryPolicy({ jitter: 0 })
    const seconds = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
      (n) => (policy.delayAfter(failed(n), systemRandom) ?? 0) / 1000,
    )
    expect(seconds).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400])
  })

  it('ends when its waits are used up', () => {
    expect(retryPolicy().delayAfter(failed(standardDelaysMs.length), systemRandom)).toBeGreaterThan(0)
    expect(retryPolicy().delayAfter(failed(standardDelaysMs.length + 1), systemRandom)).toBeUndefined()
    expect(retryPolicy({ delaysMs: [] }).delayAfter(failed(1), systemRandom)).toBeUndefined()
  })

  it('varies a wait by the jitter, to both sides, in whole milliseconds', () => {
    const policy = retryPolicy({ delaysMs: [1_001], jitter: 0.5 })
    expect(policy.delayAfter(failed(1), withFraction(0))).toBe(501)
    expect(policy.delayAfter(failed(1), withFraction(0.5))).toBe(1_001)
    expect(policy.delayAfter(failed(1), withFraction(1))).toBe(1_502)
    expect(retryPolicy({ delaysMs: [1_000] }).delayAfter(failed(1), withFraction(0))).toBe(900)
  })

  it('varies a wait from nothing to the whole of it with full jitter', () => {
    const policy = retryPolicy({ delaysMs: [1_000], jitter: 'full' })
    expect([0, 0.25, 1].map((fraction) => policy.delayAfter(failed(1), withFraction(fraction)))).toEqual([
      0, 250, 1_000,
    ])
  })

  it('knows the longest wait that a target may ask for', () => {
    expect(retryPolicy().longestRetryAfterMs).toBe(24 * 3_600_000)
    expect(retryPolicy({ delaysMs: [5, 7, 6] }).longestRetryAfterMs).toBe(7)
    expect(retryPolicy({ delaysMs: [] }).longestRetryAfterMs).toBe(24 * 3_600_000)
    expect(retryPolicy({ longestRetryAfterMs: 0 }).longestRetryAfterMs).toBe(0)
  })

  it('keeps its waits when the list that it was given is changed', () => {
    const delaysMs = [1_000]
    const policy = retryPolicy({ delaysMs, jitter: 0 })
    delaysMs[0] = 5
    expect(policy.delayAfter(failed(1), systemRandom)).toBe(1_000)
  })

  it.each([
    [{ delaysMs: [-1] }, 'dispatch.retry.delaysMs', '[-1]'],
    [{ delaysMs: [Number.NaN] }, 'dispatch.retry.delaysMs', '[null]'],
    [{ delaysMs: ['5s'] }, 'dispatch.retry.delaysMs', '["5s"]'],
    [{ delaysMs: 5 }, 'dispatch.retry.delaysMs', '5'],
    [{ longestRetryAfterMs: -1 }, 'dispatch.retry.longestRetryAfterMs', '-1'],
    [{ jitter: 1.1 }, 'dispatch.retry.jitter', '1.1'],
    [{ jitter: '10%' }, 'dispatch.retry.jitter', '"10%"'],
    [{ delayMs: [5] }, 'dispatch.retry.delayMs', '[5]'],
    [[5], 'dispatch.retry', '[5]'],
    [null, 'dispatch.retry', 'null'],
  ])('refuses %o, and names the option, the value and the cure', (options, field, value) => {
    expect(() => retryPolicy(options as never)).toThrow(
      expect.objectContaining({
        code: 'option_invalid',
        field,
        message: expect.stringContaining(`(got ${value}). `),
      }),
    )
  })
})
