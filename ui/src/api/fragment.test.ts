import { expect, it } from 'vitest'
import { readFragment } from './fragment.ts'

it.each([
  ['#token=hwp_a.b-c&theme=dark', { token: 'hwp_a.b-c', theme: 'dark' }],
  ['#theme=light', { token: null, theme: 'light' }],
  ['', { token: null, theme: null }],
  ['#content', { token: null, theme: null }],
])('reads %j', (hash, said) => {
  expect(readFragment(hash)).toEqual(said)
})
