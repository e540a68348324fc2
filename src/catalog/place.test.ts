import { expect, it } from 'vitest'
import { entry, member } from './place.ts'

it('writes a place as in source', () => {
  expect(member(member(member('payload', 'items'), 0), 'first name')).toBe('payload.items[0]["first name"]')
  expect(member('payload', Symbol('x'))).toBe('payload[Symbol(x)]')
  expect(entry('events', 'book.added')).toBe('events["book.added"]')
})
