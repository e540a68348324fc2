import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { accepts, defineEvents, type EventDefinition } from './events.ts'
import { defineModels } from './models.ts'

const models = defineModels({
  Book: { table: 'book', owner: 'user_id' },
  'bookstore.Book': { table: 'bookstore_book', owner: 'user_id' },
  User: { table: 'user', owner: 'id' },
  News: { table: 'news' },
})

function define(option: unknown): EventDefinition {
  const event = defineEvents({ 'a.b': option }, models).get('a.b')
  if (event === undefined) throw new Error('no event')
  return event
}

describe('defineEvents', () => {
  it('takes a model and action as text', () => {
    expect(define('Book.created')).toEqual({
      name: 'a.b',
      everyone: false,
      source: { model: models.get('Book'), action: 'created', when: undefined, previous: false },
      schema: undefined,
    })
    expect(define('bookstore.Book.updated+')).toMatchObject({
      everyone: true,
      source: { model: { name: 'bookstore.Book' }, action: 'updated' },
    })
  })

  it('takes an object with a condition, several for one action and beside the text form', () => {
    const when = () => true
    const events = defineEvents(
      {
        a: 'Book.updated',
        b: { on: 'Book.updated', when },
        c: { on: 'Book.updated', when },
        d: { on: 'Book.updated+' },
      },
      models,
    )
    expect([...events.values()].map(({ name, everyone, source }) => [name, everyone, source?.when])).toEqual([
      ['a', false, undefined],
      ['b', false, when],
      ['c', false, when],
      ['d', true, undefined],
    ])
  })

  it('takes null and schemas as events without a model', () => {
    expect(define(null)).toEqual({ name: 'a.b', everyone: false, source: null, schema: undefined })
    const zod = z.string()
    const valibot = v.string()
    expect(define(zod)).toMatchObject({ source: null, schema: zod })
    expect(define(valibot)).toMatchObject({ source: null, schema: valibot })
  })

  it('takes a schema that is a function', () => {
    const schema = Object.assign(() => undefined, {
      '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
    })
    expect(define(schema).schema).toBe(schema)
  })

  it.each(['Book.updated', 'Book.updated+'])('takes `previous` on %s', (on) => {
    expect(define({ on, previous: true }).source).toMatchObject({ previous: true })
    expect(define({ on }).source).toMatchObject({ previous: false })
  })

  it.each([
    [{ on: 'Book.created', previous: true }, 'put the event on "Book.updated"'],
    [{ on: 'Book.read', previous: true }, 'previous: only an update has values before it'],
    [{ on: 'Book.updated', previous: 'yes' }, 'it must be true or false (got "yes")'],
  ])('refuses %o', (option, text) => {
    expect(() => define(option)).toThrow(expect.objectContaining({ message: expect.stringContaining(text) }))
  })

  it.each([
    [
      'Bok.created',
      'events["a.b"]: there is no model "Bok" in models (got "Bok.created"). Did you mean "Book"?',
    ],
    ['Author.created', 'There are "Book", "bookstore.Book", "User", "News".'],
    ['Book', 'events["a.b"]: it has no action (got "Book"). Write "Model.action"'],
    ['Book.created++', 'the + may only stand once, at the end (got "Book.created++")'],
    ['Book.crated', 'Did you mean "Book.created"? Otherwise choose another word.'],
    ['Book.crated+', 'Did you mean "Book.created+"? Otherwise choose another word.'],
    ['Book.Created', 'Did you mean "Book.created"?'],
    ['Book.create', 'Did you mean "Book.created"?'],
    ['Book.inserted', 'Did you mean "Book.created"?'],
    [undefined, 'events["a.b"]: it is no event (got undefined). Write \'Model.action\', '],
    [42, 'events["a.b"]: it is no event (got 42)'],
    [['Book.created'], 'events["a.b"]: it is no event (got ["Book.created"])'],
    [() => true, 'events["a.b"]: it is no event (got a function'],
    [{}, 'events["a.b"].on: it names no model and action (got undefined)'],
    [{ on: 1 }, 'events["a.b"].on: it names no model and action (got 1)'],
    [{ on: 'Bok.updated' }, 'events["a.b"].on: there is no model "Bok" in models'],
    [{ on: 'Book.update' }, 'events["a.b"].on: no change of a row is called "update"'],
    [{ on: 'Book' }, 'events["a.b"].on: it has no action'],
    [
      { on: 'Book.updated', wen: () => true },
      'events["a.b"]: there is no option "wen". Did you mean "when"?',
    ],
    [{ on: 'Book.updated', when: true }, 'events["a.b"].when: it must be a function (got true)'],
  ])('refuses %o', (option, text) => {
    expect(() => define(option)).toThrow(
      expect.objectContaining({ code: 'option_invalid', message: expect.stringContaining(text) }),
    )
  })

  it('tells how to begin where there is no model at all', () => {
    expect(() => defineEvents({ a: 'Book.created' }, new Map())).toThrow('Add it to the option `models`.')
  })

  it('leaves a real custom action alone', () => {
    expect(define('Book.read').source?.action).toBe('read')
  })

  it.each(['Book.created', 'Book.created+'])(
    'refuses a second event on one action as text, naming both: %s',
    (second) => {
      expect(() => defineEvents({ 'book.added': 'Book.created', 'book.new': second }, models)).toThrow(
        `events["book.new"]: "book.added" is on "Book.created" already (got "${second}"). ` +
          `Keep one of them, or write { on: "${second}", when: … } to tell the two apart.`,
      )
    },
  )

  it('refuses events on a model without owner unless all are for everyone, naming the model and the events', () => {
    expect(() =>
      defineEvents(
        { 'news.out': 'News.created+', 'news.changed': 'News.updated', 'news.read': { on: 'News.read' } },
        models,
      ),
    ).toThrow(
      'models["News"].owner: nobody would hear of "news.changed", "news.read": "News" does not say whose its rows are (got undefined). ' +
        'Name the column of the owner, owner: \'user_id\', or let every owner hear of it: "News.created+".',
    )
    expect(defineEvents({ 'news.out': 'News.created+' }, models).size).toBe(1)
  })

  it.each([
    ['', 'must not be empty'],
    ['x'.repeat(129), 'must not be longer than 128 characters'],
    ['a\nb', 'must not hold control characters'],
    ['a\u0000', 'must not hold control characters'],
    ['a\u0085b', 'must not hold control characters'],
    [' a', 'must not begin or end with a space'],
    ['a\u00a0', 'must not begin or end with a space'],
    ['\ud800', 'must be well-formed Unicode'],
  ])('refuses the name %o', (name, text) => {
    expect(() => defineEvents({ [name]: null }, models)).toThrow(
      expect.objectContaining({
        code: 'option_invalid',
        field: 'events',
        message: expect.stringContaining(text),
      }),
    )
  })

  it.each(['x'.repeat(128), 'book added', 'книга.добавлена', '__proto__x'])('takes the name %o', (name) => {
    expect(defineEvents({ [name]: null }, models).has(name)).toBe(true)
  })

  it.each([undefined, null, [], 'Book.created', new Map()])('refuses %o as a whole', (events) => {
    expect(() => defineEvents(events, models)).toThrow(
      expect.objectContaining({ code: 'option_invalid', field: 'events' }),
    )
  })
})

describe('descriptions', () => {
  it('stand beside the notation, or beside the payload', () => {
    const description = 'A book was added.'
    expect(define({ on: 'Book.created', description })).toMatchObject({
      description,
      source: { action: 'created' },
    })
    expect(define({ payload: null, description })).toMatchObject({
      description,
      source: null,
      schema: undefined,
    })
    const schema = z.object({})
    expect(define({ payload: schema, description })).toMatchObject({ description, source: null, schema })
  })

  it.each([
    [{ on: 'Book.created', description: 1 }, 'description'],
    [{ payload: null, description: 'x'.repeat(2_001) }, 'description'],
    [{ payload: 'Book.created' }, 'neither null nor a Standard Schema'],
    [{ payload: null, on: 'Book.created' }, 'no option "on"'],
    [{ payload: null, when: () => true }, 'no option "when"'],
  ])('refuse %o', (option, message) => {
    expect(() => define(option)).toThrow(message)
  })
})

describe('accepts', () => {
  it('asks `when`, with the row before', () => {
    const event = define({
      on: 'Book.updated',
      when: (row: { n: number }, before: { n: number }) => row.n > before.n,
    })
    expect(accepts(event, { n: 2 }, { n: 1 })).toBe(true)
    expect(accepts(event, { n: 1 }, { n: 1 })).toBe(false)
  })

  it('accepts everything without `when`', () => {
    expect(accepts(define('Book.updated'), {}, {})).toBe(true)
    expect(accepts(define(null), {}, undefined)).toBe(true)
  })

  it('refuses an answer that is neither true nor false: a promise would always be true', () => {
    expect(() => accepts(define({ on: 'Book.updated', when: async () => false }), {}, {})).toThrow(
      expect.objectContaining({
        field: 'events["a.b"].when',
        message: expect.stringContaining('It cannot be async'),
      }),
    )
    expect(() => accepts(define({ on: 'Book.updated', when: () => 1 }), {}, {})).toThrow(
      'events["a.b"].when: it must answer true or false (got 1). Write Boolean(…) around it.',
    )
  })

  it('lets through what `when` throws', () => {
    const event = define({ on: 'Book.updated', when: () => JSON.parse('?') })
    expect(() => accepts(event, {}, {})).toThrow(SyntaxError)
  })
})
