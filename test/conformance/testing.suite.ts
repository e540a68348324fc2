import { describe, expect, it } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { testHooks } from '../../src/testing/index.ts'
import { seamsOf } from '../support/seams.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** What an application's own tests have in their hands. */
export function testingSuite(harness: Harness): void {
  describe(`testHooks on ${harness.name}`, () => {
    const app = application(harness)

    const bookstore = () =>
      app.open((database, logger) => createHooks({ database, logger, events: { 'user.logged_in': null } }))

    it('records deliveries, and opens no connection', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'user.logged_in', target: 'https://nobody.example.com/target' })
      await hooks.send('user.logged_in', { n: 1 }, { owner: 1 })
      expect(test.deliveries).toEqual([])
      await test.flush()
      expect(test.deliveries).toMatchObject([
        { target: 'https://nobody.example.com/target', json: { data: { n: 1 } } },
      ])
      expect(await hooks.deliveries()).toMatchObject([{ status: 'delivered' }])
      test.clear()
      expect(test.deliveries).toEqual([])
    })

    it('ends its flush when nothing is due by the clock, which stands still', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.send('user.logged_in', {}, { owner: 1 })
      test.respond(({ json }) => {
        expect(json).toMatchObject({ hook: { event: 'user.logged_in' } })
        return { status: 500, body: 'no' }
      })
      await test.flush()
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
      expect(test.clock.now()).toBe(START)
      test.clock.set(new Date(START + 10_000))
      await test.flush()
      expect(test.deliveries).toHaveLength(2)
    })

    it('flushes once for all who ask at the same time', async () => {
      const { hooks, test } = await app.open((database, logger) => {
        // A database at the other end of a network tells later that it has committed.
        const write = database.write.bind(database)
        database.write = async (work, options) => {
          const result = await write(work, options)
          await new Promise(setImmediate)
          return result
        }
        return createHooks({ database, logger, events: { 'user.logged_in': null } })
      })
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      for (let n = 0; n < 50; n += 1) await hooks.send('user.logged_in', { n }, { owner: 1 })
      await Promise.all([test.flush(), test.flush(), test.flush()])
      expect(test.deliveries).toHaveLength(50)
      const logs = await Promise.all(
        (await hooks.deliveries()).map(async ({ id }) => (await hooks.delivery(id)).log),
      )
      expect(logs.flat()).toHaveLength(50)
    })

    it('gives network and clock back', async () => {
      const { hooks, test } = await bookstore()
      const seams = seamsOf(hooks)
      const again = testHooks(hooks, { now: 5 })
      expect(seams.clock.now()).toBe(5)
      again.restore()
      expect(seams.clock).toBe(test.clock)
      test.restore()
      expect(Math.abs(seams.clock.now() - Date.now())).toBeLessThan(1_000)
    })
  })
}
