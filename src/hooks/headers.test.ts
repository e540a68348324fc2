import { expect, it } from 'vitest'
import { sameHeaders } from './headers.ts'

it('headers are the same in any order and case of their names', () => {
  expect(sameHeaders({ 'X-A': '1', 'X-B': '2' }, { 'x-b': '2', 'x-a': '1' })).toBe(true)
})

it.each([
  [{ 'X-A': '1' }, { 'X-A': '2' }],
  [{ 'X-A': 'a' }, { 'X-A': 'A' }],
  [{ 'X-A': '1' }, {}],
  [{ 'X-A': '1' }, { 'X-A': '1', 'X-B': '' }],
])('%o are other headers than %o', (a, b) => {
  expect(sameHeaders(a, b)).toBe(false)
  expect(sameHeaders(b, a)).toBe(false)
})
