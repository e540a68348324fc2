import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OperationalName, operationalNames } from '../catalog/index.ts'
import { openTestRegistry, type TestRegistry } from '../hooks/test-registry.ts'
import { first } from '../store/work.ts'
import {
  insertOperational,
  operationalEvent,
  operationalEventsOf,
  operationalListened,
  operationalMask,
  operationalOfMask,
} from './operational.ts'

const NOW = Date.UTC(2030, 0, 1)
const target = 'https://example.com/target'

let opened: TestRegistry

beforeEach(async () => {
  opened = await openTestRegistry()
})

afterEach(() => opened.close())

const subscribe = (owner: string, event: string) => opened.registry.create({ owner, event, target })

const recovered = (owner: string, failures: number) =>
  operationalEvent('hook.recovered', {
    hook: { id: 7, owner, target, event: 'book.added', events: ['book.added'] },
    failingSince: new Date(NOW - 1_000),
    failures,
  })

async function inserted(...events: Parameters<typeof insertOperational>[2]) {
  const { store, random } = opened
  await store.write(() => insertOperational(store, random, events, NOW))
  return await store.db.selectFrom('event').selectAll().orderBy('seq').execute()
}

describe('insertOperational', () => {
  it('writes what is fanned out like an event that was sent, with its data as JSON', async () => {
    await subscribe('a', 'hook.recovered')
    expect(await inserted(recovered('a', 3))).toEqual([
      expect.objectContaining({
        uid: expect.stringMatching(new RegExp(`^${NOW.toString(16).padStart(12, '0')}[0-9a-f]{20}$`)),
        name: 'hook.recovered',
        owner: 'a',
        broadcast: 0,
        model: null,
        action: null,
        data: JSON.stringify({
          hook: { id: 7, owner: 'a', target, event: 'book.added', events: ['book.added'] },
          failingSince: '2029-12-31T23:59:59.000Z',
          failures: 3,
        }),
        created_at: NOW,
        fanout_due_at: 0,
      }),
    ])
  })

  it('writes nothing that no hook of the owner listens to, though those of others do', async () => {
    await subscribe('a', 'hook.disabled')
    await subscribe('b', 'hook.recovered')
    expect(await inserted(recovered('a', 3))).toEqual([])
  })

  it('writes for a hook that is disabled, whose deliveries wait', async () => {
    const { id } = await subscribe('a', 'hook.recovered')
    await opened.registry.disable(id)
    expect(await inserted(recovered('a', 3))).toHaveLength(1)
  })

  it('keeps the order of many, and passes over those in between that are for nobody', async () => {
    await subscribe('a', 'hook.recovered')
    const events = Array.from({ length: 500 }, (_, n) => recovered(n % 2 === 0 ? 'a' : 'b', n))
    const found = await inserted(...events)
    const numbers = found.map(({ data }) => JSON.parse(data ?? '').failures)
    expect(numbers).toEqual(Array.from({ length: 250 }, (_, n) => 2 * n))
    expect(new Set(found.map(({ uid }) => uid)).size).toBe(250)
  })

  it('asks the database nothing for no events', async () => {
    const work = insertOperational(opened.store, opened.random, [], NOW)
    expect(work.next()).toEqual({ done: true, value: undefined })
  })
})

it('operationalEventsOf tells of each hook that was disabled, and of no other change', () => {
  const hook = { id: 7, owner: 'a', target, event: 'book.added', events: ['book.added'] }
  const disabled = { hook, cause: 'manual' as const, reason: null, disabledAt: new Date(NOW) }
  expect(operationalEventsOf({ kind: 'disabled', ids: [7], disabled: [disabled] })).toEqual([
    { name: 'hook.disabled', owner: 'a', data: disabled },
  ])
  expect(operationalEventsOf({ kind: 'enabled', ids: [7] })).toEqual([])
})

describe('operationalListened', () => {
  const listened = () => opened.store.read(() => operationalListened(opened.store))

  it.each(operationalNames)('finds %s as soon as a hook listens to it, and not after', async (name) => {
    await subscribe('a', 'book.added')
    expect(await listened()).toEqual(new Set())
    const { id } = await subscribe('a', name)
    expect(await listened()).toEqual(new Set([name]))
    await opened.registry.delete(id)
    expect(await listened()).toEqual(new Set())
  })

  it('finds several, also as a part of another query', async () => {
    const names: OperationalName[] = ['hook.disabled', 'delivery.exhausted']
    await opened.registry.create({ owner: 'a', events: ['book.added', ...names], target })
    const { store } = opened
    const found = await store.read(() =>
      first(
        store.db
          .selectFrom('hook')
          .select(({ fn }) => [fn.countAll<number>().as('count'), operationalMask().as('mask')]),
      ),
    )
    expect([found?.count, operationalOfMask(found?.mask)]).toEqual([1, new Set(names)])
    expect(operationalOfMask(undefined)).toEqual(new Set())
  })
})
