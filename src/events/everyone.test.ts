import { describe, expect, it } from 'vitest'
import { audienceColumns, everyone } from './everyone.ts'

describe('audienceColumns', () => {
  it.each([
    [1, '1'],
    ['1', '1'],
    [2n ** 64n, '18446744073709551616'],
  ])('keeps the owner %o as text', (owner, text) => {
    expect(audienceColumns(owner)).toEqual({ owner: text, broadcast: 0 })
  })

  it('broadcasts only for everyone, also the one of another copy of the module', () => {
    expect(audienceColumns(everyone)).toEqual({ owner: null, broadcast: 1 })
    expect(audienceColumns(Symbol.for('hookwright.everyone'))).toEqual({ owner: null, broadcast: 1 })
    expect(() => audienceColumns(Symbol('everyone'))).toThrow(
      expect.objectContaining({ code: 'hook_invalid' }),
    )
  })

  it.each([undefined, null, ''])('refuses %o, and tells the cure', (owner) => {
    expect(() => audienceColumns(owner)).toThrow(
      expect.objectContaining({ code: 'owner_missing', field: 'owner' }),
    )
  })
})
