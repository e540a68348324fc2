import { describe, expect, it } from 'vitest'
import { retryAfter } from './retry-after.ts'

const NOW = Date.UTC(2030, 0, 1, 12, 0, 0)

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Tue, 01 Jan 2030 12:01:30 GMT', 90_000],
    ['Tuesday, 01-Jan-30 12:01:30 GMT', 90_000],
    ['Tue Jan  1 12:01:30 2030', 90_000],
    ['Mon, 31 Dec 2029 12:00:00 GMT', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['Wednesday, 01-Jan-70 12:00:00 GMT', Date.UTC(2070, 0, 1, 12) - Date.UTC(2030, 0, 1, 12)],
    ['99999999999999999999', Number.MAX_SAFE_INTEGER],
  ])('%j is a wait of %i ms', (value, ms) => {
    expect(retryAfter([['retry-after', value]], NOW)).toBe(ms)
  })

  it.each([
    '',
    '-1',
    '+5',
    '1.5',
    '1e3',
    '0x10',
    '12 seconds',
    'soon',
    '120, 240',
    '2030-01-01T12:01:30Z',
    'Tue, 01 Jan 2030 12:01:30',
    'Tue, 32 Foo 2030 12:01:30 GMT',
    'Tue, 01 Jan 2030 99:99:99 GMT',
    '\u0661',
    'null',
  ])('%j is junk, and ignored', (value) => {
    expect(retryAfter([['retry-after', value]], NOW)).toBeUndefined()
  })

  it('that comes several times means the longest', () => {
    expect(
      retryAfter(
        [
          ['retry-after', '5'],
          ['retry-after', 'junk'],
          ['retry-after', '60'],
        ],
        NOW,
      ),
    ).toBe(60_000)
  })

  it('may be missing', () => {
    expect(retryAfter([['x-retry-after', '5']], NOW)).toBeUndefined()
  })
})
