import { describe, expect, it } from 'vitest'
import { gateOf, isHeldBack } from './gate.ts'
import type { Lane } from './lanes.ts'

const NOW = 1_000_000
const PROBE_UNTIL = NOW + 20_000
const lane = (changes: Partial<Lane> = {}): Lane => ({
  hook_id: 1,
  not_before: 0,
  tat: 0,
  held_seq: null,
  ...changes,
})
const free = { ordered: 0, rate_limit: null, open_until: null, recovered_at: null }

describe('the gate of a lane', () => {
  it('is open where nothing limits the hook', () => {
    expect(gateOf(lane(), free, NOW, PROBE_UNTIL).most).toBe(Number.POSITIVE_INFINITY)
  })

  it('is closed while the breaker is open, or while a probe is under way', () => {
    expect(gateOf(lane(), { ...free, open_until: NOW + 5 }, NOW, PROBE_UNTIL)).toMatchObject({
      most: 0,
      until: NOW + 5,
    })
    const probing = gateOf(lane({ not_before: NOW + 9 }), { ...free, open_until: NOW }, NOW, PROBE_UNTIL)
    expect(probing).toMatchObject({ most: 0, until: NOW + 9 })
  })

  it('lets one probe through, and no second one before that is over', () => {
    const gate = gateOf(lane(), { ...free, open_until: NOW }, NOW, PROBE_UNTIL)
    expect(gate.most).toBe(1)
    expect(gate.after(1)).toEqual({ not_before: PROBE_UNTIL })
  })

  it('remembers what a rate has used up, also over several visits within a burst', () => {
    const limits = { ...free, rate_limit: 1_000 }
    let state = lane()
    const taken: number[] = []
    for (let ms = 0; ms < 20; ms += 1) {
      const gate = gateOf(state, limits, NOW + ms, PROBE_UNTIL)
      taken.push(gate.most)
      if (gate.most > 0) state = { ...state, ...gate.after(gate.most) }
    }
    expect(taken[0]).toBe(10)
    expect(Math.max(...taken.slice(1))).toBe(1)
    expect(taken.reduce((a, b) => a + b)).toBeLessThanOrEqual(30)
  })

  it('goes by the slower one of a rate and a recovery', () => {
    const recovering = { ...free, recovered_at: NOW, rate_limit: 500 }
    expect(gateOf(lane(), recovering, NOW, PROBE_UNTIL).after(1)).toMatchObject({ not_before: NOW + 500 })
    const slow = { ...recovering, rate_limit: 0.5 }
    expect(gateOf(lane(), slow, NOW, PROBE_UNTIL).after(1)).toMatchObject({ not_before: NOW + 2_000 })
  })

  it('stands before hooks that are limited, failing or recovering, and before no others', () => {
    expect(isHeldBack(free, NOW)).toBe(false)
    expect(isHeldBack({ ...free, ordered: 1 }, NOW)).toBe(true)
    expect(isHeldBack({ ...free, rate_limit: 5 }, NOW)).toBe(true)
    expect(isHeldBack({ ...free, open_until: NOW - 5 }, NOW)).toBe(true)
    expect(isHeldBack({ ...free, recovered_at: NOW - 10 }, NOW)).toBe(true)
    expect(isHeldBack({ ...free, recovered_at: NOW - 10_000 }, NOW)).toBe(false)
  })
})
