import { describe, expect, it } from 'vitest'
import { lengthOfTime, spanOf, timeOf } from './times.ts'

const now = Date.UTC(2030, 0, 31, 12)

describe('times', () => {
  it.each([
    ['30s', 30_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
    ['1w', 604_800_000],
  ])('%s is a length of time, and as a time so long ago', (text, ms) => {
    expect(lengthOfTime(text, 'since')).toBe(ms)
    expect(timeOf(text, 'since', now).getTime()).toBe(now - ms)
  })

  it('takes ISO 8601, of where the command runs unless it names a zone', () => {
    expect(timeOf('2030-01-31T12:00Z', 'since').getTime()).toBe(now)
    expect(timeOf('2030-01-31T13:00:00.5+01:00', 'since').getTime()).toBe(now + 500)
    expect(timeOf('2030-01-31', 'since')).toEqual(new Date(2030, 0, 31))
    expect(timeOf('2030-01-31 09:30', 'since')).toEqual(new Date(2030, 0, 31, 9, 30))
  })

  it.each(['', '2', 'yesterday', '2x', '-2h', '0h', '31.1.2030', '2030-13-01', '2030'])(
    'refuses %j',
    (text) => {
      expect(() => timeOf(text, 'since')).toThrow(/^--since: it must be a (length of )?time such as/)
    },
  )

  it('says how long something is in one unit', () => {
    expect([4_000, 90_000, 3_600_000, 100_000_000, 864_000_000].map(spanOf)).toEqual([
      '4s',
      '2m',
      '1h',
      '28h',
      '10d',
    ])
  })
})
