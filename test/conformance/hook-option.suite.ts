import { describe, expect, it, vi } from 'vitest'
import { createHooks, type DispatchOptions } from '../../src/index.ts'
import { application, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** What a user may do wrong with the query of `find`. */
interface Loose {
  limit(count: number): unknown
  orderBy(column: string): unknown
  where(column: string, operator: string, value: unknown): unknown
}

/** drf-hooks' AbstractHook, as the option `hook`. */
export function hookOptionSuite(harness: Harness): void {
  describe(`the option hook on ${harness.name}`, () => {
    const app = application(harness)
    const events = { 'user.logged_in': null, 'user.left': null } as const

    /** drf-hooks' ActiveHook: hooks that can be switched off. */
    const active = () =>
      app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events,
          hook: {
            fields: { isActive: { type: 'boolean', default: true } },
            find: (query) => query.where('isActive', '=', true),
          },
        }),
      )

    it('gives hooks a field, and `find` leaves out those that have it not', async () => {
      const { hooks, test } = await active()
      const on = await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/on` })
      const off = await hooks.create({
        owner: 1,
        event: 'user.logged_in',
        target: `${TARGET}/off`,
        isActive: false,
      })
      expect([on.isActive, off.isActive]).toEqual([true, false])
      await hooks.send('user.logged_in', {}, { owner: 1 })
      await test.flush()
      expect(test.deliveries.map(({ target }) => target)).toEqual([`${TARGET}/on`])

      await hooks.update(off.id, { isActive: true })
      await hooks.send('user.logged_in', {}, { owner: 1 })
      await test.flush()
      expect(test.deliveries.map(({ target }) => target).sort()).toEqual([
        `${TARGET}/off`,
        `${TARGET}/on`,
        `${TARGET}/on`,
      ])
    })

    it("still reaches only the owner's hooks that listen, whatever `find` says", async () => {
      const { hooks, test } = await active()
      await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/1` })
      await hooks.create({ owner: 2, event: 'user.logged_in', target: `${TARGET}/2` })
      await hooks.create({ owner: 1, event: 'user.left', target: `${TARGET}/left` })
      await hooks.send('user.logged_in', {}, { owner: 1 })
      await test.flush()
      expect(test.deliveries.map(({ target }) => target)).toEqual([`${TARGET}/1`])
    })

    it('tells `find` the event, its owner and its data', async () => {
      const find = vi.fn((query: { toOperationNode(): unknown }, _: object) => query)
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({ database, logger, events, hook: { find: find as never } }),
      )
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.send('user.logged_in', { id: 2n ** 60n }, { owner: 1 })
      await test.flush()
      expect(find.mock.calls[0]?.[1]).toEqual({
        event: 'user.logged_in',
        owner: '1',
        data: { id: 2n ** 60n },
      })
      expect(test.deliveries).toHaveLength(1)
    })

    it.each([
      ['limit', (query: Loose) => query.limit(1)],
      ['orderBy', (query: Loose) => query.orderBy('id')],
      ['nothing', () => undefined],
    ])('refuses %s from `find`: the event is marked, and delivers once that is cured', async (_, wrong) => {
      let find: (query: Loose) => unknown = wrong
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({ database, logger, events, hook: { find: ((query: Loose) => find(query)) as never } }),
      )
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.send('user.logged_in', {}, { owner: 1 })
      await test.flush()
      expect(await hooks.events({ failing: true })).toMatchObject([
        { error: expect.stringContaining('hook.find') },
      ])
      find = (query) => query
      test.clock.advance(5_000)
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
    })

    it('holds nobody else up when the database refuses what `find` gave', async () => {
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events,
          hook: {
            find: ((query: Loose, { event }: { event: string }) =>
              event === 'user.left' ? query.where('nowhere', '=', 1) : query) as never,
          },
        }),
      )
      await hooks.create({ owner: 1, events: ['user.logged_in', 'user.left'], target: TARGET })
      await hooks.send('user.left', {}, { owner: 1 })
      await hooks.send('user.logged_in', {}, { owner: 1 })
      await test.flush()
      expect(test.deliveries).toMatchObject([{ json: { hook: { event: 'user.logged_in' } } }])
      expect(await hooks.events({ failing: true })).toMatchObject([
        { name: 'user.left', error: expect.stringContaining('nowhere') },
      ])
    })

    it('`payload` makes the body, once: every attempt sends the same', async () => {
      let count = 0
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events,
          hook: {
            payload: async (hook, event) => {
              count += 1
              return { to: hook.target, event: event.name, id: event.id, data: event.data, count }
            },
          },
        }),
      )
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      const { id } = await hooks.send('user.logged_in', { n: 2n ** 60n }, { owner: 1 })
      test.respond(() => ({ status: 500 }))
      await test.flush()
      test.respond(() => ({ status: 200 }))
      test.clock.advance(10_000)
      await test.flush()
      expect(test.deliveries.map(({ body }) => body)).toEqual(
        Array(2).fill(
          `{"to":"${TARGET}","event":"user.logged_in","id":"${id}","data":{"n":1152921504606846976},"count":1}`,
        ),
      )
    })

    it('`payload` that throws, or gives no JSON, is a failed attempt and tried again', async () => {
      const bodies = [
        () => {
          throw new Error('no template')
        },
        () => new Map(),
        () => ({ fine: true }),
      ]
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({ database, logger, events, hook: { payload: () => bodies.shift()?.() } }),
      )
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.send('user.logged_in', {}, { owner: 1 })
      await test.flush()
      test.clock.advance(10_000)
      await test.flush()
      expect(test.deliveries).toEqual([])
      test.clock.advance(10 * 60_000)
      await test.flush()
      expect(test.deliveries.map(({ body }) => body)).toEqual(['{"fine":true}'])
      const [delivery] = await hooks.deliveries()
      const { log } = await hooks.delivery(delivery?.id ?? '')
      expect(log).toMatchObject([
        { number: 1, status: null, error: { code: 'payload', message: 'no template' } },
        {
          number: 2,
          status: null,
          error: { code: 'payload', message: expect.stringContaining('hook.payload') },
        },
        { number: 3, status: 200, error: null },
      ])
    })

    it('`payload` that never ends is a failed attempt once the time of an attempt is over', async () => {
      const payload = vi.fn(() => new Promise(() => {}))
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({ database, logger, events, hook: { payload } }),
      )
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.send('user.logged_in', {}, { owner: 1 })
      const flushed = test.flush()
      await vi.waitFor(() => expect(payload).toHaveBeenCalledOnce())
      test.clock.advance(15_000)
      await flushed
      const [delivery] = await hooks.deliveries()
      expect(await hooks.delivery(delivery?.id ?? '')).toMatchObject({
        status: 'pending',
        log: [
          { durationMs: 15_000, error: { code: 'payload', message: expect.stringContaining('15000 ms') } },
        ],
      })
    })

    describe('deliver', () => {
      /** drf-hooks' delivery through a background queue: jobs are ids, and a worker makes the attempts. */
      async function queued(deliver?: (ids: string[]) => unknown, dispatch: DispatchOptions = {}) {
        const queue: string[] = []
        const opened = await app.open((database, logger) =>
          createHooks({
            database,
            logger,
            events,
            dispatch,
            hook: {
              fields: { isActive: { type: 'boolean', default: true } },
              find: (query) => query.where('isActive', '=', true),
              deliver: deliver ?? ((ids) => void queue.push(...ids)),
            },
          }),
        )
        const { hooks } = opened
        const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
        async function work() {
          for (let id = queue.shift(); id !== undefined; id = queue.shift()) await hooks.attempt(id)
        }
        return { ...opened, hook, queue, work }
      }

      it('hands deliveries over by their ids, and a worker of the application posts them', async () => {
        const { hooks, test, queue, work } = await queued()
        await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/off`, isActive: false })
        const { id } = await hooks.send('user.logged_in', { n: 1 }, { owner: 1 })
        await test.flush()
        expect(test.deliveries).toEqual([])
        expect(queue).toEqual([expect.stringMatching(new RegExp(`^${id}_\\d+$`))])
        await work()
        expect(test.deliveries.map(({ target }) => target)).toEqual([TARGET])
        expect(await hooks.deliveries()).toMatchObject([{ status: 'delivered', attempts: 1 }])
      })

      it('hands over again what has failed, when it is due', async () => {
        const { hooks, test, queue, work } = await queued()
        await hooks.send('user.logged_in', {}, { owner: 1 })
        test.respond(() => ({ status: 500 }))
        await test.flush()
        await work()
        await test.flush()
        expect(queue).toEqual([])
        test.respond(() => ({ status: 200 }))
        test.clock.advance(10_000)
        await test.flush()
        expect(queue).toHaveLength(1)
        await work()
        expect(await hooks.deliveries()).toMatchObject([{ status: 'delivered', attempts: 2 }])
      })

      it('makes no second POST for a job that comes twice, at once or later or after it was delivered', async () => {
        const { hooks, test, queue } = await queued()
        await hooks.send('user.logged_in', {}, { owner: 1 })
        await test.flush()
        const id = queue[0] ?? ''
        test.respond(() => ({ status: 500 }))
        const both = await Promise.all([hooks.attempt(id), hooks.attempt(id)])
        expect(both.map(({ attempted }) => attempted).sort()).toEqual([false, true])
        // It failed and waits for its time, which is not now.
        expect(await hooks.attempt(id)).toEqual({ status: 'pending', attempted: false })
        expect(test.deliveries).toHaveLength(1)

        test.respond(() => ({ status: 200 }))
        test.clock.advance(10_000)
        await test.flush()
        expect(await hooks.attempt(id)).toEqual({ status: 'delivered', attempted: true })
        expect(await hooks.attempt(id)).toEqual({ status: 'delivered', attempted: false })
        expect(test.deliveries).toHaveLength(2)
      })

      it('hands over again what no worker took for a quarter of an hour', async () => {
        const { hooks, test, queue } = await queued()
        await hooks.send('user.logged_in', {}, { owner: 1 })
        await test.flush()
        const [lost] = queue.splice(0)
        test.clock.advance(14 * 60_000)
        await test.flush()
        expect(queue).toEqual([])
        test.clock.advance(60_001)
        await test.flush()
        expect(queue).toEqual([lost])
      })

      it('keeps handing over while a worker keeps up, though a hook has more than its share', async () => {
        const { hooks, test, queue, work } = await queued()
        for (let n = 0; n < 130; n += 1) await hooks.send('user.logged_in', { n }, { owner: 1 })
        await test.flush()
        while (queue.length > 0) {
          await work()
          await test.flush()
        }
        expect(test.deliveries).toHaveLength(130)
        expect(new Set(test.deliveries.map(({ id }) => id)).size).toBe(130)
      })

      it('is called again after it threw', async () => {
        const calls: string[][] = []
        const { hooks, test, log } = await queued((ids) => {
          calls.push(ids)
          if (calls.length === 1) throw new Error('no Redis')
        })
        await hooks.send('user.logged_in', {}, { owner: 1 })
        await test.flush()
        expect(calls).toHaveLength(1)
        expect(log).toContainEqual(
          expect.objectContaining({ level: 'error', message: expect.stringContaining('hook.deliver') }),
        )
        test.clock.advance(5_000)
        await test.flush()
        expect(calls).toEqual([calls[0], calls[0]])
        expect(await hooks.deliveries()).toMatchObject([{ status: 'pending', attempts: 0 }])
      })

      it("reports a schedule of the application's that fails, as the dispatcher does", async () => {
        const { hooks, test, queue, work, log } = await queued(undefined, {
          retry: {
            delaysMs() {
              throw new Error('no schedule')
            },
          },
        })
        await hooks.send('user.logged_in', {}, { owner: 1 })
        await test.flush()
        expect(queue).toHaveLength(1)
        test.respond(() => ({ status: 500 }))
        await work()
        expect(log.filter(({ level }) => level === 'error')).toMatchObject([
          { message: expect.stringContaining('dispatch.retry.delaysMs failed') },
        ])
      })

      it('makes no attempt for a hook that was disabled or deleted meanwhile', async () => {
        const { hooks, test, queue, hook } = await queued()
        await hooks.send('user.logged_in', {}, { owner: 1 })
        await test.flush()
        const id = queue[0] ?? ''
        await hooks.disable(hook.id)
        expect(await hooks.attempt(id)).toEqual({ status: 'pending', attempted: false })
        await test.flush()
        await hooks.enable(hook.id)
        await test.flush()
        expect(queue).toEqual([id, id])
        await hooks.delete(hook.id)
        expect(await hooks.attempt(id)).toEqual({ status: 'pending', attempted: false })
        await test.flush()
        expect(await hooks.deliveries()).toMatchObject([
          { status: 'cancelled', reason: 'the hook was deleted' },
        ])
        expect(test.deliveries).toEqual([])
      })

      it.each(['', 'x', `${'0'.repeat(32)}_1`])('says that there is no delivery %o', async (id) => {
        const { hooks } = await queued()
        await expect(hooks.attempt(id)).rejects.toMatchObject({ code: 'delivery_missing', status: 404 })
        await expect(hooks.delivery(id)).rejects.toMatchObject({ code: 'delivery_missing' })
      })
    })
  })
}
