import { describe, expect, it, vi } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { application } from './application.ts'
import type { Harness } from './harness.ts'
import { addManyHooks, hooksThatHaveOne } from './many-hooks.ts'

const HOOKS = 3_500

/** One event for very many hooks. */
export function fanOutSuite(harness: Harness): void {
  describe(`fan-out on ${harness.name}`, () => {
    const app = application(harness)

    async function withManyHooks() {
      const deliver = vi.fn()
      const opened = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events: { 'user.logged_in': null, 'user.left': null },
          // Nothing is posted, so that only the fan-out is looked at.
          hook: { deliver },
        }),
      )
      await addManyHooks(opened.store, 'user.logged_in', HOOKS)
      return opened
    }

    const all = Array.from({ length: HOOKS }, (_, index) => index + 1)

    it(`gives each of ${HOOKS} hooks one delivery, in chunks that do not hold the lock for long`, async () => {
      const { hooks, test, store } = await withManyHooks()
      await hooks.send('user.logged_in', { n: 1 }, { owner: 1 })
      const chunks: number[] = []
      const write = store.write.bind(store)
      let before = 0
      vi.spyOn(store, 'write').mockImplementation(async (work, options) => {
        const result = await write(work, options)
        const [row] = await store.db
          .selectFrom('delivery')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .execute()
        chunks.push((row?.n ?? 0) - before)
        before = row?.n ?? 0
        return result
      })
      await test.flush()
      expect(await hooksThatHaveOne(store)).toEqual(all)
      expect(Math.max(...chunks)).toBeLessThanOrEqual(1_000)
      expect(await hooks.events()).toMatchObject([{ fannedOut: true, data: '{"n":1}' }])
    })

    it('goes on where it was killed, between chunks and within one', async () => {
      const { hooks, test, store } = await withManyHooks()
      await hooks.send('user.logged_in', { n: 1 }, { owner: 1 })
      const write = store.write.bind(store)
      let writes = 0
      vi.spyOn(store, 'write').mockImplementation(async (work, options) => {
        writes += 1
        if (writes === 3) throw new Error('killed before')
        if (writes !== 5) return await write(work, options)
        return await write(function* () {
          yield* work()
          throw new Error('killed within')
        }, options)
      })
      await expect(test.flush()).rejects.toThrow('killed before')
      const half = await hooksThatHaveOne(store)
      expect(half.length).toBeGreaterThan(0)
      expect(half.length).toBeLessThan(HOOKS)
      await expect(test.flush()).rejects.toThrow('killed within')

      // Another process takes over.
      const other = await app.open((database, logger) =>
        createHooks({ database, logger, events: { 'user.logged_in': null }, hook: { deliver: () => {} } }),
      )
      // Where events are leased, once the lease of the dead one is over.
      other.test.clock.advance(60_000)
      await other.test.flush()
      expect(await hooksThatHaveOne(store)).toEqual(all)
    })

    it('of two dispatchers at once gives one delivery to each hook', async () => {
      const { hooks, test, store } = await withManyHooks()
      const other = await app.open((database, logger) =>
        createHooks({ database, logger, events: { 'user.logged_in': null }, hook: { deliver: () => {} } }),
      )
      await hooks.send('user.logged_in', { n: 1 }, { owner: 1 })
      await hooks.send('user.logged_in', { n: 2 }, { owner: 1 })
      await Promise.all([test.flush(), other.test.flush()])
      await test.flush()
      expect(await hooksThatHaveOne(store)).toEqual(all.flatMap((id) => [id, id]))
    })
  })
}
