import { describe, expect, it } from 'vitest'
import { refuseUnknownOptions } from './options.ts'

describe('refuseUnknownOptions', () => {
  it('lets known options pass, and no options at all', () => {
    expect(() => refuseUnknownOptions({ a: 1 }, ['a', 'b'], 'x')).not.toThrow()
    expect(() => refuseUnknownOptions({}, ['a'], 'x')).not.toThrow()
  })

  it('names the option, its value and those that there are', () => {
    expect(() => refuseUnknownOptions({ c: 1 }, ['a', 'b'], 'x')).toThrow(
      expect.objectContaining({
        code: 'option_invalid',
        message: 'x.c: there is no such option (got 1). There are a, b.',
      }),
    )
  })

  it('does not show the value of an outermost one, which may be a secret', () => {
    const refuse = () => refuseUnknownOptions({ encryptionKy: 's3cret' }, ['database'], '')
    expect(refuse).toThrow('encryptionKy: there is no such option. There are database.')
    expect(refuse).not.toThrow(/s3cret/)
  })

  it.each([[null], [[]], ['x'], [undefined]])('refuses %j, which is no object', (given) => {
    expect(() => refuseUnknownOptions(given, ['a'], 'x')).toThrow(/x: it must be an object/)
  })
})
