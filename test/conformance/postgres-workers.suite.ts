import { CompiledQuery } from 'kysely'
import { describe, expect, it, type MockInstance, onTestFinished, vi } from 'vitest'
import { createHooks, silentLogger } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import type { Work } from '../../src/store/work.ts'
import { seamsOf } from '../support/seams.ts'
import { application, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** What many workers of one database do to each other, where they lock rows. */
export function postgresWorkersSuite(harness: Harness): void {
  describe(`workers on ${harness.name}`, () => {
    const app = application(harness)

    it.each(['event', 'delivery'])(
      'wait for a row of %s that somebody looks at, instead of leaving it',
      async (table) => {
        let write: MockInstance<Store['write']> | undefined
        const { hooks, test } = await app.open((database, logger) => {
          write = vi.spyOn(database, 'write')
          return createHooks({ database, logger, events: { 'user.logged_in': null } })
        })
        await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
        await hooks.send('user.logged_in', {}, { owner: 1 })
        if (table === 'delivery') {
          test.respond(() => ({ status: 500 }))
          await test.flush()
          test.respond(() => ({ status: 200 }))
          test.clock.advance(10_000)
          test.clear()
        }
        await app.database.exec(`BEGIN; SELECT FROM hookwright.${table} FOR UPDATE`)
        write?.mockClear()
        const drained = hooks.drain()
        // Behind the first one, which looks for lost lanes, these try to take what is due.
        await vi.waitFor(() => expect(write?.mock.calls.length).toBeGreaterThan(2))
        expect(test.deliveries).toEqual([])
        await app.database.exec('COMMIT')
        expect(await drained).toMatchObject({ delivered: 1, finished: true })
      },
    )

    it('refuse what a serializer gave to one whose lease on the event was lost', async () => {
      const open = (who: string) => {
        const answer = Promise.withResolvers<void>()
        const begun = Promise.withResolvers<void>()
        const opened = app.open((database, logger) =>
          createHooks({
            database,
            logger,
            dispatch: { leaseMs: 10_000 },
            models: {
              Book: {
                table: 'book',
                owner: 'user_id',
                serialize: async () => {
                  begun.resolve()
                  await answer.promise
                  return who
                },
              },
            },
            events: { 'book.added': 'Book.created' },
          }),
        )
        return { answer, begun, opened }
      }
      const [first, second] = [open('first'), open('second')]
      const { hooks, test } = await first.opened
      const other = await second.opened
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.addBook({ id: 1 })
      const turn = (one: object) => seamsOf(one).dispatcher.turn()

      await turn(hooks)
      await first.begun.promise
      for (const { clock } of [test, other.test]) clock.advance(10_001)
      await turn(other.hooks)
      await second.begun.promise
      first.answer.resolve()
      await test.flush()
      expect(await hooks.deliveries()).toEqual([])

      second.answer.resolve()
      await other.test.flush()
      expect([...test.deliveries, ...other.test.deliveries].map(({ json }) => json)).toMatchObject([
        { data: 'second' },
      ])
    })

    it('make one hook of many that are identical, and lose nothing that a hook listens to', async () => {
      const stores = Array.from({ length: 3 }, () => app.database.store())
      const [one, two, three] = stores.map((database) =>
        createHooks({ database, logger: silentLogger, events: { a: null, b: null, c: null } }),
      ) as [Made, Made, Made]
      onTestFinished(async () => {
        for (const hooks of [one, two, three]) await hooks.close()
      })
      await one.migrate()
      for (let round = 0; round < 15; round += 1) {
        const wanted = { owner: 1, events: ['a', 'b'], target: TARGET } as const
        const made = await Promise.all([one.create(wanted), two.create(wanted), three.create(wanted)])
        expect(new Set(made.map(({ id }) => id)).size).toBe(1)
        const id = made[0]?.id ?? 0
        await Promise.all([
          one.delete(id),
          two.create({ owner: 2, events: ['b', 'c'], target: `${TARGET}/${round}` }),
          three.deleteAll({ owner: 2 }),
        ])
        const db = stores[0]?.db as Store['db']
        const heard = await db
          .selectFrom('subscription')
          .select('event')
          .distinct()
          .orderBy('event')
          .execute()
        expect(await db.selectFrom('listening').select('event').orderBy('event').execute()).toEqual(heard)
      }
    })

    it.each([
      ['delivery', { deliveries: 0, events: 0 }],
      ['event', { deliveries: 1, events: 0 }],
    ])(
      'do not wait for a row of %s that is too old and locked: it stays for the next time',
      async (table, removed) => {
        const { hooks, test } = await app.open((database, logger) =>
          createHooks({ database, logger, events: { 'user.logged_in': null } }),
        )
        await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
        await hooks.send('user.logged_in', {}, { owner: 1 })
        await test.flush()
        test.clock.advance(40 * 86_400_000)
        await app.database.exec(`BEGIN; SELECT FROM hookwright.${table} FOR UPDATE`)
        expect(await hooks.prune()).toMatchObject({ ...removed, finished: true })
        await app.database.exec('COMMIT')
        expect(await hooks.prune()).toMatchObject({ deliveries: 1 - removed.deliveries, events: 1 })
        expect(await hooks.deliveries()).toEqual([])
      },
    )

    it('cancel nothing that waits for a hook which somebody is just enabling', async () => {
      const { hooks, test, store } = await app.open((database, logger) =>
        createHooks({ database, logger, events: { a: null } }),
      )
      const hook = await hooks.create({ owner: 1, event: 'a', target: TARGET })
      await hooks.disable(hook.id)
      await hooks.send('a', {}, { owner: 1 })
      await test.flush()
      test.clock.advance(40 * 86_400_000)
      await app.database.exec('BEGIN; UPDATE hookwright.hook SET disabled_at = NULL')
      const waiting = CompiledQuery.raw(
        "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
      )
      const waits = vi.waitFor(
        async () => expect((await store.db.executeQuery(waiting)).rows).toHaveLength(1),
        { timeout: 10_000 },
      )
      const pruned = hooks.prune()
      await Promise.race([waits, pruned])
      await app.database.exec('COMMIT')
      expect(await pruned).toMatchObject({ cancelled: 0, finished: true })
      await waits
    })

    it('deliver what a disabled hook has got while it is enabled at the same moment', async () => {
      const { hooks, test, store } = await app.open((database, logger) =>
        createHooks({ database, logger, events: { a: null } }),
      )
      const hook = await hooks.create({ owner: 1, event: 'a', target: TARGET })
      await hooks.disable(hook.id)
      await hooks.send('a', {}, { owner: 1 })
      const looked = Promise.withResolvers<void>()
      const write = store.write.bind(store)
      const spy = vi
        .spyOn(store, 'write')
        .mockImplementation((work, options) => write(() => pausing(work(), looked.resolve), options))
      const flushed = test.flush()
      await looked.promise
      spy.mockRestore()
      await hooks.enable(hook.id)
      await flushed
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
    })

    it('count failures together, also those that are the first of a hook for each of them', async () => {
      const open = () =>
        app.open((database, logger) =>
          createHooks({ database, logger, events: { a: null }, dispatch: { breaker: { failures: 4 } } }),
        )
      const [one, two] = [await open(), await open()]
      for (const { test } of [one, two]) test.respond(() => ({ status: 500 }))
      await one.hooks.create({ owner: 1, event: 'a', target: TARGET })
      const send = async (count: number) => {
        for (let n = 0; n < count; n += 1) await one.hooks.send('a', { n }, { owner: 1 })
      }
      await send(1)
      const looked = Promise.withResolvers<void>()
      const write = one.store.write.bind(one.store)
      const spy = vi
        .spyOn(one.store, 'write')
        .mockImplementation((work, options) =>
          write(() => pausing(work(), looked.resolve, /from "hookwright"."health" .* for update/), options),
        )
      const flushed = one.test.flush()
      await looked.promise
      spy.mockRestore()
      await send(4)
      await two.test.flush()
      await flushed
      one.test.clear()
      two.test.clear()
      await send(10)
      for (const { test } of [one, two]) await test.flush()
      expect([...one.test.deliveries, ...two.test.deliveries]).toEqual([])
    })
  })
}

type Made = ReturnType<typeof createHooks<Record<never, never>, { a: null; b: null; c: null }>>

/** A claim looks at the hooks of what it claims. */
const LOOKS_AT_HOOKS = /^select "id", "owner"(?!.* for share).* from "hookwright"."hook"/

/** Stands still for a moment in the middle of a transaction, after the statement that `at` tells. */
function* pausing<T>(work: Work<T>, onPause: () => void, at = LOOKS_AT_HOOKS): Work<T> {
  let step = work.next()
  while (!step.done) {
    const { sql } = step.value
    const result = yield step.value
    if (at.test(sql)) {
      onPause()
      yield CompiledQuery.raw('SELECT pg_sleep(0.3)')
    }
    step = work.next(result)
  }
  return step.value
}
