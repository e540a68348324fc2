import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createHooks, everyone } from '../../src/index.ts'
import { application, type BookRow, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** Events by hand. */
export function sendSuite(harness: Harness): void {
  describe(`events by hand on ${harness.name}`, () => {
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
              serialize: (book: BookRow) => ({ id: book.id, title: book.title }),
            },
          },
          events: {
            'book.added': 'Book.created',
            'book.read': 'Book.read',
            'user.logged_in': null,
            'user.renamed': z.object({ name: z.string(), at: z.number().default(7) }),
            'user.checked': z.object({ name: z.string().refine(async (name) => name !== 'bad') }),
          },
        }),
      )

    it('reach the hooks of the owner that is given', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/1` })
      await hooks.create({ owner: 2, event: 'user.logged_in', target: `${TARGET}/2` })
      const { id } = await hooks.send('user.logged_in', { name: 'Bastian' }, { owner: 1n })
      await test.flush()
      expect(test.deliveries).toMatchObject([{ target: `${TARGET}/1`, json: { data: { name: 'Bastian' } } }])
      expect(test.deliveries[0]?.id.startsWith(`${id}_`)).toBe(true)
    })

    it('reach everyone only when it is said', async () => {
      const { hooks, test } = await bookstore()
      for (const owner of ['a', 'b'])
        await hooks.create({ owner, event: 'user.logged_in', target: `${TARGET}/${owner}` })
      await hooks.send('user.logged_in', null, { owner: everyone })
      await test.flush()
      expect(test.deliveries.map(({ target }) => target).sort()).toEqual([`${TARGET}/a`, `${TARGET}/b`])
    })

    it.each([undefined, null, ''])(
      'refuse %o as an owner, so that nothing is broadcast by accident',
      async (owner) => {
        const { hooks, test } = await bookstore()
        await hooks.create({ owner: 1, events: ['user.logged_in', 'book.read'], target: TARGET })
        await app.addBook({ id: 1 })
        const refusal = { code: 'owner_missing', field: 'owner' }
        await expect(hooks.send('user.logged_in', {}, { owner } as never)).rejects.toMatchObject(refusal)
        await expect(hooks.trigger('Book.read', 1, { owner } as never)).rejects.toMatchObject(refusal)
        await expect(hooks.send('user.logged_in', {}, undefined as never)).rejects.toMatchObject(refusal)
        await test.flush()
        expect(test.deliveries).toEqual([])
      },
    )

    it('with one idempotencyKey are one event of a name and owner', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.create({ owner: 2, event: 'user.logged_in', target: TARGET })
      const first = await hooks.send('user.logged_in', { n: 1 }, { owner: 1, idempotencyKey: 'k' })
      await test.flush()
      const second = await hooks.send('user.logged_in', { n: 2 }, { owner: 1, idempotencyKey: 'k' })
      const other = await hooks.send('user.logged_in', { n: 3 }, { owner: 2, idempotencyKey: 'k' })
      await test.flush()
      expect(second.id).toBe(first.id)
      expect(other.id).not.toBe(first.id)
      expect(test.deliveries.map(({ json }) => (json as { data: { n: number } }).data.n)).toEqual([1, 3])
    })

    it.each(['', 'x'.repeat(256), 7])('refuse %o as an idempotencyKey', async (idempotencyKey) => {
      const { hooks } = await bookstore()
      await expect(
        hooks.send('user.logged_in', 1, { owner: 1, idempotencyKey } as never),
      ).rejects.toMatchObject({
        code: 'event_invalid',
        field: 'idempotencyKey',
      })
    })

    it('refuse names that the catalog does not have', async () => {
      const { hooks } = await bookstore()
      await expect(hooks.send('user.loged_in' as never, {} as never, { owner: 1 })).rejects.toMatchObject({
        code: 'event_unknown',
        message: expect.stringContaining('user.logged_in'),
      })
      await expect(hooks.trigger('Book.raed' as never, 1 as never)).rejects.toMatchObject({
        code: 'action_unknown',
      })
      await expect(hooks.trigger('Bok.read' as never, 1 as never)).rejects.toMatchObject({
        code: 'action_unknown',
      })
    })

    it("check the payload by the event's schema, and send what the schema makes of it", async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, events: ['user.renamed', 'user.checked'], target: TARGET })
      await expect(hooks.send('user.renamed', { name: 5 } as never, { owner: 1 })).rejects.toMatchObject({
        code: 'payload_invalid',
        message: expect.stringContaining('name'),
      })
      await expect(hooks.send('user.checked', { name: 'bad' }, { owner: 1 })).rejects.toMatchObject({
        code: 'payload_invalid',
      })
      await hooks.send('user.renamed', { name: 'Atréju' }, { owner: 1 })
      await hooks.send('user.checked', { name: 'good' }, { owner: 1 })
      await test.flush()
      expect(test.deliveries.map(({ json }) => (json as { data: object }).data)).toEqual([
        { name: 'Atréju', at: 7 },
        { name: 'good' },
      ])
    })

    it.each([
      [{ n: Number.NaN }, 'payload.n'],
      [{ list: [1, () => 1] }, 'payload.list[1]'],
      [{ map: new Map() }, 'payload.map'],
      [undefined, 'payload'],
    ])('refuse %o, which JSON cannot hold, and name the place', async (payload, field) => {
      const { hooks } = await bookstore()
      await expect(hooks.send('user.logged_in', payload as never, { owner: 1 })).rejects.toMatchObject({
        code: 'payload_not_json',
        field,
      })
    })

    it('keep the digits of a bigint, and text with NUL and lone surrogates', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.send('user.logged_in', { id: 2n ** 63n, text: 'a\0b\uD800' }, { owner: 1 })
      await test.flush()
      expect(test.deliveries[0]?.body).toContain(
        '"data":{"id":9223372036854775808,"text":"a\\u0000b\\ud800"}',
      )
    })

    it('fire a custom action with the row of the key', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 1, event: 'book.read', target: TARGET })
      await app.addBook({ id: 1, title: 'Momo' })
      await app.addBook({ id: 2, title: 'Other', user_id: 2 })
      await hooks.trigger('Book.read', 1)
      await hooks.trigger('Book.read', 2)
      await test.flush()
      expect(test.deliveries).toMatchObject([
        { json: { hook: { event: 'book.read' }, data: { id: 1, title: 'Momo' } } },
      ])
    })

    it('fire a built-in action again, and for another owner when one is given', async () => {
      const { hooks, test } = await bookstore()
      await hooks.create({ owner: 5, event: 'book.added', target: `${TARGET}/5` })
      await app.addBook({ id: 1 })
      await hooks.trigger('Book.created', 1, { owner: 5 })
      await test.flush()
      expect(test.deliveries.map(({ target }) => target)).toEqual([`${TARGET}/5`])
    })

    it('say that there is no such row', async () => {
      const { hooks } = await bookstore()
      await expect(hooks.trigger('Book.read', 404)).rejects.toMatchObject({
        code: 'row_missing',
        status: 404,
        message: expect.stringContaining('404'),
      })
    })

    it('find a row by a key of several columns', async () => {
      await app.database.exec(
        'CREATE TABLE loan (book_id INTEGER, reader TEXT, user_id INTEGER, PRIMARY KEY (book_id, reader))',
      )
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: { Loan: { table: 'loan', owner: 'user_id', key: ['book_id', 'reader'] } },
          events: { 'loan.extended': 'Loan.extended' },
        }),
      )
      await hooks.create({ owner: 1, event: 'loan.extended', target: TARGET })
      await app.database.exec("INSERT INTO loan VALUES (1, 'a', 1), (1, 'b', 1), (2, 'a', 1)")
      await hooks.trigger('Loan.extended', { book_id: 1, reader: 'b' })
      await test.flush()
      expect(test.deliveries).toMatchObject([{ json: { data: { book_id: 1, reader: 'b', user_id: 1 } } }])
      await expect(hooks.trigger('Loan.extended', { book_id: 1 } as never)).rejects.toMatchObject({
        code: 'key_invalid',
      })
    })

    it('keep nothing when no hook listens', async () => {
      const { hooks } = await bookstore()
      await hooks.send('user.logged_in', {}, { owner: 1 })
      expect(await hooks.events()).toEqual([])
    })
  })
}
