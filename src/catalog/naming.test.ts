import { describe, expect, it } from 'vitest'
import { camelCase, namingOf, snakeCase } from './naming.ts'

describe('camelCase', () => {
  // The same cases as for the type CamelCase.
  it.each([
    ['read_pages', 'readPages'],
    ['_id', '_id'],
    ['address_2_line', 'address2Line'],
    ['a__b', 'a__b'],
    ['USER_ID', 'USER_ID'],
    ['trailing_', 'trailing_'],
    ['createdAt', 'createdAt'],
    ['_user_id', '_userId'],
  ])('calls %s %s', (column, name) => {
    expect(camelCase(column)).toBe(name)
  })

  it.each(['read_pages', 'id', '_user_id', 'a_b_c', 'USER_ID'])('is undone by snakeCase: %s', (column) => {
    expect(snakeCase(camelCase(column))).toBe(column)
  })
})

describe('namingOf', () => {
  it('keeps the names of columns without any rule', () => {
    const naming = namingOf(undefined, {})
    expect(naming.rename('read_pages')).toBe('read_pages')
    expect(naming.columnOf('readPages')).toBe('readPages')
  })

  it('lets `columns` go before the rule, both ways', () => {
    const naming = namingOf('camel', { added: 'created_at' })
    expect(naming.rename('created_at')).toBe('added')
    expect(naming.rename('read_pages')).toBe('readPages')
    expect(naming.columnOf('added')).toBe('created_at')
    expect(naming.columnOf('readPages')).toBe('read_pages')
  })
})
