import { describe, expect, it } from 'vitest'
import { defineCatalog, findEvent } from './catalog.ts'
import { isOperational, operationalNames } from './operational.ts'

describe("hookwright's own events", () => {
  it.each(operationalNames)('%s is in every catalog, for its owner alone and without a model', (name) => {
    const catalog = defineCatalog({ events: {} })
    expect(findEvent(catalog, name, 'event')).toEqual({
      name,
      everyone: false,
      source: null,
      schema: undefined,
    })
  })

  it.each(operationalNames)('%s is refused as a name of the application', (name) => {
    for (const option of [null, 'Book.created', { on: 'Book.created' }]) {
      const models = { Book: { table: 'book', owner: 'user_id' } }
      expect(() => defineCatalog({ models, events: { [name]: option } })).toThrow(
        expect.objectContaining({
          code: 'option_invalid',
          field: `events["${name}"]`,
          message: expect.stringContaining("hookwright's own"),
        }),
      )
    }
  })

  it('are known by their names, and no others are', () => {
    expect(operationalNames.every(isOperational)).toBe(true)
    for (const name of ['hook.disable', 'hook.', 'Hook.disabled', '', 'toString', 'book.added'])
      expect(isOperational(name)).toBe(false)
  })
})
