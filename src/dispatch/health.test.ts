import { describe, expect, it } from 'vitest'
import { systemRandom } from '../core/random.ts'
import { afterFailure, afterSuccess, course, type Health, type HealthSettings, rampRate } from './health.ts'

const DAY = 86_400_000
const settings: HealthSettings = {
  breaker: { failures: 3, openMs: 1_000, longestOpenMs: 8_000 },
  disableAfterMs: 5 * DAY,
}
const random = { ...systemRandom, fraction: () => 0 }

function fail(times: number, now: number, before?: Health): Health {
  let health = before
  for (let n = 0; n < times; n += 1) {
    health = afterFailure(health, settings, { now, holdMs: undefined, random })
  }
  return health as Health
}

describe('the health of a hook', () => {
  it('opens its breaker after some failures in a row, for longer each time, up to a limit', () => {
    expect(fail(2, 0).open_until).toBeNull()
    let health = fail(3, 0)
    const opened = [health.open_until]
    for (let n = 0; n < 5; n += 1) {
      health = fail(1, health.open_until ?? 0, health)
      opened.push(health.open_until)
    }
    expect(opened).toEqual([1_000, 3_000, 7_000, 15_000, 23_000, 31_000])
  })

  it('is not made worse by what was under way when its breaker opened', () => {
    const open = fail(3, 0)
    expect(fail(5, 500, open)).toMatchObject({ opens: 1, open_until: 1_000, failures: 8 })
  })

  it('varies how long the breaker is open, so that hooks of one target do not come back together', () => {
    const later = afterFailure(fail(2, 0), settings, {
      now: 0,
      holdMs: undefined,
      random: { ...random, fraction: () => 1 },
    })
    expect(later.open_until).toBe(1_200)
  })

  it('recovers with the first success, and is well a while later', () => {
    const recovering = afterSuccess(fail(3, 0), 1_500)
    expect(recovering).toMatchObject({ open_until: null, recovered_at: 1_500, failures: 0, opens: 1 })
    expect(afterSuccess(recovering as Health, 2_000)).toMatchObject({ recovered_at: 1_500 })
    expect(afterSuccess(recovering as Health, 8_500)).toBeUndefined()
    expect(afterSuccess(fail(2, 0), 10)).toBeUndefined()
  })

  it('opens for longer than before when it fails while it recovers', () => {
    const recovering = afterSuccess(fail(3, 0), 1_500) as Health
    expect(fail(3, 2_000, recovering)).toMatchObject({ opens: 2, open_until: 4_000, recovered_at: null })
  })

  it('lets two through in the first second, twice as many in each, and all in the end', () => {
    expect([0, 999, 1_000, 2_500, 6_999, 7_000].map((ms) => rampRate(0, ms))).toEqual([
      2,
      2,
      4,
      8,
      128,
      undefined,
    ])
  })

  it('is held for as long as the target asks, and no longer than a breaker is open', () => {
    const held = (holdMs: number) => afterFailure(undefined, settings, { now: 0, holdMs, random }).open_until
    expect(held(2_000)).toBe(2_000)
    expect(held(3_600_000)).toBe(8_000)
    expect(held(0)).toBeNull()
  })

  it('has no breaker where none is wanted, and still a course', () => {
    const without = { ...settings, breaker: undefined }
    const failing = afterFailure(undefined, without, { now: 5, holdMs: 9_000, random })
    expect(failing).toMatchObject({ failures: 1, failing_since: 5, open_until: null })
    expect(course(failing, without, 5 + 2.5 * DAY)?.percent).toBe(50)
  })

  it('has a course: half of the time, most of it, all of it', () => {
    const failing = fail(20, 0)
    const at = (days: number) => course(failing, settings, days * DAY)
    expect([2.4, 2.5, 3.5, 4.5, 4.9].map((days) => at(days)?.percent)).toEqual([undefined, 50, 70, 90, 90])
    expect([4.99, 5].map((days) => at(days)?.isOver)).toEqual([false, true])
    expect(course(fail(9, 0), settings, 30 * DAY)?.isOver).toBe(false)
    expect(course(failing, { ...settings, disableAfterMs: undefined }, 30 * DAY)).toBeUndefined()
  })
})
