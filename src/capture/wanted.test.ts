import { describe, expect, it } from 'vitest'
import { defineCatalog } from '../catalog/index.ts'
import { merge, type Part, wantedModels } from './wanted.ts'

const part = (over: Partial<Part> = {}): Part => ({
  model: 'Book',
  owner: 'user_id',
  softDelete: null,
  events: [],
  everyone: [],
  ...over,
})

describe('wantedModels', () => {
  it('gathers the events on each action that a trigger notices', () => {
    const catalog = defineCatalog({
      models: { Book: { table: 'book', owner: 'user_id' }, Page: { table: 'page' } },
      events: {
        z: 'Book.created',
        a: { on: 'Book.created', when: () => true },
        all: { on: 'Book.created+', when: () => true },
        read: 'Book.read',
        torn: 'Page.deleted+',
        sent: null,
      },
    })
    expect(wantedModels(catalog).map(({ model, parts }) => [model.name, [...parts]])).toEqual([
      ['Book', [['created', part({ events: ['a', 'z'], everyone: ['all'] })]]],
      ['Page', [['deleted', part({ model: 'Page', owner: null, everyone: ['torn'] })]]],
    ])
  })
})

describe('merge', () => {
  it('adds what the other one has, in one order', () => {
    const own = [part({ events: ['b'] })]
    const other = [part({ events: ['a', 'b'], everyone: ['c'] }), part({ model: 'Author', events: ['x'] })]
    const merged = {
      parts: [part({ model: 'Author', events: ['x'] }), part({ events: ['a', 'b'], everyone: ['c'] })],
      conflicts: [],
    }
    expect(merge(own, other)).toEqual(merged)
    expect(merge(other, own)).toEqual(merged)
  })

  it.each([
    ['owner', part({ owner: 'org_id', events: ['a'] })],
    ['model', part({ model: 'Author', events: ['a'] })],
    ['audience', part({ everyone: ['a'] })],
  ])('keeps what is installed where the %s of an event differs', (_, installed) => {
    expect(merge([part({ events: ['a', 'b'] })], [installed])).toMatchObject({
      parts: expect.arrayContaining([expect.objectContaining({ ...installed, events: expect.anything() })]),
      conflicts: ['a'],
    })
    const { parts } = merge([part({ events: ['a'] })], [installed])
    expect(parts).toEqual([installed])
  })
})
