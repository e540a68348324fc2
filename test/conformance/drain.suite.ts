import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { seamsOf } from '../support/seams.ts'
import { application, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** Delivering without a dispatcher that runs. */
export function drainSuite(harness: Harness): void {
  describe(`drain on ${harness.name}`, () => {
    const app = application(harness)

    const bookstore = () =>
      app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events: { 'user.logged_in': null },
          dispatch: { timeoutMs: 10_000, retry: { delaysMs: [5_000], jitter: 0 } },
        }),
      )

    it('delivers what is due, tells what came of it, and leaves retries to a later call', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/good` })
      await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/bad` })
      test.respond(({ target }) => ({ status: target.endsWith('good') ? 200 : 500 }))
      for (let n = 0; n < 3; n += 1) await hooks.send('user.logged_in', { n }, { owner: 1 })

      expect(await hooks.drain()).toEqual({ delivered: 3, retried: 3, failed: 0, finished: true })
      expect(await hooks.drain()).toEqual({ delivered: 0, retried: 0, failed: 0, finished: true })
      test.clock.advance(5_000)
      expect(await hooks.drain()).toEqual({ delivered: 0, retried: 0, failed: 3, finished: true })
    })

    it('ends at its deadline, and gives back what was under way', async () => {
      const { hooks, test } = await bookstore()
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.send('user.logged_in', {}, { owner: 1 })
      const { transport } = seamsOf(hooks)
      const post = transport.post.bind(transport)
      const begun = Promise.withResolvers<void>()
      transport.post = async ({ signal }) => {
        begun.resolve()
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
        return { outcome: 'error', durationMs: 1, error: { code: 'aborted', message: 'broken off' } } as never
      }
      const draining = hooks.drain({ deadlineMs: 8_000 })
      await begun.promise
      test.clock.advance(8_000)
      expect(await draining).toEqual({ delivered: 0, retried: 0, failed: 0, finished: false })
      expect(await hooks.deliveries({ hookId: hook.id })).toMatchObject([{ status: 'pending', attempts: 0 }])

      transport.post = post
      expect(await hooks.drain({ deadlineMs: 8_000 })).toMatchObject({ delivered: 1, finished: true })
    })

    it('goes on with a hook while another keeps its attempt waiting', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/silent` })
      await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/good`, ordered: true })
      const { transport } = seamsOf(hooks)
      const post = transport.post.bind(transport)
      const answer = Promise.withResolvers<void>()
      transport.post = async (request) => {
        // An answer takes a while, as over a network: the drain has nothing to do meanwhile, and waits.
        await (request.url.endsWith('silent') ? answer.promise : pause(20))
        return await post(request)
      }
      for (let n = 0; n < 3; n += 1) await hooks.send('user.logged_in', { n }, { owner: 1 })
      const draining = hooks.drain()
      await vi.waitFor(() => expect(test.deliveries).toHaveLength(3))
      answer.resolve()
      expect(await draining).toMatchObject({ delivered: 6, finished: true })
    })

    it('writes many results in one transaction, though they come one by one', async () => {
      const write = vi.fn<() => void>()
      const { hooks } = await app.open((database, logger) => {
        const asBefore = database.write.bind(database)
        database.write = async (work, writeOptions) => {
          write()
          return await asBefore(work, writeOptions)
        }
        return createHooks({ database, logger, events: { 'user.logged_in': null } })
      })
      for (let n = 0; n < 40; n += 1) {
        await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/${n}` })
      }
      for (let n = 0; n < 10; n += 1) await hooks.send('user.logged_in', { n }, { owner: 1 })
      const { transport } = seamsOf(hooks)
      const post = transport.post.bind(transport)
      let posts = 0
      transport.post = async (request) => {
        posts += 1
        await pause(posts % 17)
        return await post(request)
      }
      write.mockClear()
      expect(await hooks.drain()).toMatchObject({ delivered: 400, finished: true })
      expect(write.mock.calls.length).toBeLessThan(150)
    })

    it('begins nothing that it could not end', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      for (let n = 0; n < 50; n += 1) await hooks.send('user.logged_in', { n }, { owner: 1 })
      test.respond(() => {
        test.clock.advance(5_000)
        return { status: 200 }
      })
      const { delivered, finished } = await hooks.drain({ deadlineMs: 20_000 })
      expect(finished).toBe(false)
      expect(delivered).toBeGreaterThan(0)
      expect(delivered).toBeLessThan(50)
      test.respond(() => ({ status: 200 }))
      expect(await hooks.drain()).toMatchObject({ delivered: 50 - delivered, finished: true })
    })

    it('shares the work with others', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      const other = await bookstore()
      for (let n = 0; n < 30; n += 1) await hooks.send('user.logged_in', { n }, { owner: 1 })
      const drained = await Promise.all([hooks.drain(), other.hooks.drain(), hooks.drain()])
      const ids = [...test.deliveries, ...other.test.deliveries].map(({ id }) => id)
      expect(ids).toHaveLength(30)
      expect(new Set(ids).size).toBe(30)
      expect(drained.every(({ finished }) => finished)).toBe(true)
    })

    it.each([0, -1, Number.NaN, '5'])('refuses a deadline of %o', async (deadlineMs) => {
      const { hooks } = await bookstore()
      await expect(hooks.drain({ deadlineMs: deadlineMs as number })).rejects.toMatchObject({
        code: 'option_invalid',
        field: 'drain.deadlineMs',
      })
    })
  })
}
