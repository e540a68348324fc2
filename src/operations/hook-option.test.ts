import { describe, expect, it } from 'vitest'
import { checkHookOption } from './hook-option.ts'

describe('checkHookOption', () => {
  it('lets pass what may be there', () => {
    const all = { fields: {}, find: () => 1, payload: () => 1, deliver: () => 1 }
    expect(() => checkHookOption(all)).not.toThrow()
    expect(() => checkHookOption({ deliver: undefined })).not.toThrow()
    expect(() => checkHookOption({ payload: 'thin' })).not.toThrow()
  })

  it.each([
    [{ field: {} }, 'hook.field', '{}'],
    [{ find: 'isActive' }, 'hook.find', '"isActive"'],
    [{ payload: 'xml' }, 'hook.payload', '"xml"'],
    [{ find: 'thin' }, 'hook.find', '"thin"'],
    [{ deliver: null }, 'hook.deliver', 'null'],
    [[], 'hook', '[]'],
    [null, 'hook', 'null'],
  ])('refuses %o, and names the option, the value and the cure', (option, field, value) => {
    expect(() => checkHookOption(option)).toThrow(
      expect.objectContaining({
        code: 'option_invalid',
        field,
        message: expect.stringContaining(`(got ${value}). `),
      }),
    )
  })
})
