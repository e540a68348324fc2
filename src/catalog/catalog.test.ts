import { describe, expect, it } from 'vitest'
import { actionsOf, defineCatalog, eventsOn, findAction, findEvent } from './catalog.ts'

const catalog = defineCatalog({
  models: {
    Book: { table: 'book', owner: 'user_id' },
    'bookstore.Book': { table: 'b', owner: 'user_id' },
  },
  events: {
    'book.added': 'Book.created',
    'book.changed': 'Book.updated+',
    'book.finished': { on: 'Book.updated', when: () => true },
    'book.read': 'Book.read',
    'other.changed': 'bookstore.Book.updated',
    'user.logged_in': null,
  },
})

describe('defineCatalog', () => {
  it("keeps models and events by name, in order, and hookwright's own events after them", () => {
    expect([...catalog.models.keys()]).toEqual(['Book', 'bookstore.Book'])
    expect([...catalog.events.keys()]).toEqual([
      'book.added',
      'book.changed',
      'book.finished',
      'book.read',
      'other.changed',
      'user.logged_in',
      'hook.disabled',
      'hook.failing',
      'hook.recovered',
      'delivery.delivered',
      'delivery.exhausted',
    ])
  })

  it('needs no models', () => {
    expect(defineCatalog({ events: { a: null } }).models.size).toBe(0)
  })

  it('refuses models that are null', () => {
    expect(() => defineCatalog({ models: null, events: {} })).toThrow(
      expect.objectContaining({ field: 'models' }),
    )
  })
})

it('eventsOn gives every event of a model and action, and of no other', () => {
  expect(eventsOn(catalog, 'Book', 'updated').map(({ name }) => name)).toEqual([
    'book.changed',
    'book.finished',
  ])
  expect(eventsOn(catalog, 'bookstore.Book', 'updated').map(({ name }) => name)).toEqual(['other.changed'])
  expect(eventsOn(catalog, 'Book', 'deleted')).toEqual([])
})

it('actionsOf gives the built-in actions and those with an event', () => {
  expect([...actionsOf(catalog, 'Book')]).toEqual(['created', 'updated', 'deleted', 'read'])
})

describe('findAction', () => {
  it('finds custom and built-in actions', () => {
    expect(findAction(catalog, 'Book.read', 'action')).toEqual({
      model: catalog.models.get('Book'),
      action: 'read',
    })
    expect(findAction(catalog, 'bookstore.Book.deleted', 'action').model.table).toBe('b')
  })

  it.each([
    ['Bok.read', 'action: there is no model "Bok" in the catalog (got "Bok.read"). Did you mean "Book"?'],
    [
      'Book.reed',
      'action: no event is on the action "reed" of "Book" (got "Book.reed"). Did you mean "Book.read"?',
    ],
    ['Book', 'action: no event is on the action "" of "Book" (got "Book"). There are "Book.created", '],
    ['Book.read+', 'Did you mean "Book.read"?'],
  ])('refuses %s', (name, text) => {
    expect(() => findAction(catalog, name, 'action')).toThrow(
      expect.objectContaining({ code: 'action_unknown', message: expect.stringContaining(text) }),
    )
  })
})

it('findEvent finds an event, or suggests one', () => {
  expect(findEvent(catalog, 'book.read', 'event').name).toBe('book.read')
  expect(() => findEvent(catalog, 'book.aded', 'event')).toThrow(
    expect.objectContaining({
      code: 'event_unknown',
      message: 'event: there is no such event in the catalog (got "book.aded"). Did you mean "book.added"?',
    }),
  )
})
