import { describe, expect, it } from 'vitest'
import { fanOut, type Prepared, pendingEvents } from '../../src/events/index.ts'
import { createHooks, type DispatchOptions } from '../../src/index.ts'
import { holdPosts, seamsOf } from '../support/seams.ts'
import { application, type BookRow, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** Hooks that must not get everything at once. */
export function limitsSuite(harness: Harness): void {
  describe(`limited hooks on ${harness.name}`, () => {
    const app = application(harness)

    async function shop(dispatch: DispatchOptions = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          dispatch,
          events: { 'order.paid': null },
        }),
      )
      const { hooks, test } = opened
      let number = 0
      return {
        ...opened,
        async send(count: number) {
          for (let n = 0; n < count; n += 1) {
            number += 1
            await hooks.send('order.paid', number, { owner: 1 })
          }
        },
        async arrived() {
          await test.flush()
          const data = test.deliveries.map(({ json }) => (json as { data: unknown }).data)
          test.clear()
          return data
        },
      }
    }

    const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

    describe('with a rate limit', () => {
      it('get no more in any second, whatever waits, and all in the end', async () => {
        const { hooks, test, send } = await shop()
        await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, rateLimit: 30 })
        await send(100)
        const times: number[] = []
        test.respond(() => {
          times.push(test.clock.now())
          return { status: 200 }
        })
        for (let tick = 0; tick < 1_000 && times.length < 100; tick += 1) {
          await test.flush()
          test.clock.advance(5)
        }
        expect(times).toHaveLength(100)
        const inASecond = times.map((at, first) => times.slice(first).filter((t) => t < at + 1_000).length)
        expect(Math.max(...inASecond)).toBeLessThanOrEqual(30)
        expect(Math.max(...inASecond)).toBeGreaterThan(25)
      })

      it('keep to it also when events come one by one', async () => {
        const { hooks, test, send, arrived } = await shop()
        await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, rateLimit: 2 })
        await send(1)
        expect(await arrived()).toEqual([1])
        await send(1)
        expect(await arrived()).toEqual([])
        test.clock.advance(499)
        expect(await arrived()).toEqual([])
        test.clock.advance(1)
        expect(await arrived()).toEqual([2])
        test.clock.advance(10_000)
        await send(2)
        expect(await arrived()).toEqual([3])
      })

      it('keep to it over two dispatchers', async () => {
        const { hooks, test, send, arrived } = await shop()
        await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, rateLimit: 1 })
        const other = await shop()
        other.test.clock.advance(test.clock.now() - other.test.clock.now())
        await send(5)
        const both = await Promise.all([arrived(), other.arrived()])
        expect(both.flat()).toHaveLength(1)
      })

      it('count retries too', async () => {
        const { hooks, test, send, arrived } = await shop({
          retry: { delaysMs: Array.from({ length: 20 }, () => 10), jitter: 0 },
          breaker: false,
        })
        await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, rateLimit: 1 })
        test.respond(() => ({ status: 500 }))
        await send(3)
        const counts: number[] = []
        for (let second = 0; second < 5; second += 1) {
          counts.push((await arrived()).length)
          test.clock.advance(500)
          counts.push((await arrived()).length)
          test.clock.advance(500)
        }
        expect(counts).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0])
      })

      it('keep to it where an attempt is asked for by its id', async () => {
        const { hooks, test, send, arrived } = await shop({ retry: { delaysMs: [10, 10], jitter: 0 } })
        await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, rateLimit: 1 })
        test.respond(() => ({ status: 500 }))
        await send(1)
        expect(await arrived()).toHaveLength(1)
        test.clock.advance(20)
        const [delivery] = await hooks.deliveries()
        expect(await hooks.attempt(delivery?.id ?? '')).toEqual({ status: 'pending', attempted: false })
        test.clock.advance(1_000)
        expect(await arrived()).toHaveLength(1)
      })

      it('hold nobody else up', async () => {
        const { hooks, send, arrived } = await shop()
        await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, rateLimit: 0.1 })
        await hooks.create({ owner: 1, event: 'order.paid', target: `${TARGET}/other` })
        await send(50)
        expect(await arrived()).toHaveLength(51)
      })

      it('are free of it when it is taken away', async () => {
        const { hooks, send, arrived } = await shop()
        const hook = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, rateLimit: 1 })
        await send(10)
        expect(await arrived()).toHaveLength(1)
        expect(await hooks.update(hook.id, { rateLimit: null })).toMatchObject({ rateLimit: null })
        expect(await arrived()).toHaveLength(9)
        await send(10)
        expect(await arrived()).toHaveLength(10)
      })

      it('have one from then on when it is set', async () => {
        const { hooks, send, arrived } = await shop()
        const hook = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET })
        await send(10)
        await hooks.update(hook.id, { rateLimit: 1 })
        expect(await arrived()).toHaveLength(1)
      })
    })

    describe('that are ordered', () => {
      const retrying = { retry: { delaysMs: [1_000, 1_000, 1_000], jitter: 0 }, breaker: false } as const

      it('get one after the other, in the order of the events', async () => {
        const { hooks, send, arrived } = await shop()
        const hook = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, ordered: true })
        expect(hook.ordered).toBe(true)
        await send(40)
        expect(await arrived()).toEqual(upTo(40))
      })

      it('never have two under way', async () => {
        const { hooks, test, send } = await shop()
        await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, ordered: true })
        const seams = seamsOf(hooks)
        const { transport } = seams
        let underWay = 0
        let most = 0
        seams.transport = {
          close: () => transport.close(),
          async post(request) {
            underWay += 1
            most = Math.max(most, underWay)
            await new Promise(setImmediate)
            underWay -= 1
            return await transport.post(request)
          },
        }
        await send(20)
        await test.flush()
        expect(test.deliveries).toHaveLength(20)
        expect(most).toBe(1)
      })

      it('get no second one while the first is under way, whatever wakes their lane', async () => {
        const { hooks, test, send } = await shop()
        await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, ordered: true })
        const { dispatcher, posts, answer } = holdPosts(hooks)
        await send(2)
        for (let turn = 0; turn < 5; turn += 1) {
          await dispatcher.turn()
          await send(1)
          test.clock.advance(100)
        }
        expect(posts.begun).toBe(1)
        answer()
        await test.flush()
        expect(posts.begun).toBe(7)
      })

      it('keep their order over a time in which they are disabled', async () => {
        const { hooks, test, send, arrived } = await shop(retrying)
        const { id } = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, ordered: true })
        test.respond(() => ({ status: 500 }))
        await send(3)
        expect(await arrived()).toEqual([1])
        await hooks.disable(id)
        await test.flush()
        test.respond(() => ({ status: 200 }))
        await hooks.enable(id)
        expect(await arrived()).toEqual([])
        test.clock.advance(1_000)
        expect(await arrived()).toEqual([1, 2, 3])
      })

      it('get no second one while the first is under way, though they were disabled meanwhile', async () => {
        const { hooks, test, send } = await shop()
        const { id } = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, ordered: true })
        const { dispatcher, posts, answer } = holdPosts(hooks)
        await send(3)
        const turns = async () => {
          for (let turn = 0; turn < 4; turn += 1) await dispatcher.turn()
        }
        await turns()
        await hooks.disable(id)
        await send(1)
        await turns()
        await hooks.enable(id)
        await turns()
        expect(posts.begun).toBe(1)
        answer()
        await test.flush()
        expect(posts.begun).toBe(4)
      })

      it('have their deliveries in the lane from the beginning, so that none is ahead of those before it', async () => {
        const { hooks, store } = await app.open((database, logger) =>
          createHooks({ database, logger, events: { 'order.paid': null } }),
        )
        const make = (path: string, limits: object) =>
          hooks.create({ owner: 1, event: 'order.paid', target: `${TARGET}/${path}`, ...limits })
        const ordered = await make('ordered', { ordered: true })
        const limited = await make('limited', { rateLimit: 5 })
        const plain = await make('plain', {})
        await hooks.send('order.paid', {}, { owner: 1 })
        const { db } = store
        const [event] = await store.read(() =>
          pendingEvents(store, { now: START, limit: 9, except: [], unknown: [] }),
        )
        const prepared: Prepared = { event, outcome: 'ready', data: '{}', found: undefined } as never
        const { parkedFor } = await store.write(() => fanOut(store, [prepared], START, 100))
        expect(parkedFor.toSorted((a, b) => a - b)).toEqual([ordered.id, limited.id])
        const parked = await db
          .selectFrom('delivery')
          .select('hook_id')
          .where('parked_due_at', 'is not', null)
          .where('due_at', 'is', null)
          .orderBy('hook_id')
          .execute()
        expect(parked.map(({ hook_id }) => hook_id)).toEqual([ordered.id, limited.id])
        expect(plain.id).toBeGreaterThan(limited.id)
      })

      it('wait behind one that fails, until it is delivered or has failed for good', async () => {
        const { hooks, test, send, arrived } = await shop(retrying)
        await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, ordered: true })
        test.respond(({ json }) => ({ status: (json as { data: number }).data === 2 ? 500 : 200 }))
        await send(4)
        expect(await arrived()).toEqual([1, 2])
        await send(1)
        test.clock.advance(999)
        expect(await arrived()).toEqual([])
        test.clock.advance(1)
        expect(await arrived()).toEqual([2])
        test.clock.advance(1_000)
        expect(await arrived()).toEqual([2])
        test.clock.advance(1_000)
        expect(await arrived()).toEqual([2, 3, 4, 5])
        const [failed] = await hooks.deliveries({ status: 'failed' })
        expect(failed?.reason).toBe('all 4 attempts failed; the last: status 500')
      })

      it('wait for an earlier event that has no data yet', async () => {
        let fails = true
        const { hooks, test } = await app.open((database, logger) =>
          createHooks({
            database,
            logger,
            models: {
              Book: {
                table: 'book',
                owner: 'user_id',
                serialize(book: BookRow) {
                  if (fails && book.id === 2) throw new Error('not yet')
                  return book.id
                },
              },
            },
            events: { 'book.added': 'Book.created' },
          }),
        )
        await hooks.create({ owner: 1, event: 'book.added', target: TARGET, ordered: true })
        await hooks.create({ owner: 1, event: 'book.added', target: `${TARGET}/other` })
        for (const id of [1, 2, 3]) await app.addBook({ id })
        await test.flush()
        const ids = (target: string) =>
          test.deliveries
            .filter((one) => one.target === target)
            .map(({ json }) => (json as { data: number }).data)
        expect(ids(`${TARGET}/other`)).toEqual([1, 3])
        expect(ids(TARGET)).toEqual([1])
        fails = false
        test.clock.advance(10_000)
        await test.flush()
        expect(ids(TARGET)).toEqual([1, 2, 3])
      })

      it('go on after a dispatcher that died, with the same delivery', async () => {
        const { hooks, test, send } = await shop()
        await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, ordered: true })
        const seams = seamsOf(hooks)
        const { transport } = seams
        // Its first attempt never comes back, and another dispatcher finds what it has left.
        seams.transport = { close: () => transport.close(), post: () => new Promise(() => {}) }
        await send(3)
        await seams.dispatcher.turn()
        await seams.dispatcher.turn()
        const other = await shop()
        other.test.clock.advance(test.clock.now() - other.test.clock.now())
        expect(await other.arrived()).toEqual([])
        other.test.clock.advance(10_001)
        expect(await other.arrived()).toEqual([1, 2, 3])
      })

      it('can have a rate limit as well', async () => {
        const { hooks, test, send, arrived } = await shop()
        await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, ordered: true, rateLimit: 2 })
        await send(3)
        expect(await arrived()).toEqual([1])
        test.clock.advance(500)
        expect(await arrived()).toEqual([2])
        test.clock.advance(500)
        expect(await arrived()).toEqual([3])
      })

      it('begin to be so with what is not under way', async () => {
        const { hooks, test, send, arrived } = await shop(retrying)
        const hook = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET })
        test.respond(({ json }) => ({ status: (json as { data: number }).data === 1 ? 500 : 200 }))
        await send(1)
        expect(await arrived()).toEqual([1])
        await hooks.update(hook.id, { ordered: true })
        await send(2)
        expect(await arrived()).toEqual([])
        test.respond(() => ({ status: 200 }))
        test.clock.advance(1_000)
        expect(await arrived()).toEqual([1, 2, 3])
      })

      it('are free when they are so no more', async () => {
        const { hooks, test, send, arrived } = await shop(retrying)
        const hook = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET, ordered: true })
        test.respond(({ json }) => ({ status: (json as { data: number }).data === 1 ? 500 : 200 }))
        await send(3)
        expect(await arrived()).toEqual([1])
        await hooks.update(hook.id, { ordered: false })
        expect(await arrived()).toEqual([2, 3])
        await send(1)
        expect(await arrived()).toEqual([4])
        test.respond(() => ({ status: 200 }))
        test.clock.advance(1_000)
        expect(await arrived()).toEqual([1])
      })
    })

    it.each([
      [{ rateLimit: 0 }, 'rateLimit', '0'],
      [{ rateLimit: -1 }, 'rateLimit', '-1'],
      [{ rateLimit: '30' }, 'rateLimit', '"30"'],
      [{ rateLimit: Number.NaN }, 'rateLimit', 'NaN'],
      [{ rateLimit: 1e9 }, 'rateLimit', '1000000000'],
      [{ ordered: 1 }, 'ordered', '1'],
      [{ ordered: null }, 'ordered', 'null'],
    ])('are refused with %o', async (limits, field, value) => {
      const { hooks } = await shop()
      const hook = { owner: 1, event: 'order.paid' as const, target: TARGET }
      await expect(hooks.create({ ...hook, ...(limits as object) })).rejects.toMatchObject({
        code: 'hook_invalid',
        field,
        message: expect.stringContaining(`(got ${value})`),
      })
      expect(await hooks.list()).toEqual([])
    })

    it('are other hooks than those without', async () => {
      const { hooks } = await shop()
      const hook = { owner: 1, event: 'order.paid' as const, target: TARGET }
      const plain = await hooks.create(hook)
      const limited = await hooks.create({ ...hook, rateLimit: 5 })
      expect(limited.id).not.toBe(plain.id)
      expect((await hooks.create({ ...hook, rateLimit: 5 })).id).toBe(limited.id)
      expect((await hooks.create({ ...hook, ordered: false, rateLimit: null })).id).toBe(plain.id)
    })
  })
}
