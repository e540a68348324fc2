import { describe, expect, it } from 'vitest'
import { barWidth, centreOf, indexAt, LEFT } from './plot.ts'

describe('the plot', () => {
  it.each([1, 24, 60])('finds each of %d bars at its own centre', (count) => {
    for (let index = 0; index < count; index += 1) {
      expect(indexAt(centreOf(index, 640, count), 640, count)).toBe(index)
    }
  })

  it('has no bar beside the axis or beyond the end', () => {
    expect([indexAt(LEFT - 1, 640, 24), indexAt(641, 640, 24)]).toEqual([null, null])
  })

  it('keeps bars apart where there is room, and seen where there is none', () => {
    expect(barWidth(640, 24)).toBeLessThan(600 / 24)
    expect(barWidth(100, 200)).toBe(1)
  })
})
