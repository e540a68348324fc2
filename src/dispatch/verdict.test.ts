import { describe, expect, it } from 'vitest'
import { systemRandom } from '../core/random.ts'
import { type RetryOptions, retryPolicy } from './retry.ts'
import { judge, type Outcome, type Standing } from './verdict.ts'

const NOW = Date.UTC(2030, 0, 1)
const response = (status: number, retryAfter?: string): Outcome => ({
  response: { status, headers: retryAfter === undefined ? [] : [['retry-after', retryAfter]] },
})
const failure = (code: string): Outcome => ({ failure: { code, message: `it was ${code}` } })

function verdict(outcome: Outcome, standing: Partial<Standing> = {}, options: RetryOptions = {}) {
  const retry = retryPolicy({ delaysMs: [1_000, 2_000, 60_000], jitter: 0, ...options })
  return judge(outcome, { tries: 0, excused: 0, ...standing }, { retry, random: systemRandom, now: NOW })
}

describe('what becomes of a delivery', () => {
  it.each([200, 201, 204, 299])('is that %i delivers it', (status) => {
    expect(verdict(response(status))).toMatchObject({ status: 'delivered', bearing: 'well', tries: 1 })
  })

  it.each([300, 301, 400, 404, 418, 500, 503])('is that %i makes it wait', (status) => {
    expect(verdict(response(status))).toMatchObject({
      status: 'pending',
      delayMs: 1_000,
      bearing: 'failing',
      tries: 1,
    })
  })

  it('is that it fails when its waits are used up', () => {
    expect(verdict(response(500), { tries: 3 })).toMatchObject({
      status: 'failed',
      delayMs: undefined,
      reason: 'all 4 attempts failed; the last: status 500',
    })
  })

  it('is that 410 ends it, and its hook', () => {
    expect(verdict(response(410))).toMatchObject({ status: 'failed', bearing: 'gone', delayMs: undefined })
  })

  describe('whose target asks to come later', () => {
    it('is delayed, and never hastened', () => {
      expect(verdict(response(503, '30'))).toMatchObject({ delayMs: 30_000 })
      expect(verdict(response(503, '0'))).toMatchObject({ delayMs: 1_000 })
      expect(verdict(response(503, new Date(NOW + 5_000).toUTCString()))).toMatchObject({ delayMs: 5_000 })
      expect(verdict(response(503, new Date(NOW - 5_000).toUTCString()))).toMatchObject({ delayMs: 1_000 })
    })

    it('waits for no longer than the longest step, or what is set', () => {
      expect(verdict(response(429, '86400'))).toMatchObject({ delayMs: 60_000 })
      expect(verdict(response(429, '86400'), {}, { longestRetryAfterMs: 5_000 })).toMatchObject({
        delayMs: 5_000,
      })
      expect(verdict(response(429, '999999'), {}, { delaysMs: () => 10 })).toMatchObject({
        delayMs: 24 * 3_600_000,
      })
    })

    it('uses up no attempt, a few times', () => {
      expect(verdict(response(429, '5'), { tries: 1 })).toMatchObject({ tries: 1, excused: 1 })
      expect(verdict(response(429, '5'), { tries: 1, excused: 4 })).toMatchObject({ tries: 1, excused: 5 })
      expect(verdict(response(429, '5'), { tries: 1, excused: 5 })).toMatchObject({ tries: 2, excused: 5 })
      // The last one that is left is kept as well.
      expect(verdict(response(429, '5'), { tries: 3 })).toMatchObject({ status: 'pending', tries: 3 })
    })

    it('uses one up where it asks by junk', () => {
      expect(verdict(response(429, 'soon'), { tries: 1 })).toMatchObject({
        tries: 2,
        excused: 0,
        delayMs: 2_000,
      })
    })

    it('holds the whole hook where the service is busy, and not where one request was refused', () => {
      expect(verdict(response(429, '30')).holdMs).toBe(30_000)
      expect(verdict(response(503, '30')).holdMs).toBe(30_000)
      expect(verdict(response(404, '30')).holdMs).toBeUndefined()
      expect(verdict(response(503)).holdMs).toBeUndefined()
    })
  })

  describe('after a fault of our own', () => {
    it('is that it comes again soon, counts for nothing, and is no fault of the hook', () => {
      expect(verdict(failure('local'))).toMatchObject({
        status: 'pending',
        tries: 0,
        excused: 1,
        bearing: 'none',
        delayMs: 5_000,
      })
      expect(verdict(failure('local'), { excused: 3 }).delayMs).toBe(40_000)
      expect(verdict(failure('local'), { excused: 49 }).delayMs).toBe(600_000)
    })

    it('is that it counts at last, so that what cannot be sent ends', () => {
      expect(verdict(failure('local'), { excused: 50 })).toMatchObject({ tries: 1, delayMs: 1_000 })
      expect(verdict(failure('local'), { excused: 50, tries: 3 })).toMatchObject({
        status: 'failed',
        reason: 'all 4 attempts failed; the last: it was local',
        bearing: 'none',
      })
    })

    it('in the application is an attempt that counts, and no fault of the hook', () => {
      expect(verdict(failure('payload'))).toMatchObject({ tries: 1, bearing: 'none', delayMs: 1_000 })
    })
  })

  it.each(['dns', 'connect', 'tls', 'timeout', 'refused_address', 'protocol'])(
    'is that %s is the fault of the hook',
    (code) => {
      expect(verdict(failure(code))).toMatchObject({ tries: 1, bearing: 'failing' })
    },
  )

  it('is for a function to say, which knows the attempt', () => {
    const asked: unknown[] = []
    const delaysMs = (failed: object) => {
      asked.push(failed)
      return asked.length === 1 ? 77 : null
    }
    expect(verdict(response(500), { tries: 4 }, { delaysMs })).toMatchObject({ delayMs: 77 })
    expect(verdict(failure('dns'), { tries: 5 }, { delaysMs })).toMatchObject({ status: 'failed' })
    expect(asked).toEqual([
      { attempt: 5, status: 500, error: null },
      { attempt: 6, status: null, error: 'dns' },
    ])
  })

  it.each([
    ['throws', () => (undefined as unknown as { x: number }).x],
    ['gives no number', () => 'soon' as never],
    ['gives less than nothing', () => -1],
  ])('is the standard schedule where a function %s, which is told', (_, delaysMs) => {
    const judged = verdict(response(500), {}, { delaysMs })
    expect(judged.status).toBe('pending')
    expect(judged.delayMs).toBeGreaterThan(4_000)
    expect(judged.fault).toBeInstanceOf(Error)
  })
})
