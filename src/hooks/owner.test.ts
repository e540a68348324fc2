import { describe, expect, it } from 'vitest'
import { ownerText, scopeOf } from './owner.ts'

describe('ownerText', () => {
  it.each([
    ['alice', 'alice'],
    [7, '7'],
    [0, '0'],
    [9007199254740993n, '9007199254740993'],
    ['  ', '  '],
  ])('keeps %o as %o', (owner, text) => {
    expect(ownerText(owner, 'owner')).toBe(text)
  })

  it.each([undefined, null, ''])('takes %o for a missing owner', (owner) => {
    expect(() => ownerText(owner, 'owner')).toThrow(
      expect.objectContaining({ code: 'owner_missing', field: 'owner' }),
    )
  })

  it.each([
    [1.5],
    [Number.NaN],
    [2 ** 53],
    [true],
    [{ id: 1 }],
    [Symbol('everyone')],
    ['a\0b'],
    ['\ud800'],
    ['x'.repeat(256)],
  ])('refuses %o', (owner) => {
    expect(() => ownerText(owner, 'owner')).toThrow(expect.objectContaining({ code: 'hook_invalid' }))
  })
})

describe('scopeOf', () => {
  it('tells an option that was left out from one without a value', () => {
    expect(scopeOf({})).toBeUndefined()
    expect(scopeOf({ owner: 1 })).toBe('1')
    // As plain JavaScript passes it: `{ owner: session.userId }` of a session without a user.
    const unset = { owner: undefined } as unknown as { owner: number }
    expect(() => scopeOf(unset)).toThrow(expect.objectContaining({ code: 'owner_missing' }))
  })
})
