import { expect, it } from 'vitest'
import { sameText } from './same-text.ts'

it('tells texts apart, however little they differ', () => {
  expect(sameText('whsec_a', 'whsec_a')).toBe(true)
  expect(sameText('', '')).toBe(true)
  for (const other of ['whsec_b', 'whsec_', 'whsec_a ', 'Whsec_a', '']) {
    expect(sameText('whsec_a', other)).toBe(false)
  }
  expect(sameText('\ud800', '\ud801')).toBe(false)
})
