import { describe, expect, it, type MockInstance, vi } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { SEAMS, type Seams } from '../../src/operations/index.ts'
import type { Store } from '../../src/store/store.ts'
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
      const turn = (one: object) => (one as { [SEAMS]: Seams })[SEAMS].dispatcher.turn()

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
  })
}
