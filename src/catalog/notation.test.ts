import { describe, expect, it } from 'vitest'
import { parseNotation, splitAction } from './notation.ts'

describe('parseNotation', () => {
  it.each([
    ['Book.created', { model: 'Book', action: 'created', everyone: false }],
    ['Book.updated+', { model: 'Book', action: 'updated', everyone: true }],
    ['bookstore.Book.read', { model: 'bookstore.Book', action: 'read', everyone: false }],
    ['Büchlein.gelesen', { model: 'Büchlein', action: 'gelesen', everyone: false }],
  ])('takes %s apart at its last dot', (text, parts) => {
    expect(parseNotation(text, 'events["a"]')).toEqual(parts)
  })

  it.each([
    ['Book', 'it has no action'],
    ['Book.', 'it has no action'],
    ['Book.+', 'it has no action'],
    ['', 'it has no action'],
    ['.created', 'it has no model'],
    ['Book.created++', 'the + may only stand once, at the end'],
    ['Book+.created', 'the + may only stand once, at the end'],
    ['Book.created +', 'there is a space in it'],
    [' Book.created', 'there is a space in it'],
    ['My Book.created', 'there is a space in it'],
    ['Book..created', 'it is malformed'],
    ['.Book.created', 'it is malformed'],
  ])('refuses %o, naming the place and the form', (text, fault) => {
    expect(() => parseNotation(text, 'events["a"]')).toThrow(
      expect.objectContaining({
        code: 'option_invalid',
        field: 'events["a"]',
        message: `events["a"]: ${fault} (got ${JSON.stringify(text)}). Write "Model.action" or, for the hooks of every owner, "Model.action+".`,
      }),
    )
  })
})

it('splitAction finds no action without a dot', () => {
  expect(splitAction('Book')).toEqual({ model: 'Book', action: '' })
  expect(splitAction('a.b.c')).toEqual({ model: 'a.b', action: 'c' })
})
