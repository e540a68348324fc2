import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineModels, renameRow } from './models.ts'
import { rowType } from './row-type.ts'

function define(option: unknown) {
  const model = defineModels({ Book: option }).get('Book')
  if (model === undefined) throw new Error('no model')
  return model
}

describe('defineModels', () => {
  it('keeps what is right', () => {
    const serialize = (row: unknown) => row
    expect(define({ table: 'book', owner: 'user_id', key: 'id', serialize })).toMatchObject({
      name: 'Book',
      table: 'book',
      owner: 'user_id',
      key: ['id'],
      serialize,
    })
    expect(define({ table: 'book', row: rowType<{ id: number }>() })).toMatchObject({
      owner: undefined,
      key: undefined,
      serialize: undefined,
    })
    expect(define({ table: 'book', key: ['a', 'b'] }).key).toEqual(['a', 'b'])
  })

  it('takes a Standard Schema as serializer', () => {
    const schema = z.object({ title: z.string() })
    expect(define({ table: 'book', serialize: schema }).serialize).toBe(schema)
  })

  it.each([
    [null, 'models["Book"]', 'it must be an object (got null)'],
    ['book', 'models["Book"]', 'it must be an object (got "book")'],
    [[], 'models["Book"]', 'it must be an object (got [])'],
    [{}, 'models["Book"].table', 'it must be a name (got undefined). Name the table that "Book" is kept in.'],
    [{ table: '' }, 'models["Book"].table', 'it must be a name (got "")'],
    [{ table: 'a\u0000b' }, 'models["Book"].table', 'it must be a name'],
    [
      { table: 'book', owner: 7 },
      'models["Book"].owner',
      "Name the column that says whose row it is, 'user_id', or where it is found: { table: 'shelf'",
    ],
    [
      { table: 'book', owner: { table: 'shelf', on: 'shelf_id' } },
      'models["Book"].owner.column',
      'it must be a name',
    ],
    [
      { table: 'book', owner: { table: 'shelf', on: 'shelf_id', colum: 'user_id' } },
      'models["Book"].owner',
      'there is no option "colum". Did you mean "column"?',
    ],
    [
      { table: 'book', owner: { table: 'shelf', on: 'shelf_id', column: 'user_id', key: 1 } },
      'models["Book"].owner.key',
      'it must be a name (got 1)',
    ],
    [{ table: 'book', softDelete: true }, 'models["Book"].softDelete', "not deleted: 'deleted_at'"],
    [{ table: 'book', ownr: 'x' }, 'models["Book"]', 'there is no option "ownr". Did you mean "owner"?'],
    [{ table: 'book', serializer: () => 1 }, 'models["Book"]', 'Did you mean "serialize"?'],
    [{ table: 'book', colour: 1 }, 'models["Book"]', 'There are "table", "owner"'],
    [{ table: 'book', key: [] }, 'models["Book"].key', 'it names no columns, or one twice'],
    [{ table: 'book', key: ['a', 'a'] }, 'models["Book"].key', 'it names no columns, or one twice'],
    [{ table: 'book', key: 1 }, 'models["Book"].key', "'id' or ['order_id', 'line']"],
    [{ table: 'book', naming: 'kebab' }, 'models["Book"].naming', 'there is no such naming (got "kebab")'],
    [{ table: 'book', columns: ['a'] }, 'models["Book"].columns', "{ createdAt: 'created_at' }"],
    [{ table: 'book', columns: { a: 1 } }, 'models["Book"].columns.a', 'it must be a name (got 1)'],
    [
      { table: 'book', columns: { a: 'x', b: 'x' } },
      'models["Book"].columns.b',
      'the column is called "a" already (got "x"). Give each column one name.',
    ],
    [{ table: 'book', serialize: 'title' }, 'models["Book"].serialize', 'it is no serializer (got "title")'],
    [{ table: 'book', row: z.object({}) }, 'models["Book"].row', 'Write rowType<BookRow>().'],
  ])('refuses %o', (option, field, text) => {
    expect(() => define(option)).toThrow(
      expect.objectContaining({ code: 'option_invalid', field, message: expect.stringContaining(text) }),
    )
  })

  it.each(['', 'My Book', 'Book+', '.Book', 'Book.', 'a..b'])('refuses the name %o', (name) => {
    expect(() => defineModels({ [name]: { table: 'book' } })).toThrow(
      expect.objectContaining({
        code: 'option_invalid',
        message: expect.stringContaining('a model cannot be called so'),
      }),
    )
  })

  it.each([null, 'Book', [], new Map(), () => ({})])('refuses %o as a whole', (models) => {
    expect(() => defineModels(models)).toThrow(
      expect.objectContaining({ code: 'option_invalid', field: 'models' }),
    )
  })
})

describe('renameRow', () => {
  it('names every column for user code and leaves the values alone', () => {
    const model = define({ table: 'book', naming: 'camel', columns: { added: 'created_at' } })
    const row = { id: 1n, read_pages: 3, created_at: null }
    expect(renameRow(model, row)).toEqual({ id: 1n, readPages: 3, added: null })
    expect(row).toEqual({ id: 1n, read_pages: 3, created_at: null })
  })

  it('refuses to call two columns by one name, rather than lose one', () => {
    const model = define({ table: 'book', naming: 'camel' })
    expect(() => renameRow(model, { user_id: 1, userId: 2 })).toThrow(
      'models["Book"].columns: the columns "user_id" and "userId" would both be called "userId". Name one of them in `columns`.',
    )
  })

  it('keeps a column called __proto__ a column', () => {
    const row: Record<string, unknown> = JSON.parse('{"__proto__": 1, "id": 2}')
    expect(Object.entries(renameRow(define({ table: 'book' }), row))).toEqual([
      ['__proto__', 1],
      ['id', 2],
    ])
  })
})
