import { expect, it, vi } from 'vitest'
import { budget } from '../../bench/support/budget.ts'

it('a budget gives what one part leaves over to those behind it', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000)
  const share = budget(900, 3)
  expect(share()).toBe(300)
  now.mockReturnValue(1_100)
  expect(share()).toBe(400)
  now.mockReturnValue(5_000)
  expect([share(), share()]).toEqual([0, 0])
})
