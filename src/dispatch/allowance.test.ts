import { describe, expect, it } from 'vitest'
import { Allowance, type Lot } from './allowance.ts'

const none = new Map<number, number>()

function takes(left: Allowance, hook: number): number {
  let count = 0
  while (left.take(hook)) count += 1
  return count
}

describe('an allowance', () => {
  it('gives a hook no more than its share, less what it has under way', () => {
    const shareOf = (hook: number) => (hook === 1 ? 2 : 50)
    const left = new Allowance({ free: 100, perHook: 20, shareOf, underWay: new Map([[2, 5]]) })
    expect([1, 2, 3].map((hook) => takes(left, hook))).toEqual([2, 15, 20])
    expect(left.free).toBe(63)
  })

  it('gives all hooks together no more than is free', () => {
    const left = new Allowance({ free: 3, perHook: 2, underWay: none })
    expect([1, 2, 3].map((hook) => takes(left, hook))).toEqual([2, 1, 0])
    expect([left.shareOf(2), left.of(2)]).toEqual([1, 0])
  })

  it('gives a hook only what is free in each of its lots', () => {
    const lots: Lot[] = [
      { free: 2, holds: (hook) => hook === 1 },
      { free: 3, holds: (hook) => hook <= 2 },
    ]
    const left = new Allowance({ free: 100, perHook: 20, lots, underWay: none })
    expect([1, 2, 3].map((hook) => left.of(hook))).toEqual([2, 3, 20])
    expect(takes(left, 1)).toBe(2)
    expect([1, 2, 3].map((hook) => left.isCrowdedOut(hook))).toEqual([true, false, false])
    expect([2, 3].map((hook) => takes(left, hook))).toEqual([1, 20])
    expect(left.isCrowdedOut(2)).toBe(true)
  })

  it('takes a lot that is fuller than it may be for full', () => {
    const left = new Allowance({
      free: 9,
      perHook: 9,
      lots: [{ free: -4, holds: () => true }],
      underWay: none,
    })
    expect([left.of(1), left.take(1), left.isCrowdedOut(1)]).toEqual([0, false, true])
  })

  it('leaves the room as it is', () => {
    const lots: Lot[] = [{ free: 2, holds: () => true }]
    takes(new Allowance({ free: 9, perHook: 9, lots, underWay: none }), 1)
    expect(lots[0]?.free).toBe(2)
  })
})
