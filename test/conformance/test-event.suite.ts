import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createHooks, everyone } from '../../src/index.ts'
import { application, type BookRow, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** Trying a hook out. */
export function testEventSuite(harness: Harness): void {
  describe(`test events on ${harness.name}`, () => {
    const app = application(harness)

    async function open({
      serialize = (book: BookRow) => book as unknown,
      hook = {},
    }: {
      serialize?: (book: BookRow, context: { previous: unknown }) => unknown
      hook?: object
    } = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          hook,
          models: { Book: { table: 'book', owner: 'user_id', serialize } },
          events: {
            'book.added': 'Book.created',
            'book.changed': { on: 'Book.updated', when: () => false },
            'user.left': null,
            'user.invited': z.object({ email: z.string(), seats: z.coerce.number().default(1) }),
          },
        }),
      )
      const { hooks, test } = opened
      const listen = (...names: ('book.added' | 'book.changed' | 'user.left' | 'user.invited')[]) =>
        hooks.create({ owner: 1, events: names, target: `${TARGET}/${names.join()}` })
      const dataSent = () => test.deliveries.map(({ json }) => (json as { data: unknown }).data)
      return { ...opened, listen, dataSent }
    }

    it('go to that hook alone, marked as tests and as asked for by hand', async () => {
      const { hooks, test, store, listen, dataSent } = await open()
      const hook = await listen('user.left', 'user.invited')
      await hooks.create({ owner: 1, event: 'user.left', target: `${TARGET}/another` })
      const { id } = await hooks.test(hook.id)
      expect(await hooks.delivery(id)).toMatchObject({ status: 'pending', event: 'user.left', manual: true })
      await test.flush()
      expect(test.deliveries.map((one) => [one.id, one.target])).toEqual([[id, hook.target]])
      expect(dataSent()).toEqual([{}])
      expect(await hooks.delivery(id)).toMatchObject({ status: 'delivered', log: [{ manual: true }] })
      const events = await store.db
        .selectFrom('event')
        .select(['name', 'owner', 'test', 'fanout_due_at'])
        .execute()
      expect(events).toEqual([{ name: 'user.left', owner: '1', test: 1, fanout_due_at: null }])
    })

    it('have the data that is given, checked and transformed as by `send`', async () => {
      const { hooks, test, listen, dataSent } = await open()
      const hook = await listen('user.invited')
      await expect(hooks.test(hook.id, { data: { email: 1 } as never })).rejects.toMatchObject({
        code: 'payload_invalid',
      })
      expect(await hooks.deliveries()).toEqual([])
      await hooks.test(hook.id, { event: 'user.invited', data: { email: 'a@example.com', seats: '3' } })
      await test.flush()
      expect(dataSent()).toEqual([{ email: 'a@example.com', seats: 3 }])
    })

    it('have otherwise the data of the newest event of that name and owner that was no test', async () => {
      const { hooks, test, listen, dataSent } = await open()
      const hook = await listen('user.left', 'user.invited')
      await hooks.create({ owner: 2, event: 'user.left', target: `${TARGET}/2` })
      await hooks.send('user.left', { n: 'old' }, { owner: 1 })
      await hooks.send('user.left', { n: 'new' }, { owner: 1 })
      await hooks.send('user.invited', { email: 'of another name' }, { owner: 1 })
      await hooks.send('user.left', { n: 'of another' }, { owner: 2 })
      await test.flush()
      await hooks.send('user.left', { n: 'not fanned out' }, { owner: 1 })
      test.clear()
      const { id } = await hooks.test(hook.id, { data: { n: 'given' } })
      test.clock.advance(60_000)
      const again = await hooks.test(hook.id)
      await test.flush()
      const data = Object.fromEntries(
        test.deliveries.map((one) => [one.id, (one.json as { data: { n: string } }).data.n]),
      )
      expect([data[id], data[again.id]]).toEqual(['given', 'new'])

      await hooks.send('user.left', { n: 'everyone' }, { owner: everyone })
      await test.flush()
      test.clear()
      test.clock.advance(60_000)
      await hooks.test(hook.id, { event: 'user.left' })
      await test.flush()
      expect(dataSent()).toEqual([{ n: 'everyone' }])
    })

    it('give a hook nothing that `find` keeps from it', async () => {
      const find = (query: { where(...condition: unknown[]): unknown }, { data }: { data: object }) =>
        'secret' in data ? query.where('id', '<', 0) : query
      const { hooks, test, listen, dataSent } = await open({ hook: { find } })
      const hook = await listen('user.left')
      await hooks.send('user.left', { secret: 1 }, { owner: 1 })
      await test.flush()
      await hooks.test(hook.id)
      await test.flush()
      expect(dataSent()).toEqual([{}])
    })

    it('are made of a row with a value in each column, where nothing has happened yet', async () => {
      const serialize = vi.fn((book: BookRow, _: { previous: unknown }) => ({
        ...book,
        upper: book.title.toUpperCase(),
      }))
      const { hooks, test, listen, dataSent } = await open({ serialize })
      const hook = await listen('book.added', 'book.changed')
      await hooks.test(hook.id, { owner: 1 })
      await hooks.test(hook.id, { event: 'book.changed' })
      await test.flush()
      const row = { id: 1, title: 'title', pages: 1, read_pages: 1, user_id: 1 }
      expect(dataSent()).toEqual(Array(2).fill({ ...row, upper: 'TITLE' }))
      expect(serialize.mock.calls).toEqual([
        [row, expect.objectContaining({ event: 'book.added', action: 'created', previous: undefined })],
        [row, expect.objectContaining({ event: 'book.changed', action: 'updated', previous: row })],
      ])
    })

    it('ask for `data` where none can be made up', async () => {
      const { hooks, listen } = await open({
        serialize: () => {
          throw new Error('no such author')
        },
      })
      const hook = await listen('book.added', 'user.invited')
      await expect(hooks.test(hook.id)).rejects.toMatchObject({
        code: 'sample_missing',
        message: expect.stringMatching(/no such author.*Pass `data`/),
      })
      await expect(hooks.test(hook.id, { event: 'user.invited' })).rejects.toMatchObject({
        code: 'sample_missing',
        message: expect.stringMatching(/email/),
      })
    })

    it('come once on a double click, also to two processes', async () => {
      const first = await open()
      const second = await open()
      const { hooks, test } = first
      const hook = await first.listen('user.left', 'book.added')
      const made = await Promise.all([first, second, first].map((one) => one.hooks.test(hook.id)))
      expect(new Set(made.map(({ id }) => id)).size).toBe(1)
      const other = await hooks.test(hook.id, { event: 'user.left' })
      expect(other.id).not.toBe(made[0]?.id)
      test.clock.advance(1_999)
      expect(await hooks.test(hook.id)).toEqual(made[0])
      test.clock.advance(1)
      expect(await hooks.test(hook.id)).not.toEqual(made[0])
      await test.flush()
      expect(test.deliveries).toHaveLength(3)
    })

    it('come once whoever of many is first, again and again', async () => {
      const all = [await open(), await open(), await open()]
      const hook = await all[0]?.listen('user.left')
      for (let round = 1; round <= 20; round += 1) {
        for (const { test } of all) test.clock.advance(60_000)
        const made = await Promise.all(all.map(({ hooks }) => hooks.test(hook?.id ?? 0)))
        expect(new Set(made.map(({ id }) => id)).size).toBe(1)
      }
      expect(await all[0]?.hooks.deliveries()).toHaveLength(20)
    })

    it('are refused for a hook that is disabled, missing, or another’s, and for events that it has not', async () => {
      const { hooks, test, listen } = await open()
      const hook = await listen('user.left')
      const refused = (options: object, code: string, id = hook.id) =>
        expect(hooks.test(id, options)).rejects.toMatchObject({ code })
      await refused({ event: 'user.invited' }, 'event_invalid')
      await refused({ event: 'user.lfet' }, 'event_unknown')
      await refused({ owner: 2 }, 'hook_missing')
      await refused({}, 'hook_missing', 99)
      await refused({ evnet: 'user.left' }, 'option_invalid')
      await hooks.disable(hook.id)
      await refused({}, 'hook_disabled')
      await hooks.enable(hook.id)
      await hooks.delete(hook.id)
      await refused({}, 'hook_missing')
      await test.flush()
      expect(test.deliveries).toEqual([])
    })

    it('go through the lane of a hook with an order or a rate', async () => {
      const { hooks, test, store, listen } = await open()
      const hook = await listen('user.left')
      await store.db.updateTable('hook').set({ rate_limit: 30 }).execute()
      await hooks.test(hook.id)
      const rows = await store.db.selectFrom('delivery').select(['due_at', 'parked_due_at']).execute()
      expect(rows).toEqual([{ due_at: null, parked_due_at: test.clock.now() }])
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
    })
  })
}
