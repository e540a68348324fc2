import { describe, expect, it } from 'vitest'
import { parseExact } from '../../src/core/json.ts'
import { createHooks, djangoSerializer } from '../../src/index.ts'
import { verify } from '../../src/signature/standard-webhooks.ts'
import { application, type BookRow, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** From a changed row to the POST. */
export function captureSuite(harness: Harness): void {
  describe(`a changed row on ${harness.name}`, () => {
    const app = application(harness)

    const bookstore = () =>
      app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: {
            Book: {
              table: 'book',
              owner: 'user_id',
              serialize: (book: BookRow) => ({ title: book.title, pages: book.pages }),
            },
          },
          events: {
            'book.added': 'Book.created',
            'book.announced': { on: 'Book.created+' },
            'book.changed': 'Book.updated',
            'book.removed': 'Book.deleted',
            'book.finished': {
              on: 'Book.updated',
              when: (book, before) => book.read_pages === book.pages && before.read_pages !== book.pages,
            },
          },
        }),
      )

    it('is one POST to each hook of its owner, in the form that drf-hooks sends, and is signed', async () => {
      const { hooks, test } = await bookstore()
      const one = await hooks.create({ owner: 1, event: 'book.added', target: `${TARGET}/1` })
      await hooks.create({ owner: 1, event: 'book.added', target: `${TARGET}/2` })
      await app.addBook({ id: 1, title: 'The Two Towers', pages: 327, user_id: 1 })
      await test.flush()

      expect(test.deliveries.map(({ target }) => target).sort()).toEqual([`${TARGET}/1`, `${TARGET}/2`])
      const delivery = test.deliveries.find(({ target }) => target === `${TARGET}/1`)
      expect(delivery?.body).toBe(
        `{"hook":{"id":${one.id},"event":"book.added","target":"${TARGET}/1"},"data":{"title":"The Two Towers","pages":327}}`,
      )
      expect(delivery?.headers).toMatchObject({
        'content-type': 'application/json',
        'webhook-id': expect.stringMatching(/^[0-9a-f]{32}_\d+$/),
        'webhook-timestamp': String(test.clock.now() / 1000),
        'webhook-signature': expect.stringMatching(/^v1,/),
      })
      const signed = {
        id: delivery?.id ?? '',
        timestamp: test.clock.now() / 1000,
        now: test.clock.now() / 1000,
        body: delivery?.body ?? '',
        signature: delivery?.headers['webhook-signature'] ?? '',
        secrets: await hooks.secrets(one.id),
      }
      expect(verify(signed)).toBe(true)
      expect(verify({ ...signed, body: `${signed.body} ` })).toBe(false)
      await test.flush()
      expect(test.deliveries).toHaveLength(2)
    })

    it("reaches no other owner's hooks", async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'book.added', target: `${TARGET}/1` })
      await hooks.create({ owner: 2, event: 'book.added', target: `${TARGET}/2` })
      await hooks.create({ owner: '10', event: 'book.added', target: `${TARGET}/10` })
      await app.addBook({ id: 1, user_id: 2 })
      await test.flush()
      expect(test.deliveries.map(({ target }) => target)).toEqual([`${TARGET}/2`])
    })

    it("reaches every owner's hooks where the event has +", async () => {
      const { hooks, test } = await bookstore()
      for (const owner of [1, 2, 3])
        await hooks.create({ owner, event: 'book.announced', target: `${TARGET}/${owner}` })
      await app.addBook({ id: 1, user_id: 2 })
      await test.flush()
      expect(test.deliveries.map(({ target }) => target).sort()).toEqual(
        [1, 2, 3].map((owner) => `${TARGET}/${owner}`),
      )
    })

    it('without an owner reaches nobody, but for an event with +', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, events: ['book.added', 'book.announced'], target: TARGET })
      await app.database.exec("INSERT INTO book (id, title, user_id) VALUES (1, 'Nobody', NULL)")
      await test.flush()
      expect(test.deliveries.map(({ json }) => json)).toEqual([
        expect.objectContaining({ hook: expect.objectContaining({ event: 'book.announced' }) }),
      ])
    })

    it('has its event in the order in which the rows of a transaction were written', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.database.transaction(() => {
        void app.database.exec("INSERT INTO book (id, title, user_id) VALUES (9, 'first', 1)")
        void app.database.exec("INSERT INTO book (id, title, user_id) VALUES (3, 'second', 1)")
      })
      await test.flush()
      expect(test.deliveries.map(({ json }) => (json as { data: BookRow }).data.title)).toEqual([
        'first',
        'second',
      ])
      const events = await hooks.events()
      expect(events.toReversed().map(({ data }) => JSON.parse(data ?? '').title)).toEqual(['first', 'second'])
    })

    it('that is rolled back sends nothing', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.database.exec('BEGIN')
      await app.addBook({ id: 1 })
      await app.database.exec('ROLLBACK')
      await app.addBook({ id: 2, title: 'Kept' })
      await test.flush()
      expect(test.deliveries.map(({ json }) => (json as { data: BookRow }).data.title)).toEqual(['Kept'])
    })

    it('is several events where several are on its action, and one delivery of each', async () => {
      const { hooks, test } = await bookstore()
      const hook = await hooks.create({ owner: 1, events: ['book.added', 'book.announced'], target: TARGET })
      await app.addBook({ id: 1 })
      await test.flush()
      const events = test.deliveries.map(({ json }) => (json as { hook: { event: string } }).hook.event)
      expect(events.sort()).toEqual(['book.added', 'book.announced'])
      expect(new Set(test.deliveries.map(({ id }) => id)).size).toBe(2)
      expect(await hooks.deliveries({ hookId: hook.id })).toHaveLength(2)
    })

    it('is the event that `when` describes only when it is so; the others leave nothing behind', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'book.finished', target: TARGET })
      await app.addBook({ id: 1, pages: 100 })
      await app.database.exec('UPDATE book SET read_pages = 50 WHERE id = 1')
      await test.flush()
      expect(test.deliveries).toEqual([])
      expect(await hooks.events()).toEqual([])

      await app.database.exec('UPDATE book SET read_pages = 100 WHERE id = 1')
      await app.database.exec("UPDATE book SET title = 'Read' WHERE id = 1")
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
    })

    it('is a deletion with the row as it was', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'book.removed', target: TARGET })
      await app.addBook({ id: 1, title: 'Gone', pages: 5 })
      await app.database.exec('DELETE FROM book')
      await test.flush()
      expect(test.deliveries.map(({ json }) => json)).toEqual([
        expect.objectContaining({ data: { title: 'Gone', pages: 5 } }),
      ])
    })

    it('writes nothing when no hook listens', async () => {
      const { hooks, test } = await bookstore()
      const hook = await hooks.create({ owner: 1, event: 'book.removed', target: TARGET })
      await app.addBook({ id: 1 })
      await hooks.delete(hook.id)
      await app.database.exec('DELETE FROM book')
      await test.flush()
      expect(await hooks.events()).toEqual([])
    })

    it('arrives with big integers, bytes, NULL and unicode exactly as they are', async () => {
      const { type, literal } = app.database.bytes
      await app.database.exec(
        `CREATE TABLE cover (id BIGINT PRIMARY KEY, image ${type}, note TEXT, empty TEXT, user_id INTEGER)`,
      )
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: { Cover: { table: 'cover', owner: 'user_id' } },
          events: { 'cover.added': 'Cover.created' },
        }),
      )
      await hooks.create({ owner: 1, event: 'cover.added', target: TARGET })
      await app.database.exec(
        `INSERT INTO cover VALUES (9007199254740993, ${literal('00ff10')}, 'Ω 🎉 "quoted" \u2028 \\', NULL, 1)`,
      )
      await test.flush()
      expect(parseExact(test.deliveries[0]?.body ?? '')).toMatchObject({
        data: {
          id: 9007199254740993n,
          image: 'AP8Q',
          note: 'Ω 🎉 "quoted" \u2028 \\',
          empty: null,
          user_id: 1,
        },
      })
      expect(test.deliveries[0]?.body).toContain('"id":9007199254740993,')
    })

    it("arrives in Django's form through djangoSerializer", async () => {
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: {
            Book: {
              table: 'book',
              owner: 'user_id',
              serialize: djangoSerializer<BookRow>({ model: 'bookstore.book', fields: { user: 'user_id' } }),
            },
          },
          events: { 'book.added': 'Book.created' },
        }),
      )
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.addBook({ id: 7, title: 'Momo', pages: 304 })
      await test.flush()
      expect(test.deliveries[0]?.json).toMatchObject({
        data: {
          model: 'bookstore.book',
          pk: 7,
          fields: { title: 'Momo', pages: 304, read_pages: 0, user: 1 },
        },
      })
    })
  })
}
