import { describe, expect, it } from 'vitest'
import { barHeight, marks, shortNumber, timeMarks } from './scale.ts'

describe('marks', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [90, [0, 25, 50, 75, 100]],
    [812, [0, 250, 500, 750, 1000]],
  ])('for %d are round, whole and reach it', (largest, expected) => {
    expect(marks(largest)).toEqual(expected)
  })

  it('are few and reach the largest, whatever that is', () => {
    for (let largest = 0; largest < 5_000; largest += 7) {
      const found = marks(largest)
      expect(found.length).toBeLessThanOrEqual(6)
      expect(found.at(-1)).toBeGreaterThanOrEqual(largest)
      expect(found.every(Number.isInteger)).toBe(true)
    }
  })
})

describe('timeMarks', () => {
  const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 25, hour, minute)

  it('are round times, as many as there is room for', () => {
    expect(timeMarks(at(1, 30), at(13, 30), 4, 0)).toEqual([at(3), at(6), at(9), at(12)])
    expect(timeMarks(at(1, 2), at(2, 2), 8, 0).map((time) => new Date(time).getUTCMinutes())).toEqual([
      10, 20, 30, 40, 50, 0,
    ])
  })

  it('are round where the clocks are, half an hour off or not', () => {
    const zone = 5.5 * 3_600_000
    for (const time of timeMarks(at(0), at(23), 5, zone)) expect((time + zone) % (6 * 3_600_000)).toBe(0)
  })
})

describe('barHeight', () => {
  it('shows one among very many, and nothing for none', () => {
    expect([barHeight(0, 10, 200), barHeight(1, 100_000, 200), barHeight(5, 10, 200)]).toEqual([0, 1.5, 100])
  })
})

it('shortens numbers that are long', () => {
  expect([950, 9_999, 12_345, 3_200_000].map(shortNumber)).toEqual(['950', '9,999', '12.3K', '3.2M'])
})
