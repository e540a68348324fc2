import { describe, expect, it } from 'vitest'
import { type DjangoOptions, djangoSerializer } from './django.ts'
import type { SerializerContext } from './options.ts'

interface BookRow {
  id: number
  user_id: number
  title: string
  pages: number
  fiction: number
}

const row: BookRow = { id: 1, user_id: 1, title: 'The Two Towers', pages: 327, fiction: 1 }
const context = {
  event: 'book.added',
  action: 'created',
  previous: undefined,
} as unknown as SerializerContext

describe('djangoSerializer', () => {
  it('gives what drf-hooks sends without a serializer', async () => {
    const serialize = djangoSerializer<BookRow>({
      model: 'bookstore.book',
      fields: { user: 'user_id', fiction: (book) => book.fiction === 1 },
    })
    // Recorded: "HOOK_SERIALIZERS = {} (Django's serializer): created".
    expect(await serialize(row, context)).toEqual({
      model: 'bookstore.book',
      pk: 1,
      fields: { user: 1, title: 'The Two Towers', pages: 327, fiction: true },
    })
  })

  it('takes another key, and gives neither it nor what is excluded as fields', async () => {
    const serialize = djangoSerializer({ model: 'zoo.uuidpk', pk: 'uuid', exclude: ['password'] })
    expect(await serialize({ uuid: 'x', password: 'hash', id: 5 }, context)).toEqual({
      model: 'zoo.uuidpk',
      pk: 'x',
      fields: { id: 5 },
    })
  })

  it('keeps the order of the columns, and adds what is computed, waiting for it', async () => {
    const serialize = djangoSerializer<BookRow>({
      model: 'bookstore.book',
      exclude: ['fiction'],
      fields: { user: 'user_id', tags: async (book, { event }) => [book.pages, event] },
    })
    const { fields } = await serialize(row, context)
    expect(Object.entries(fields)).toEqual([
      ['user', 1],
      ['title', 'The Two Towers'],
      ['pages', 327],
      ['tags', [327, 'book.added']],
    ])
  })

  it('can send a property under two names, one of them its own', async () => {
    const serialize = djangoSerializer({ model: 'a.b', fields: { copy: ({ n }) => n } })
    expect((await serialize({ id: 1, n: 2 }, context)).fields).toEqual({ n: 2, copy: 2 })
  })

  it.each([
    [{ model: 'a.b', pk: 'uuid' }, '"uuid"'],
    [{ model: 'a.b', exclude: ['passwrd'] }, '"passwrd"'],
    [{ model: 'a.b', fields: { user: 'usr_id' } }, '"usr_id"'],
  ])('sends nothing where the row lacks a property that is named: %o', async (options, property) => {
    const serialize = djangoSerializer(options)
    await expect(serialize({ id: 1, password: 'hash', user_id: 1 }, context)).rejects.toThrow(
      expect.objectContaining({
        code: 'option_invalid',
        message: expect.stringContaining(`djangoSerializer["a.b"]: the row has no ${property}`),
      }),
    )
  })

  it('names no value of the row in its error', async () => {
    await expect(djangoSerializer({ model: 'a.b', pk: 'x' })({ password: 'hash' }, context)).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hash') }),
    )
  })

  it.each([
    [undefined, 'djangoSerializer', 'it must be an object'],
    [{}, 'djangoSerializer.model', "Write Django's label of it: 'bookstore.book'."],
    [{ model: 'a.b', pk: 1 }, 'djangoSerializer.pk', 'it must be a name (got 1)'],
    [{ model: 'a.b', exclude: 'password' }, 'djangoSerializer.exclude', "Write ['password']."],
    [{ model: 'a.b', exclude: [1] }, 'djangoSerializer.exclude', 'it must be a name (got 1)'],
    [{ model: 'a.b', fields: { user: 1 } }, 'djangoSerializer.fields.user', 'or write a function.'],
    [{ model: 'a.b', fields: [] }, 'djangoSerializer.fields', "Write { user: 'user_id' }."],
    [{ model: 'a.b', field: {} }, 'djangoSerializer', 'there is no option "field". Did you mean "fields"?'],
  ])('refuses the options %o', (options, field, text) => {
    expect(() => djangoSerializer(options as DjangoOptions<object>)).toThrow(
      expect.objectContaining({ code: 'option_invalid', field, message: expect.stringContaining(text) }),
    )
  })
})
