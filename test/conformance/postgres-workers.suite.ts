import { describe, expect, it, type MockInstance, vi } from 'vitest'
import { createHooks } from '../../src/index.ts'
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
  })
}
