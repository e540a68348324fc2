import { describe, expect, it } from 'vitest'
import { checkFields, fieldFromColumn, withDefaults } from './field-values.ts'
import { defineFields } from './fields.ts'

const fields = defineFields({
  flag: { type: 'boolean' },
  count: { type: 'integer', default: 3 },
  rate: { type: 'number', nullable: true },
  note: { type: 'string', default: '' },
})

describe('checkFields', () => {
  it('takes the fields that are given, and null where it may be', () => {
    const given = { flag: false, rate: null, note: 'é', other: 1 }
    expect([...checkFields(fields, given)]).toEqual([
      ['flag', false],
      ['rate', null],
      ['note', 'é'],
    ])
  })

  it('takes only what is given, and not what every object inherits', () => {
    const inherited = defineFields({ toString: { type: 'string', default: '' } })
    expect([...checkFields(inherited, {})]).toEqual([])
  })

  it.each([
    ['flag', 1],
    ['flag', null],
    ['count', 1.5],
    ['count', '1'],
    ['rate', Number.POSITIVE_INFINITY],
    ['note', 5],
    ['note', 'a\0'],
    ['note', '\udc00'],
  ])('refuses %s: %o and names it', (name, value) => {
    expect(() => checkFields(fields, { [name]: value })).toThrow(
      expect.objectContaining({ code: 'hook_invalid', field: name }),
    )
  })
})

describe('withDefaults', () => {
  it('fills in defaults, and null where there is none', () => {
    expect(Object.fromEntries(withDefaults(fields, new Map([['flag', true]])))).toEqual({
      flag: true,
      count: 3,
      rate: null,
      note: '',
    })
  })

  it('refuses a hook without a field that has no default', () => {
    expect(() => withDefaults(fields, new Map())).toThrow(
      expect.objectContaining({ code: 'hook_invalid', field: 'flag' }),
    )
  })
})

it("fieldFromColumn makes truth of SQLite's 0 and 1", () => {
  const flag = defineFields({ flag: { type: 'boolean', default: true } }).get('flag')
  expect(flag && [0, 1, null].map((value) => fieldFromColumn(flag, value))).toEqual([false, true, true])
})
