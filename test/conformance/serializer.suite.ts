import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createHooks } from '../../src/index.ts'
import { seamsOf } from '../support/seams.ts'
import { application, type BookRow, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** The application's own code between the row and the data. */
export function serializerSuite(harness: Harness): void {
  describe(`serializers on ${harness.name}`, () => {
    const app = application(harness)

    function bookstore(serialize: (book: BookRow) => unknown) {
      return app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: { Book: { table: 'book', owner: 'user_id', serialize } },
          events: { 'book.added': 'Book.created', 'user.logged_in': null },
        }),
      )
    }

    const titles = (deliveries: readonly { json: unknown }[]) =>
      deliveries.map(({ json }) => (json as { data: { title: string } }).data.title)

    it('that throw lose nothing: the event is marked, seen, tried again and delivered after the cure', async () => {
      let broken = true
      const { hooks, test, log } = await bookstore((book) => {
        if (broken && book.title === 'bad') throw new Error('no such author')
        return { title: book.title }
      })
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.addBook({ id: 1, title: 'bad' })
      await app.addBook({ id: 2, title: 'good' })
      await test.flush()
      expect(titles(test.deliveries)).toEqual(['good'])
      const failing = await hooks.events({ failing: true })
      expect(failing).toMatchObject([
        { name: 'book.added', owner: '1', error: 'no such author', fannedOut: false, data: null },
      ])
      expect(log).toContainEqual(
        expect.objectContaining({ level: 'error', message: expect.stringContaining('no such author') }),
      )

      test.clock.advance(4_000)
      broken = false
      await test.flush()
      expect(titles(test.deliveries)).toEqual(['good'])
      test.clock.advance(1_001)
      await test.flush()
      expect(titles(test.deliveries)).toEqual(['good', 'bad'])
      expect(await hooks.events({ failing: true })).toEqual([])
      expect(test.deliveries[1]?.id.startsWith(failing[0]?.id ?? '?')).toBe(true)
    })

    it('that go on throwing are tried less and less often, an hour apart in the end', async () => {
      const serialize = vi.fn((_: BookRow): unknown => {
        throw new Error('always')
      })
      const { hooks, test } = await bookstore(serialize)
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.addBook({ id: 1 })
      const waits: number[] = []
      let last = test.clock.now()
      await test.flush()
      while (waits.length < 12) {
        test.clock.advance(2_500)
        const before = serialize.mock.calls.length
        await test.flush()
        if (serialize.mock.calls.length === before) continue
        waits.push((test.clock.now() - last) / 1000)
        last = test.clock.now()
      }
      expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600])
    })

    it('that give what JSON cannot hold have failed, with the place', async () => {
      const { hooks, test } = await bookstore(() => ({ tags: new Set(['a']) }))
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.addBook({ id: 1 })
      await test.flush()
      expect(await hooks.events({ failing: true })).toMatchObject([
        { error: expect.stringContaining('"book.added".tags') },
      ])
    })

    it('that take long delay no other event', async () => {
      const slow = Promise.withResolvers<void>()
      const { hooks, test } = await bookstore(async (book) => {
        if (book.title === 'slow') await slow.promise
        return { title: book.title }
      })
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.addBook({ id: 1, title: 'slow' })
      await app.addBook({ id: 2, title: 'quick' })
      const flushed = test.flush()
      await vi.waitFor(() => expect(titles(test.deliveries)).toEqual(['quick']))
      slow.resolve()
      await flushed
      expect(titles(test.deliveries)).toEqual(['quick', 'slow'])
    })

    it('that never end are given up after a minute, and tried again like those that throw', async () => {
      let broken = true
      const serialize = vi.fn((book: BookRow) => (broken ? new Promise(() => {}) : { title: book.title }))
      const { hooks, test } = await bookstore(serialize)
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.addBook({ id: 1, title: 'slow' })
      const flushed = test.flush()
      await vi.waitFor(() => expect(serialize).toHaveBeenCalledOnce())
      const { dispatcher } = seamsOf(hooks)
      for (let seconds = 0; seconds < 60; seconds += 4) {
        test.clock.advance(4_000)
        await dispatcher.turn()
      }
      await flushed
      expect(await hooks.events({ failing: true })).toMatchObject([
        { error: expect.stringContaining('"book.added" has not ended within 60000 ms') },
      ])
      broken = false
      test.clock.advance(5_000)
      await test.flush()
      expect(titles(test.deliveries)).toEqual(['slow'])
    })

    it('run once per event, however many hooks hear of it', async () => {
      const serialize = vi.fn((book: BookRow) => ({ title: book.title }))
      const { hooks, test } = await bookstore(serialize)
      for (let n = 0; n < 30; n += 1)
        await hooks.create({ owner: 1, event: 'book.added', target: `${TARGET}/${n}` })
      for (let id = 1; id <= 100; id += 1) await app.addBook({ id })
      test.respond(() => ({ status: test.deliveries.length % 2 === 0 ? 200 : 500 }))
      await test.flush()
      test.clock.advance(60_000)
      await test.flush()
      expect(test.deliveries.length).toBeGreaterThan(3000)
      expect(serialize).toHaveBeenCalledTimes(100)
    })

    it('may be a Standard Schema, and read the database', async () => {
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: {
            Book: {
              table: 'book',
              owner: 'user_id',
              serialize: z.object({ title: z.string().toUpperCase() }),
            },
            Sequel: {
              table: 'book',
              owner: 'user_id',
              serialize: async (book: BookRow, { db }) => ({
                others: await db.selectFrom('book').select('id').where('id', '!=', book.id).execute(),
              }),
            },
          },
          events: { 'book.added': 'Book.created', 'sequel.read': 'Sequel.read' },
        }),
      )
      await hooks.create({ owner: 1, events: ['book.added', 'sequel.read'], target: TARGET })
      await app.addBook({ id: 1, title: 'Momo' })
      await app.addBook({ id: 2, title: 'Krabat' })
      await hooks.trigger('Sequel.read', 2)
      await test.flush()
      const data = test.deliveries.map(({ json }) => (json as { data: object }).data)
      expect(data).toEqual(
        expect.arrayContaining([{ title: 'MOMO' }, { title: 'KRABAT' }, { others: [{ id: 1 }] }]),
      )
    })

    it("of another process's catalog are waited for, and said so", async () => {
      const first = await bookstore((book) => ({ title: book.title }))
      await first.hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await first.hooks.send('user.logged_in', { title: 'waits' }, { owner: 1 })
      const second = await app.open((database, logger) =>
        createHooks({ database, logger, events: { 'user.other': null } }),
      )
      await second.test.flush()
      expect(second.test.deliveries).toEqual([])
      expect(second.log).toContainEqual(
        expect.objectContaining({ level: 'warn', message: expect.stringContaining('user.logged_in') }),
      )
      await first.test.flush()
      expect(titles(first.test.deliveries)).toEqual(['waits'])
    })
  })
}
