import { describe, expect, it } from 'vitest'
import { defineCatalog } from '../catalog/index.ts'
import { chosenEvents, inCatalogOrder, requireEvents } from './event-names.ts'

const catalog = defineCatalog({ events: { 'b.b': null, 'a.a': null, 'c.c': null } })

describe('chosenEvents', () => {
  it('takes one event, or several, each once and in the order of the catalog', () => {
    expect(chosenEvents(catalog, { event: 'a.a' })).toEqual(['a.a'])
    expect(chosenEvents(catalog, { events: ['c.c', 'a.a', 'c.c', 'b.b'] })).toEqual(['b.b', 'a.a', 'c.c'])
    expect(chosenEvents(catalog, {})).toBeUndefined()
  })

  it('suggests the event that was meant', () => {
    expect(() => chosenEvents(catalog, { events: ['a.a', 'b,b'] })).toThrow(
      expect.objectContaining({
        code: 'event_unknown',
        field: 'events[1]',
        message: expect.stringContaining('Did you mean "b.b"?'),
      }),
    )
  })

  it.each([
    [{ event: 'a.a', events: ['a.a'] }, 'events'],
    [{ events: [] }, 'events'],
    [{ events: 'a.a' }, 'events'],
    [{ events: ['a.a', 1] }, 'events[1]'],
    [{ event: null }, 'event'],
  ])('refuses %o', (choice, field) => {
    expect(() => chosenEvents(catalog, choice)).toThrow(
      expect.objectContaining({ code: 'hook_invalid', field }),
    )
  })
})

it('requireEvents says what is missing', () => {
  expect(() => requireEvents(undefined)).toThrow(
    expect.objectContaining({ code: 'hook_invalid', field: 'event' }),
  )
})

it('inCatalogOrder puts events that have left the catalog last', () => {
  expect(inCatalogOrder(catalog, ['z.z', 'gone', 'c.c', 'b.b'])).toEqual(['b.b', 'c.c', 'gone', 'z.z'])
})
