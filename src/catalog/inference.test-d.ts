import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { djangoSerializer } from './django.ts'
import type {
  CheckedEvents,
  CheckedModels,
  DataOf,
  EventsOption,
  FieldsOf,
  FieldValues,
  HookFields,
  SendsOf,
  TriggersOf,
} from './inference.ts'
import type { JsonForm } from './json-form.ts'
import type { KeyValue } from './key.ts'
import type { CamelCase } from './naming.ts'
import type { FieldsOption, ModelsOption, Row } from './options.ts'
import { rowType } from './row-type.ts'

/** As createHooks is to be declared; see inference.ts. */
interface HooksOptions<Models, Events, Fields extends FieldsOption> {
  readonly models?: CheckedModels<Models>
  readonly events: EventsOption<Models, Events>
  readonly hook?: {
    readonly fields?: Fields
    readonly payload?: (
      hook: { id: number } & FieldValues<Fields>,
      event: AnyEvent<DataOf<Models, Events>>,
    ) => unknown
  }
}

type AnyEvent<Data> = { [Name in keyof Data]: { name: Name; data: Data[Name] } }[keyof Data]

interface Hooks<Data, Sends, Triggers, Fields extends HookFields> {
  create(
    input: { owner: KeyValue; event: keyof Data; target: string } & Fields['inputs'],
  ): { id: number } & Fields['values']
  send<Name extends keyof Sends>(name: Name, payload: Sends[Name], options: { owner: KeyValue }): void
  trigger<Action extends keyof Triggers>(action: Action, key: Triggers[Action]): void
  readonly data: Data
}

declare function createHooks<
  const Models extends ModelsOption = Record<never, never>,
  const Events extends CheckedEvents<Models, Events> = Record<never, never>,
  const Fields extends FieldsOption = Record<never, never>,
>(
  options: HooksOptions<Models, Events, Fields>,
): Hooks<DataOf<Models, Events>, SendsOf<Models, Events>, TriggersOf<Models, Events>, FieldsOf<Fields>>

interface BookRow {
  id: bigint
  title: string
  pages: number
  read_pages: number
  added_at: Date
}

interface ShelfRow {
  room_id: number
  shelf_no: number
  label: string | null
}

const loggedIn = z.object({ username: z.string(), at: z.coerce.date() })
const rated = v.object({ stars: v.optional(v.number(), 5) })

const hooks = createHooks({
  models: {
    Book: {
      table: 'book',
      owner: 'user_id',
      serialize: (book: BookRow) => ({ id: book.id, title: book.title, added: book.added_at }),
    },
    'shop.Order': {
      table: 'order',
      owner: 'user_id',
      key: 'id',
      serialize: async (order: { id: number; paid: boolean }, { event, previous }) => {
        expectTypeOf(event).toBeString()
        expectTypeOf(previous).toEqualTypeOf<Row | undefined>()
        return { paid: order.paid }
      },
    },
    Shelf: { table: 'shelf', key: ['room_id', 'shelf_no'], naming: 'camel', row: rowType<ShelfRow>() },
    Plain: { table: 'plain', key: ['a', 'b'], columns: { first: 'a' } },
    Checked: { table: 'checked', serialize: v.object({ size: v.pipe(v.string(), v.transform(Number)) }) },
    Django: {
      table: 'django',
      serialize: djangoSerializer<BookRow>({ model: 'bookstore.book', exclude: ['pages'] }),
    },
    Untyped: {
      table: 'untyped',
      serialize: djangoSerializer({ model: 'a.b', pk: 'uuid', fields: { user: 'user_id' } }),
    },
  },
  events: {
    'book.added': 'Book.created',
    'untyped.added': { on: 'Untyped.created+', when: (row) => row.anything === 1 },
    'book.changed': 'Book.updated+',
    'book.read': 'Book.read',
    'book.finished': {
      on: 'Book.updated',
      when: (book, before) => book.read_pages === book.pages && before.read_pages !== book.pages,
    },
    'order.paid': { on: 'shop.Order.updated+', when: (order, before) => order.paid && !before.paid },
    'shelf.added': {
      on: 'Shelf.created+',
      when: (shelf, before) => shelf.label === null && before === undefined,
    },
    'plain.changed': { on: 'Plain.updated+', when: (row, before) => row.x !== before.x },
    'plain.added': 'Plain.created+',
    'plain.tidied': 'Plain.tidied+',
    'checked.removed': { on: 'Checked.deleted+', when: (row) => row.size === '1' },
    'django.added': { on: 'Django.created+', when: (row) => row.pages > 1 },
    'user.logged_in': null,
    'user.signed_in': loggedIn,
    'user.rated': rated,
  },
  hook: {
    fields: {
      isActive: { type: 'boolean', default: true },
      note: { type: 'string', nullable: true },
      n: { type: 'integer' },
    },
    payload: (hook, event) => {
      expectTypeOf(hook.isActive).toBeBoolean()
      if (event.name === 'order.paid') expectTypeOf(event.data).toEqualTypeOf<{ paid: boolean }>()
      return event.data
    },
  },
})

describe('what is inferred without annotations', () => {
  it('knows the names of events', () => {
    expectTypeOf<keyof typeof hooks.data>().toEqualTypeOf<
      | 'book.added'
      | 'untyped.added'
      | 'book.changed'
      | 'book.read'
      | 'book.finished'
      | 'order.paid'
      | 'shelf.added'
      | 'plain.changed'
      | 'plain.added'
      | 'plain.tidied'
      | 'checked.removed'
      | 'django.added'
      | 'user.logged_in'
      | 'user.signed_in'
      | 'user.rated'
    >()
    // @ts-expect-error no such event
    hooks.create({ owner: 1, event: 'book.addd', target: 'https://example.com', n: 1 })
  })

  it('knows the data of each event as it arrives', () => {
    type Book = { id: number; title: string; added: string }
    expectTypeOf(hooks.data['book.added']).toEqualTypeOf<Book>()
    expectTypeOf(hooks.data['book.finished']).toEqualTypeOf<Book>()
    expectTypeOf(hooks.data['book.read']).toEqualTypeOf<Book>()
    expectTypeOf(hooks.data['order.paid']).toEqualTypeOf<{ paid: boolean }>()
    expectTypeOf(hooks.data['shelf.added']).toEqualTypeOf<ShelfRow>()
    expectTypeOf(hooks.data['plain.added']).toEqualTypeOf<Readonly<Record<string, unknown>>>()
    expectTypeOf(hooks.data['checked.removed']).toEqualTypeOf<{ size: number }>()
    expectTypeOf(hooks.data['django.added'].fields).toEqualTypeOf<Record<string, unknown>>()
    expectTypeOf(hooks.data['untyped.added'].model).toBeString()
    expectTypeOf(hooks.data['user.logged_in']).toBeUnknown()
    expectTypeOf(hooks.data['user.signed_in']).toEqualTypeOf<{ username: string; at: string }>()
    expectTypeOf(hooks.data['user.rated']).toEqualTypeOf<{ stars: number }>()
  })

  it('knows what send takes', () => {
    hooks.send('book.added', { id: 1n, title: 'x', added: new Date() }, { owner: 1 })
    // @ts-expect-error the serializer gives more
    hooks.send('book.added', { title: 'x' }, { owner: 1 })
    hooks.send('user.rated', {}, { owner: 1 })
    // @ts-expect-error the schema takes a number
    hooks.send('user.rated', { stars: 'many' }, { owner: 1 })
    hooks.send('checked.removed', { size: 1 }, { owner: 1 })
    hooks.send('user.logged_in', { anything: [1, new Date(), { is: null }] }, { owner: 1 })
    hooks.send('user.logged_in', {} as BookRow, { owner: 1 })
    hooks.send('user.logged_in', null, { owner: 1 })
    // @ts-expect-error JSON has no undefined
    hooks.send('user.logged_in', undefined, { owner: 1 })
  })

  it('knows every action of a model, and its key', () => {
    hooks.trigger('Book.read', 7n)
    hooks.trigger('Book.read', { id: 7 })
    hooks.trigger('Book.deleted', 'isbn')
    hooks.trigger('shop.Order.created', 7)
    hooks.trigger('Shelf.updated', { roomId: 1, shelfNo: 2 })
    hooks.trigger('Plain.updated', { first: 1, b: 2 })
    hooks.trigger('Plain.tidied', { first: 1, b: 2 })
    // @ts-expect-error the + is no part of the action
    hooks.trigger('Plain.tidied+', { first: 1, b: 2 })
    // @ts-expect-error no event is on it
    hooks.trigger('Book.reed', 7)
    // @ts-expect-error the key has one column
    hooks.trigger('shop.Order.created', { a: 1 })
    // @ts-expect-error the key has two columns
    hooks.trigger('Shelf.updated', 1)
    // @ts-expect-error by the names of user code
    hooks.trigger('Shelf.updated', { room_id: 1, shelf_no: 2 })
    // @ts-expect-error a key is no date
    hooks.trigger('Book.read', new Date())
  })

  it('knows the fields of a hook', () => {
    const hook = hooks.create({ owner: 1, event: 'book.added', target: 'https://example.com', n: 1 })
    expectTypeOf(hook.isActive).toBeBoolean()
    expectTypeOf(hook.note).toEqualTypeOf<string | null>()
    expectTypeOf(hook.n).toBeNumber()
    hooks.create({ owner: 1, event: 'book.added', target: '', n: 1, note: null, isActive: false })
    // @ts-expect-error n is required
    hooks.create({ owner: 1, event: 'book.added', target: '' })
    // @ts-expect-error isActive is never null
    hooks.create({ owner: 1, event: 'book.added', target: '', n: 1, isActive: null })
    createHooks({
      events: {},
      // @ts-expect-error the default is of another type
      hook: { fields: { isActive: { type: 'boolean', default: 'yes' } } },
    })
  })

  it('needs no models and no fields', () => {
    const small = createHooks({ events: { 'user.logged_in': null } })
    small.create({ owner: 1, event: 'user.logged_in', target: '' })
    expectTypeOf<Parameters<typeof small.trigger>[0]>().toBeNever()
  })

  it('takes events and models in any order', () => {
    createHooks({
      events: {
        a: { on: 'Book.updated', when: (book, before) => book.pages > before.pages },
      },
      models: { Book: { table: 'book', serialize: (book: BookRow) => book } },
    })
  })

  it('lets through what it cannot know: maps made at run time', () => {
    const events: Record<string, string> = { a: 'Book.created' }
    const loose = createHooks({ models: { Book: { table: 'book' } }, events })
    loose.send('whatever', {}, { owner: 1 })
    loose.trigger('Book.whatever', 1)
  })

  it('gives a serializer its context without annotation, and says that the row needs one', () => {
    createHooks({
      models: {
        Book: {
          table: 'book',
          // @ts-expect-error Property 'title' does not exist on type 'RowWithoutType'
          serialize: (book) => book.title,
        },
      },
      events: {},
    })
  })
})

describe('mistakes that do not compile', () => {
  const models = { Book: { table: 'book', serialize: (book: BookRow) => book } } as const

  it('refuses what names no model', () => {
    // @ts-expect-error no such model: "Bok.created"
    createHooks({ models, events: { a: 'Bok.created' } })
    // @ts-expect-error no such model: "Bok.updated"
    createHooks({ models, events: { a: { on: 'Bok.updated' } } })
    createHooks({
      models,
      events: { a: { on: 'Book.updated+', previous: true }, b: { on: 'Book.read', previous: false } },
    })
    // @ts-expect-error only an update has values before it
    createHooks({ models, events: { a: { on: 'Book.created', previous: true } } })
    // @ts-expect-error no such model: "shop.Book.created"
    createHooks({ models, events: { a: 'shop.Book.created' } })
    // @ts-expect-error no such model: "Book.created"
    createHooks({ events: { a: 'Book.created' } })
  })

  it('refuses what is malformed', () => {
    // @ts-expect-error no action
    createHooks({ models, events: { a: 'Book' } })
    // @ts-expect-error no action
    createHooks({ models, events: { a: 'Book.' } })
    // @ts-expect-error no model
    createHooks({ models, events: { a: '.created' } })
    // @ts-expect-error empty
    createHooks({ models, events: { a: '' } })
    // @ts-expect-error twice +
    createHooks({ models, events: { a: 'Book.created++' } })
    // @ts-expect-error a space
    createHooks({ models, events: { a: 'Book.created +' } })
    // @ts-expect-error only a +
    createHooks({ models, events: { a: 'Book.+' } })
  })

  it('refuses other forms of the built-in actions', () => {
    // @ts-expect-error did you mean "Book.created"?
    createHooks({ models, events: { a: 'Book.create' } })
    // @ts-expect-error did you mean "Book.created"?
    createHooks({ models, events: { a: 'Book.Created+' } })
    // @ts-expect-error did you mean "Book.created"?
    createHooks({ models, events: { a: 'Book.inserted' } })
    createHooks({ models, events: { a: 'Book.read' } })
  })

  it('refuses what is no event', () => {
    // @ts-expect-error a number
    createHooks({ models, events: { a: 42 } })
    // @ts-expect-error undefined
    createHooks({ models, events: { a: undefined } })
    // @ts-expect-error no `on`
    createHooks({ models, events: { a: { when: () => true } } })
    // @ts-expect-error no such option
    createHooks({ models, events: { a: { on: 'Book.created', wen: () => true } } })
    // @ts-expect-error true or false
    createHooks({ models, events: { a: { on: 'Book.created', when: () => 1 } } })
    // @ts-expect-error a promise is always true
    createHooks({ models, events: { a: { on: 'Book.created', when: async () => true } } })
    const blue = (row: { colour: string }) => row.colour === 'blue'
    // @ts-expect-error a row of another type
    createHooks({ models, events: { a: { on: 'Book.created', when: blue } } })
  })

  it('refuses what is no option of a model', () => {
    // @ts-expect-error no such option: "serializer"
    createHooks({ models: { Book: { table: 'book', serializer: (book: BookRow) => book } }, events: {} })
    // @ts-expect-error no table
    createHooks({ models: { Book: { owner: 'user_id' } }, events: {} })
    // @ts-expect-error no such naming
    createHooks({ models: { Book: { table: 'book', naming: 'kebab' } }, events: {} })
    // @ts-expect-error no property of the row
    djangoSerializer<BookRow>({ model: 'bookstore.book', exclude: ['password'] })
  })
})

describe('JsonForm', () => {
  it('is what JSON.parse will give', () => {
    expectTypeOf<
      JsonForm<{ at: Date; id: bigint; tags: readonly string[]; url: URL; pair: [Date, 1]; maybe?: Date }>
    >().toEqualTypeOf<{
      at: string
      id: number
      tags: readonly string[]
      url: string
      pair: [string, 1]
      maybe?: string
    }>()
    expectTypeOf<JsonForm<string | Date | null>>().toEqualTypeOf<string | null>()
    expectTypeOf<JsonForm<unknown>>().toBeUnknown()
    expectTypeOf<JsonForm<() => void>>().toBeNever()
  })
})

describe('CamelCase', () => {
  it('follows camelCase', () => {
    expectTypeOf<CamelCase<'read_pages'>>().toEqualTypeOf<'readPages'>()
    expectTypeOf<CamelCase<'_id'>>().toEqualTypeOf<'_id'>()
    expectTypeOf<CamelCase<'address_2_line'>>().toEqualTypeOf<'address2Line'>()
    expectTypeOf<CamelCase<'a__b'>>().toEqualTypeOf<'a__b'>()
    expectTypeOf<CamelCase<'USER_ID'>>().toEqualTypeOf<'USER_ID'>()
    expectTypeOf<CamelCase<'trailing_'>>().toEqualTypeOf<'trailing_'>()
    expectTypeOf<
      CamelCase<'a_column_with_a_name_as_long_as_postgresql_allows_it_to_be_yes_63'>
    >().toEqualTypeOf<'aColumnWithANameAsLongAsPostgresqlAllowsItToBeYes63'>()
  })
})
