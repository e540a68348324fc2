import { expect, it } from 'vitest'
import { RecentIds } from './seen-ids.ts'

it('remembers the last ids, and forgets the oldest first', () => {
  const seen = new RecentIds(2)
  expect([seen.add('a'), seen.add('a'), seen.add('b'), seen.add('a')]).toEqual([true, false, true, false])
  expect(seen.add('c')).toBe(true)
  expect([seen.add('b'), seen.add('c'), seen.add('a')]).toEqual([false, false, true])
})

it('takes an id again that was let go', () => {
  const seen = new RecentIds()
  seen.add('a')
  seen.delete('a')
  expect(seen.add('a')).toBe(true)
})
