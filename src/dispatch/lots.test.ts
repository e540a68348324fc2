import { describe, expect, it } from 'vitest'
import { Allowance } from './allowance.ts'
import { lotsOf } from './lots.ts'
import type { Speed } from './shares.ts'

const SPEEDS: Speed[] = ['quick', 'unproven', 'slow']
const speedOf = (hook: number) => SPEEDS[hook % 3] ?? 'slow'
const [quick, unproven, slow] = [0, 1, 2]

/** What hooks of one kind after the other get if they take what they can. */
function taken(concurrency: number, order: readonly number[], underWay = new Map<number, number>()) {
  const lots = lotsOf(concurrency, underWay, speedOf)
  const busy = [...underWay.values()].reduce((a, b) => a + b, 0)
  const left = new Allowance({ free: concurrency - busy, perHook: concurrency, underWay, lots })
  return order.map((hook) => {
    let count = 0
    while (left.take(hook)) count += 1
    return count
  })
}

describe('lots', () => {
  it('leave half of the places to others than slow hooks, and a quarter to quick ones', () => {
    expect(taken(256, [slow, unproven, quick])).toEqual([128, 64, 64])
    expect(taken(256, [unproven, slow, quick])).toEqual([192, 0, 64])
  })

  it('keep nothing from quick hooks while the others have nothing to do', () => {
    expect(taken(256, [quick, unproven, slow])).toEqual([256, 0, 0])
  })

  it('count what is under way', () => {
    expect(taken(256, [slow, unproven, quick], new Map([[slow, 100]]))).toEqual([28, 64, 64])
    // They were quick when they got their places.
    expect(taken(256, [slow, unproven, quick], new Map([[slow, 200]]))).toEqual([0, 0, 56])
  })

  it('have a place for everybody, however few there are', () => {
    for (const concurrency of [1, 2, 3]) {
      for (const hook of [quick, unproven, slow]) expect(taken(concurrency, [hook])[0]).toBeGreaterThan(0)
    }
    expect(taken(2, [slow, unproven, quick])).toEqual([1, 0, 1])
  })
})
