import { describe, expect, it, vi } from 'vitest'
import { createHooks, everyone, type Filter } from '../../src/index.ts'
import { rows } from '../../src/store/work.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'
import { addManyHooks, hooksThatHaveOne } from './many-hooks.ts'

/** Of which events a hook hears. */
export function filterSuite(harness: Harness): void {
  describe(`filters on ${harness.name}`, () => {
    const app = application(harness)

    async function shop(options: object = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: { Book: { table: 'book', owner: 'user_id' } },
          events: { 'book.added': 'Book.created', 'order.paid': null, 'order.lost': null },
          ...options,
        }),
      )
      return opened
    }

    type Opened = Awaited<ReturnType<typeof shop>>
    const hook = { owner: 1, event: 'order.paid' } as const
    const where = (filter: Filter | null, n = 0) => ({ ...hook, target: `${TARGET}/${n}`, filter })

    /** What each target got, by the last part of its URL. */
    async function arrived({ test }: Opened) {
      await test.flush()
      const got: Record<string, unknown[]> = {}
      for (const { target, json } of test.deliveries) {
        const name = target.slice(TARGET.length + 1)
        got[name] ??= []
        got[name].push((json as { data: unknown }).data)
      }
      for (const list of Object.values(got))
        list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      test.clear()
      return got
    }

    it('let through what they accept, and leave no trace of the rest; hooks without one hear of all', async () => {
      const opened = await shop()
      const { hooks } = opened
      const made = await hooks.create(where({ total: { $gt: 100 } }, 1))
      expect(made.filter).toEqual({ total: { $gt: 100 } })
      await hooks.create(where({ $or: [{ 'buyer.name': 'Ann' }, { total: 5 }] }, 2))
      await hooks.create(where(null, 3))
      const events = [{ total: 5 }, { total: 101 }, { total: 50, buyer: { name: 'Ann' } }]
      for (const event of events) await hooks.send('order.paid', event, { owner: 1 })
      await hooks.send('order.paid', { total: 500 }, { owner: 2 })
      await hooks.send('order.paid', { total: 1_000 }, { owner: everyone })
      expect(await arrived(opened)).toEqual({
        1: [{ total: 1_000 }, { total: 101 }],
        2: [{ total: 50, buyer: { name: 'Ann' } }, { total: 5 }],
        3: [{ total: 1_000 }, { total: 101 }, { total: 50, buyer: { name: 'Ann' } }, { total: 5 }],
      })
      expect(await hooks.deliveries()).toHaveLength(8)
      expect((await hooks.events()).every(({ fannedOut }) => fannedOut)).toBe(true)
    })

    it('are kept by `update`, which gives one, another one or none, and by new events of the hook', async () => {
      const opened = await shop()
      const { hooks } = opened
      const { id } = await hooks.create(where(null, 1))
      const send = async () => {
        for (const name of ['order.paid', 'order.lost'] as const)
          for (const n of [1, 2]) await hooks.send(name, { n }, { owner: 1 })
        return (await arrived(opened))[1]
      }
      expect(await send()).toEqual([{ n: 1 }, { n: 2 }])
      await hooks.update(id, { filter: { n: 1 } })
      expect(await send()).toEqual([{ n: 1 }])
      await hooks.update(id, { events: ['order.lost', 'order.paid'], filter: { n: 2 } })
      expect(await send()).toEqual([{ n: 2 }, { n: 2 }])
      await hooks.update(id, { filter: null })
      expect(await send()).toHaveLength(4)
      await expect(hooks.update(id, { filter: { n: { $gt: null as never } } })).rejects.toMatchObject({
        code: 'hook_invalid',
        field: 'filter.n.$gt',
      })
    })

    it('hold together with `find`', async () => {
      const opened = await shop({
        hook: {
          fields: { active: { type: 'boolean', default: true } },
          find: (query: { where(...args: unknown[]): unknown }) => query.where('active', '=', true),
        },
      })
      const { hooks } = opened
      await hooks.create(where({ n: 1 }, 1))
      await hooks.create({ ...where({ n: 1 }, 2), active: false } as never)
      await hooks.create({ ...where(null, 3), active: false } as never)
      for (const n of [1, 2]) await hooks.send('order.paid', { n }, { owner: 1 })
      expect(await arrived(opened)).toEqual({ 1: [{ n: 1 }] })
    })

    it('make an identical hook another one where they differ', async () => {
      const { hooks } = await shop()
      const first = await hooks.create(where({ a: 1, b: 2 }))
      expect((await hooks.create(where({ b: 2, a: 1 }))).id).toBe(first.id)
      expect((await hooks.create({ ...hook, target: `${TARGET}/0` })).id).toBe(first.id)
      expect((await hooks.create(where({ a: 1 }))).id).not.toBe(first.id)
      const thin = await hooks.create({ ...where({ a: 1, b: 2 }), payload: 'thin' })
      expect(thin.id).not.toBe(first.id)
    })

    it('that nobody can read stop nobody else, and are reported once', async () => {
      const opened = await shop()
      const { hooks, store, log } = opened
      const broken = await hooks.create(where({ n: 1 }, 1))
      await hooks.create(where({ n: 1 }, 2))
      await hooks.create(where(null, 3))
      await store.db
        .updateTable('hook')
        .set({ filter: '{"n":{"$regex":"("}}' })
        .where('id', '=', broken.id)
        .execute()
      await hooks.send('order.paid', { n: 1 }, { owner: 1 })
      expect(await arrived(opened)).toEqual({ 2: [{ n: 1 }], 3: [{ n: 1 }] })
      await hooks.send('order.paid', { n: 1 }, { owner: 1 })
      await arrived(opened)
      expect(log.filter(({ level }) => level === 'error')).toMatchObject([
        { fields: { hookIds: [broken.id] } },
      ])
      await store.db.updateTable('hook').set({ filter: 'no JSON' }).where('id', '=', broken.id).execute()
      expect((await hooks.list()).map(({ filter }) => filter)).toEqual([null, { n: 1 }, null])

      await hooks.update(broken.id, { filter: { n: 1 } })
      expect(await hooks.replay({ hookId: broken.id, since: new Date(START - 1), what: 'missed' })).toEqual({
        deliveries: 2,
      })
      expect(await arrived(opened)).toEqual({ 1: [{ n: 1 }, { n: 1 }] })
    })

    it('are heeded by a replay of what was missed, and by `enable`', async () => {
      const opened = await shop()
      const { hooks, test } = opened
      await hooks.create(where(null, 0))
      for (const n of [1, 2, 3]) await hooks.send('order.paid', { n }, { owner: 1 })
      await arrived(opened)
      const late = await hooks.create(where({ n: { $gte: 2 } }, 1))
      const since = new Date(START - 1)
      const replay = { hookId: late.id, since, what: 'missed' } as const
      expect(await hooks.replay({ ...replay, dryRun: true })).toEqual({ deliveries: 2 })
      expect(await hooks.replay(replay)).toEqual({ deliveries: 2 })
      expect(await arrived(opened)).toEqual({ 1: [{ n: 2 }, { n: 3 }] })

      await hooks.disable(late.id)
      await hooks.update(late.id, { filter: { n: 1 } })
      await hooks.enable(late.id, { replaySince: since })
      expect(await arrived(opened)).toEqual({ 1: [{ n: 1 }] })

      // What has failed by an older filter is missed no more either.
      test.respond(() => ({ status: 410 }))
      await hooks.send('order.paid', { n: 1 }, { owner: 1 })
      await arrived(opened)
      await hooks.update(late.id, { filter: { n: 7 } })
      test.respond(() => ({ status: 200 }))
      await hooks.enable(late.id, { replaySince: since })
      expect(await arrived(opened)).toEqual({})
    })

    it('are not asked by a test event', async () => {
      const opened = await shop()
      const { id } = await opened.hooks.create(where({ n: 1 }, 1))
      await opened.hooks.test(id, { data: { n: 2 } })
      expect(await arrived(opened)).toEqual({ 1: [{ n: 2 }] })
    })

    it('of limited hooks hold too: what they let through goes through the lane', async () => {
      const opened = await shop()
      const { hooks } = opened
      await hooks.create({ ...where({ n: { $lt: 3 } }, 1), ordered: true })
      for (const n of [1, 2, 3, 4]) await hooks.send('order.paid', { n }, { owner: 1 })
      expect(await arrived(opened)).toEqual({ 1: [{ n: 1 }, { n: 2 }] })
    })

    it('take as many statements however many events and hooks there are', async () => {
      const opened = await shop({ hook: { deliver: () => {} } })
      const { hooks, test, store } = opened
      const statements = async (events: number) => {
        for (let n = 0; n < events; n += 1) await hooks.send('order.paid', { n }, { owner: 1 })
        let most = 0
        const write = store.write.bind(store)
        const spy = vi.spyOn(store, 'write').mockImplementation((work, options) => {
          return write(function* () {
            let count = 0
            const inner = work()
            let step = inner.next()
            while (!step.done) {
              count += 1
              step = inner.next(yield step.value)
            }
            most = Math.max(most, count)
            return step.value
          }, options)
        })
        await test.flush()
        spy.mockRestore()
        return most
      }
      await hooks.create(where({ n: { $gte: 0 } }, 0))
      const few = await statements(2)
      for (let n = 1; n < 20; n += 1) await hooks.create(where({ n: { $gte: n } }, n))
      expect(await statements(40)).toBe(few)
    })

    describe('of very many hooks', () => {
      const HOOKS = 2_500

      async function withManyHooks(filterOf: (id: number) => string | null) {
        const opened = await shop({ hook: { deliver: () => {} } })
        await addManyHooks(opened.store, 'order.paid', HOOKS, filterOf)
        return opened
      }

      const third = (id: number) => (id % 3 === 0 ? null : `{"n":${id % 3}}`)
      const expected = Array.from({ length: HOOKS }, (_, index) => index + 1).filter((id) => id % 3 !== 2)

      it('are looked at in chunks, and go on where they were killed', async () => {
        const opened = await withManyHooks(third)
        const { hooks, test, store } = opened
        await hooks.send('order.paid', { n: 1 }, { owner: 1 })
        const write = store.write.bind(store)
        const spy = vi.spyOn(store, 'write').mockImplementation((work, options) =>
          write(function* () {
            const result = yield* work()
            const made = yield* rows(store.db.selectFrom('delivery').select('hook_id'))
            if (made.length > 1_000) throw new Error('killed within')
            return result
          }, options),
        )
        await expect(test.flush()).rejects.toThrow('killed within')
        spy.mockRestore()
        const half = await hooksThatHaveOne(opened.store)
        expect(half.length).toBeGreaterThan(0)
        expect(half.length).toBeLessThanOrEqual(1_000)
        // Another process takes over; where events are leased, once the lease of the dead one is over.
        const other = await shop({ hook: { deliver: () => {} } })
        other.test.clock.advance(60_000)
        await other.test.flush()
        expect(await hooksThatHaveOne(opened.store)).toEqual(expected)
        expect(await hooks.events()).toMatchObject([{ fannedOut: true }])
      })

      it('that refuse all of an event end with it', async () => {
        const opened = await withManyHooks(() => '{"n":7}')
        const { hooks, test } = opened
        await hooks.send('order.paid', { n: 1 }, { owner: 1 })
        await hooks.send('order.paid', { n: 7 }, { owner: everyone })
        await test.flush()
        expect((await hooksThatHaveOne(opened.store)).length).toBe(HOOKS)
        expect((await hooks.events()).every(({ fannedOut }) => fannedOut)).toBe(true)
      })
    })
  })
}
