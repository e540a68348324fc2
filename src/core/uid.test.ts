import { expect, it } from 'vitest'
import { systemRandom } from './random.ts'
import { newUid } from './uid.ts'

it('is 32 hexadecimal digits, in the order of time, and never the same', () => {
  const times = [0, 1, Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1) + 1, Date.UTC(9999, 11, 31)]
  const ids = times.map((now) => newUid(now, systemRandom))
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(Array.from({ length: 1_000 }, () => newUid(1, systemRandom))).size).toBe(1_000)
})
