import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
  uniqueArray,
} from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exec } from '../store/work.ts'
import { bookstore, openTestRegistry, type TestRegistry } from './test-registry.ts'

let opened: TestRegistry

beforeAll(async () => {
  opened = await openTestRegistry()
})

afterAll(() => opened.close())

const events = uniqueArray(constantFrom(...Object.keys(bookstore.events)), { minLength: 1, maxLength: 3 })
const owner = constantFrom('a', 'b')
const target = constantFrom('https://example.com/1', 'https://example.com/2')
const nth = integer({ min: 0, max: 5 })
const step = oneof(
  record({ do: constant('create'), owner, events, target }),
  record({ do: constant('update'), nth, events }),
  record({ do: constant('delete'), nth }),
  record({ do: constant('deleteAll'), owner }),
  record({ do: constant('disable'), nth }),
  record({ do: constant('enable'), nth }),
)

it('after any sequence of changes, exactly the events of hooks that exist are listened to', async () => {
  const { registry, store } = opened
  await assert(
    asyncProperty(array(step, { maxLength: 12 }), async (steps) => {
      await store.write(function* () {
        for (const table of ['hook', 'subscription', 'listening'] as const)
          yield* exec(store.db.deleteFrom(table))
      })
      const expected = new Map<number, { owner: string; events: string[] }>()
      for (const next of steps) {
        const ids = [...expected.keys()]
        const id = 'nth' in next ? (ids[next.nth % ids.length] ?? 0) : 0
        if (next.do === 'create') {
          const { do: _, ...wanted } = next
          const { hook } = await registry.createOrGet(wanted)
          expected.set(hook.id, { owner: next.owner, events: hook.events })
        } else if (next.do === 'deleteAll') {
          await registry.deleteAll({ owner: next.owner })
          for (const [each, hook] of expected) if (hook.owner === next.owner) expected.delete(each)
        } else if (next.do === 'delete') {
          await registry.delete(id)
          expected.delete(id)
        } else if (id !== 0) {
          if (next.do === 'update') {
            const updated = await registry.update(id, { events: next.events })
            expected.set(id, { owner: updated.owner, events: updated.events })
          } else if (next.do === 'disable') await registry.disable(id)
          else await registry.enable(id)
        }
        const wanted = [...expected].flatMap(([hook_id, hook]) =>
          hook.events.map((event) => ({ event, owner: hook.owner, hook_id })),
        )
        const subscriptions = await store.db
          .selectFrom('subscription')
          .select(['event', 'owner', 'hook_id'])
          .execute()
        expect(sorted(subscriptions)).toEqual(sorted(wanted))
        const listening = await store.db.selectFrom('listening').select('event').execute()
        expect(sorted(listening)).toEqual(
          sorted([...new Set(wanted.map(({ event }) => event))].map((event) => ({ event }))),
        )
      }
    }),
    { numRuns: 150 },
  )
}, 60_000)

function sorted(rows: object[]): string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort()
}
