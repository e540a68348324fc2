import { describe, expect, it, vi } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { seamsOf } from '../support/seams.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** One delivery, sent again by hand. */
export function manualRetrySuite(harness: Harness): void {
  describe(`retry by hand on ${harness.name}`, () => {
    const app = application(harness)

    async function open(delaysMs: number[] = []) {
      const opened = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events: { a: null },
          dispatch: { retry: { delaysMs, jitter: 0 } },
        }),
      )
      const { hooks, test, store } = opened
      const hook = await hooks.create({ owner: 1, event: 'a', target: TARGET })
      async function attempted(status: number) {
        test.respond(() => ({ status }))
        const { id } = await hooks.send('a', {}, { owner: 1 })
        await test.flush()
        test.respond(() => ({ status: 200 }))
        test.clear()
        return `${id}_${hook.id}`
      }
      const rowOf = async () => (await store.db.selectFrom('delivery').selectAll().execute())?.[0]
      return { ...opened, hook, attempted, rowOf }
    }

    it.each(['failed', 'delivered', 'cancelled'] as const)(
      'sends one that was %s again, with its webhook-id and the schedule begun anew',
      async (status) => {
        const { hooks, test, store, attempted, rowOf } = await open()
        const id = await attempted(status === 'delivered' ? 200 : 500)
        await store.db
          .updateTable('delivery')
          .set({ status, reason: 'for a reason', tries: 7, excused: 2 })
          .execute()
        expect(await hooks.retry(id)).toEqual({ retried: true, status: 'pending' })
        expect(await rowOf()).toMatchObject({
          reason: null,
          finished_at: null,
          tries: 0,
          excused: 0,
          due_at: START,
          parked_due_at: null,
          lease: null,
          manual: 1,
          manual_at: START,
        })
        await test.flush()
        expect(test.deliveries.map((one) => one.id)).toEqual([id])
        expect(await hooks.delivery(id)).toMatchObject({
          status: 'delivered',
          manual: false,
          log: [
            { number: 1, manual: false },
            { number: 2, manual: true },
          ],
        })
      },
    )

    it('makes one that waits for its next attempt due now; it goes on in its schedule', async () => {
      const { hooks, test, store, attempted, rowOf } = await open([1_000_000, 1_000_000])
      const id = await attempted(500)
      await store.db.updateTable('delivery').set({ tries: 1 }).execute()
      await test.flush()
      expect(test.deliveries).toEqual([])
      expect(await hooks.retry(id)).toEqual({ retried: true, status: 'pending' })
      expect(await rowOf()).toMatchObject({ tries: 1, manual: 1 })
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
      expect(await hooks.delivery(id)).toMatchObject({ status: 'delivered', attempts: 2 })
    })

    it('does nothing on a second click: before the attempt, and within five seconds', async () => {
      const { hooks, test, attempted } = await open()
      const id = await attempted(500)
      expect(await hooks.retry(id)).toMatchObject({ retried: true })
      test.clock.advance(3_600_000)
      // However late, as long as the first one's attempt is to come.
      expect(await hooks.retry(id)).toEqual({ retried: false, status: 'pending' })
      test.respond(() => ({ status: 500 }))
      await test.flush()
      test.clock.advance(5_000)
      expect(await hooks.retry(id)).toEqual({ retried: true, status: 'pending' })
      await test.flush()
      test.clock.advance(4_999)
      expect(await hooks.retry(id)).toEqual({ retried: false, status: 'failed' })
      test.clock.advance(1)
      expect(await hooks.retry(id)).toEqual({ retried: true, status: 'pending' })
      await test.flush()
      expect(test.deliveries).toHaveLength(3)
    })

    it('is done once, when two processes are asked at the same moment', async () => {
      const first = await open()
      const second = await open()
      const id = await first.attempted(500)
      const done = await Promise.all([first, second, first].map(({ hooks }) => hooks.retry(id)))
      expect(done.filter(({ retried }) => retried)).toHaveLength(1)
    })

    it('leaves an attempt alone that is under way, unless its process is gone', async () => {
      const { hooks, test, attempted, rowOf } = await open([10])
      const id = await attempted(500)
      const { transport } = seamsOf(hooks)
      const held = Promise.withResolvers<void>()
      const post = transport.post.bind(transport)
      transport.post = async (request) => {
        await held.promise
        return await post(request)
      }
      test.clock.advance(10)
      const flushed = test.flush()
      await vi.waitFor(async () => expect(await rowOf()).toMatchObject({ lease: expect.any(String) }))
      const before = await rowOf()
      expect(await hooks.retry(id)).toEqual({ retried: false, status: 'pending' })
      expect(await rowOf()).toEqual(before)
      held.resolve()
      await flushed
      expect(test.deliveries).toHaveLength(1)
    })

    it('takes over once a lease has run out', async () => {
      const { hooks, test, store, attempted } = await open([1_000_000])
      const id = await attempted(500)
      await store.db
        .updateTable('delivery')
        .set({ lease: 'gone', due_at: START + 100 })
        .execute()
      expect(await hooks.retry(id)).toMatchObject({ retried: false })
      test.clock.advance(100)
      expect(await hooks.retry(id)).toMatchObject({ retried: true })
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
    })

    it('takes a hook with an order or a rate through its lane', async () => {
      const { hooks, test, store, attempted, rowOf } = await open()
      const id = await attempted(500)
      await store.db.updateTable('hook').set({ ordered: 1 }).execute()
      await hooks.retry(id)
      expect(await rowOf()).toMatchObject({ due_at: null, parked_due_at: START })
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
    })

    it('is refused for what is not there, is another owner’s, or has lost its hook', async () => {
      const { hooks, hook, attempted, rowOf } = await open()
      const id = await attempted(500)
      for (const wrong of ['', 'nonsense', `${'0'.repeat(32)}_${hook.id}`, id.replace(/_.*/, '_99')]) {
        await expect(hooks.retry(wrong)).rejects.toMatchObject({ code: 'delivery_missing' })
      }
      await expect(hooks.retry(id, { owner: 2 })).rejects.toMatchObject({ code: 'delivery_missing' })
      await expect(hooks.retry(id, { owner: undefined as never })).rejects.toMatchObject({
        code: 'owner_missing',
      })
      await hooks.delete(hook.id)
      await expect(hooks.retry(id)).rejects.toMatchObject({ code: 'hook_missing' })
      await expect(hooks.retry(id, { owner: 2 })).rejects.toMatchObject({ code: 'delivery_missing' })
      expect(await rowOf()).toMatchObject({ status: 'failed', manual: 0 })
    })

    it('wakes a dispatcher that sleeps', async () => {
      const { hooks, attempted } = await open()
      const id = await attempted(500)
      const { dispatcher } = seamsOf(hooks)
      const wake = vi.spyOn(dispatcher, 'wake')
      await hooks.retry(id, { owner: 1 })
      expect(wake).toHaveBeenCalledOnce()
      await hooks.retry(id)
      expect(wake).toHaveBeenCalledOnce()
    })
  })
}
