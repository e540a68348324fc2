import { expect, it } from 'vitest'
import { changed } from './query.ts'

it.each([
  ['?status=failed&owner=7', { status: 'pending' }, '?status=pending&owner=7'],
  ['?status=failed&owner=7', { status: '' }, '?owner=7'],
  ['?status=failed', { status: null }, ''],
  ['', { search: 'a b&c' }, '?search=a+b%26c'],
  ['?age=1h', { age: null, since: '2026-11-25T00:00:00.000Z' }, '?since=2026-11-25T00%3A00%3A00.000Z'],
])('of %j with %j there is %j', (search, changes, expected) => {
  expect(changed(search, changes)).toBe(expected)
})
