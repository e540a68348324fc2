import { describe, expect, it } from 'vitest'
import { table } from '../../bench/print.ts'
import { compare, median } from '../../bench/statistics.ts'

describe('median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[10, 9, 100], 10],
    [[7], 7],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected))
})

describe('compare', () => {
  it('takes ratios round by round, so that a slow round counts for both', () => {
    const [baseline, other] = compare({
      title: '',
      unit: 'rows',
      variants: [
        { name: 'a', perSecond: [100, 10, 1_000], cpu: [] },
        { name: 'b', perSecond: [50, 6, 400], cpu: [3, 1, 9] },
      ],
    })
    expect(baseline?.ratio).toEqual({ median: 1, lowest: 1, highest: 1 })
    expect(other?.ratio).toEqual({ median: 0.5, lowest: 0.4, highest: 0.6 })
    expect(other?.perSecond).toEqual({ median: 50, lowest: 6, highest: 400 })
    expect(other?.microseconds).toBe(20_000)
    expect([baseline?.cpu, other?.cpu]).toEqual([undefined, 3])
  })
})

describe('table', () => {
  it('is Markdown with columns below each other', () => {
    expect(table(['', 'rows/s'], [['no capture', '7']])).toEqual([
      '|            | rows/s |',
      '| ---------- | -----: |',
      '| no capture |      7 |',
    ])
  })
})
