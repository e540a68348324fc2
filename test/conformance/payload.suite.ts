import { describe, expect, it, vi } from 'vitest'
import { createHooks, type HookwrightError } from '../../src/index.ts'
import { application, type BookRow, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** What a hook is sent. */
export function payloadSuite(harness: Harness): void {
  describe(`the form of a body on ${harness.name}`, () => {
    const app = application(harness)

    const bookstore = (options: object = {}) =>
      app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: {
            Book: { table: 'book', owner: 'user_id', serialize: (book: BookRow) => ({ title: book.title }) },
          },
          events: { 'book.added': 'Book.created', 'book.read': 'Book.read', 'user.logged_in': null },
          ...options,
        }),
      )

    const hook = { owner: 1, event: 'book.added', target: TARGET } as const
    const timestamp = new Date(START).toISOString()

    it('is the envelope, and another one where the hook or the application says so', async () => {
      const { hooks, test } = await bookstore({ hook: { payload: 'standard' } })
      await hooks.create({ ...hook, event: 'user.logged_in' })
      const own = await hooks.create({ ...hook, event: 'user.logged_in', payload: 'envelope' })
      expect(own.payload).toBe('envelope')
      await hooks.send('user.logged_in', { n: 1 }, { owner: 1 })
      await test.flush()
      expect(test.deliveries.map(({ body }) => body).toSorted()).toEqual([
        `{"hook":{"id":${own.id},"event":"user.logged_in","target":"${TARGET}"},"data":{"n":1}}`,
        `{"type":"user.logged_in","timestamp":"${timestamp}","data":{"n":1}}`,
      ])
      expect((await hooks.update(own.id, { payload: null })).payload).toBeNull()
      test.clear()
      await hooks.send('user.logged_in', { n: 2 }, { owner: 1 })
      await test.flush()
      expect(test.deliveries.map(({ body }) => body.slice(0, 8))).toEqual(['{"type":', '{"type":'])
    })

    it('is shown as it was posted last, also where the form was changed between two attempts', async () => {
      const { hooks, test } = await bookstore({ hook: { payload: () => 'by a function' } })
      const { id } = await hooks.create({ ...hook, event: 'user.logged_in' })
      await hooks.send('user.logged_in', 1, { owner: 1 })
      test.respond(() => ({ status: 500 }))
      for (const payload of ['standard', null, 'thin'] as const) {
        await test.flush()
        await hooks.update(id, { payload })
        test.clock.advance(3_600_000)
      }
      test.respond(() => ({ status: 200 }))
      await test.flush()
      const [delivery] = await hooks.deliveries({ status: 'delivered' })
      expect(test.deliveries.map(({ body }) => body.slice(0, 8))).toEqual([
        '"by a fu',
        '{"type":',
        '"by a fu',
        '{"type":',
      ])
      expect((await hooks.delivery(delivery?.id ?? '')).body).toBe(test.deliveries.at(-1)?.body)
    })

    it('of a retry has the time of the event, not of the attempt', async () => {
      const { hooks, test } = await bookstore({ hook: { payload: 'standard' } })
      await hooks.create({ ...hook, event: 'user.logged_in' })
      await hooks.send('user.logged_in', 'text "as it is"', { owner: 1 })
      test.respond(() => ({ status: 500 }))
      await test.flush()
      test.clock.advance(10_000)
      await test.flush()
      const bodies = test.deliveries.map(({ body }) => body)
      expect(bodies).toHaveLength(2)
      expect(bodies[0]).toContain(`"timestamp":"${timestamp}","data":"text \\"as it is\\""`)
      expect(bodies[1]).toBe(bodies[0])
    })

    it('`thin` tells the key and nothing else, by whatever action', async () => {
      const { hooks, test } = await bookstore()
      const { event: _, ...rest } = hook
      await hooks.create({ ...rest, events: ['book.added', 'book.read', 'user.logged_in'], payload: 'thin' })
      await app.addBook({ id: 7, title: 'Momo' })
      await test.flush()
      await hooks.trigger('Book.read', 7)
      await test.flush()
      await hooks.send('user.logged_in', { secret: 'x' }, { owner: 1 })
      await test.flush()
      // Sent by hand it is of no row, though its event has a model.
      await hooks.send('book.added', { title: 'Krabat' }, { owner: 1 })
      await test.flush()
      const bodies = test.deliveries.map(({ json }) => json as { type: string; data: unknown })
      expect(bodies.map(({ type, data }) => [type, data])).toEqual([
        ['book.added', { id: 7 }],
        ['book.read', { id: 7 }],
        ['user.logged_in', {}],
        ['book.added', {}],
      ])
    })

    it('`thin` has keys of several columns, exactly, by the names of user code', async () => {
      await app.database.exec(
        'CREATE TABLE order_line (order_id BIGINT NOT NULL, line_no INTEGER NOT NULL, user_id INTEGER, PRIMARY KEY (order_id, line_no))',
      )
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: {
            Line: { table: 'order_line', owner: 'user_id', naming: 'camel' },
            Keyed: { table: 'book', owner: 'user_id', key: 'title', columns: { name: 'title' } },
          },
          events: {
            'line.removed': 'Line.deleted',
            'book.added': { on: 'Keyed.created', when: (row) => row.name === 'Momo' && !('title' in row) },
          },
          hook: { payload: 'thin' },
        }),
      )
      await hooks.create({ owner: 1, events: ['line.removed', 'book.added'], target: TARGET })
      await app.database.exec('INSERT INTO order_line VALUES (9007199254740993, 2, 1)')
      await app.database.exec('DELETE FROM order_line')
      await test.flush()
      await app.addBook({ id: 1, title: 'Momo' })
      await test.flush()
      expect(test.deliveries.map(({ body }) => body.slice(body.indexOf('"data"')))).toEqual([
        '"data":{"orderId":9007199254740993,"lineNo":2}}',
        '"data":{"name":"Momo"}}',
      ])
    })

    it('`thin` of a table without a key is a failed attempt that says so', async () => {
      await app.database.exec('CREATE TABLE note (text TEXT, user_id INTEGER)')
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: { Note: { table: 'note', owner: 'user_id' } },
          events: { 'note.added': 'Note.created' },
        }),
      )
      const { id } = await hooks.create({ owner: 1, event: 'note.added', target: TARGET, payload: 'thin' })
      await app.database.exec("INSERT INTO note VALUES ('a', 1)")
      await test.flush()
      expect(test.deliveries).toEqual([])
      const [delivery] = await hooks.deliveries()
      const { log } = await hooks.delivery(delivery?.id ?? '')
      expect(log).toMatchObject([
        { error: { code: 'payload', message: expect.stringContaining('models["Note"].key') } },
      ])
      // The row is there: another form is delivered.
      await hooks.update(id, { payload: 'standard' })
      test.clock.advance(10_000)
      await test.flush()
      expect(test.deliveries.map(({ json }) => (json as { data: unknown }).data)).toEqual([
        { text: 'a', user_id: 1 },
      ])
    })

    it('by a function is told of the time, the key and what was before', async () => {
      const told: unknown[] = []
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: { Book: { table: 'book', owner: 'user_id' } },
          events: { 'book.changed': { on: 'Book.updated', previous: true }, 'user.logged_in': null },
          hook: {
            payload: (_, { createdAt, key, previous }) => {
              told.push({ createdAt: createdAt instanceof Date, key, previous })
              return {}
            },
          },
        }),
      )
      await app.addBook({ id: 1 })
      await hooks.create({ owner: 1, events: ['book.changed', 'user.logged_in'], target: TARGET })
      await hooks.create({ owner: 1, event: 'book.changed', target: `${TARGET}/thin`, payload: 'thin' })
      await app.database.exec('UPDATE book SET pages = 7 WHERE id = 1')
      await test.flush()
      await hooks.send('user.logged_in', {}, { owner: 1 })
      await test.flush()
      expect(told).toEqual([
        { createdAt: true, key: { id: 1 }, previous: { pages: 100 } },
        { createdAt: true, key: null, previous: undefined },
      ])
      const thin = test.deliveries.find(({ target }) => target.endsWith('/thin'))
      expect(thin?.json).toMatchObject({ data: { id: 1 } })
    })
  })

  describe(`what was before on ${harness.name}`, () => {
    const app = application(harness)

    it('stands at the end of the body, as the data had it, of the events that ask for it', async () => {
      const serialize = vi.fn((book: BookRow) => ({ title: book.title, long: (book.pages ?? 0) > 300 }))
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: { Book: { table: 'book', owner: 'user_id', serialize } },
          events: {
            'book.changed': { on: 'Book.updated', previous: true },
            'book.touched': 'Book.updated',
            'book.read': { on: 'Book.read', previous: false },
          },
        }),
      )
      await app.addBook({ id: 1, title: 'Momo' })
      for (const payload of ['envelope', 'standard', 'thin'] as const)
        await hooks.create({ owner: 1, event: 'book.changed', target: `${TARGET}/${payload}`, payload })
      await hooks.create({ owner: 1, events: ['book.touched', 'book.read'], target: `${TARGET}/plain` })
      await app.database.exec("UPDATE book SET title = 'Krabat' WHERE id = 1")
      await test.flush()
      const ends = new Map(
        test.deliveries.map(({ target, body }) => [
          target.slice(TARGET.length + 1),
          body.slice(body.indexOf('"data"')),
        ]),
      )
      const data = '"data":{"title":"Krabat","long":false}'
      expect(Object.fromEntries(ends)).toEqual({
        envelope: `${data},"previous":{"title":"Momo"}}`,
        standard: `${data},"previous":{"title":"Momo"}}`,
        thin: '"data":{"id":1}}',
        plain: `${data}}`,
      })
      // Twice for the event that asks, once for the other.
      expect(serialize).toHaveBeenCalledTimes(3)

      test.clear()
      await app.database.exec('UPDATE book SET pages = 200, read_pages = 5 WHERE id = 1')
      await test.flush()
      await hooks.trigger('Book.read', 1)
      // By hand there is no row before.
      await hooks.trigger('Book.updated', 1)
      await test.flush()
      const envelopes = test.deliveries.filter(({ target }) => target.endsWith('/envelope'))
      expect(envelopes.map(({ json }) => (json as { previous?: unknown }).previous)).toEqual([{}, undefined])
    })

    it('survives a fan-out in many chunks', async () => {
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: { Book: { table: 'book', owner: 'user_id' } },
          events: { 'book.changed': { on: 'Book.updated', previous: true } },
          hook: { deliver: () => {} },
        }),
      )
      await app.addBook({ id: 1 })
      for (let n = 0; n < 1_100; n += 1)
        await hooks.create({ owner: 1, event: 'book.changed', target: `${TARGET}/${n}` })
      await app.database.exec('UPDATE book SET pages = 7 WHERE id = 1')
      await test.flush()
      const { db } = app.database.store()
      const events = await db.selectFrom('event').select(['key_json', 'previous_data', 'row_json']).execute()
      expect(events).toEqual([{ key_json: '{"id":1}', previous_data: '{"pages":100}', row_json: null }])
      await db.destroy()
    })
  })

  describe(`the size of a payload on ${harness.name}`, () => {
    const app = application(harness)

    const small = (options: object = {}) =>
      app.open((database, logger) =>
        createHooks({
          database,
          logger,
          maxPayloadBytes: 100,
          models: { Book: { table: 'book', owner: 'user_id', serialize: (book: BookRow) => book.title } },
          events: { 'user.logged_in': null, 'book.added': 'Book.created' },
          ...options,
        }),
      )

    it('is held to by `send`, at once and in bytes, and the limit is allowed', async () => {
      const { hooks, test } = await small()
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      const error: HookwrightError = await hooks.send('user.logged_in', 'ä'.repeat(50), { owner: 1 }).then(
        () => expect.fail('it was sent'),
        (reason) => reason,
      )
      expect(error).toMatchObject({ code: 'payload_too_large', status: 413, field: 'payload' })
      expect(error.message).toMatch(/102 bytes.*maxPayloadBytes is 100.*thin/)
      await hooks.send('user.logged_in', 'ä'.repeat(49), { owner: 1 })
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
    })

    it('beyond it makes an event of a row wait for a better serializer, and nothing else', async () => {
      const { hooks, test } = await small()
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.addBook({ id: 1, title: 'x'.repeat(99) })
      await app.addBook({ id: 2, title: 'x'.repeat(98) })
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
      expect(await hooks.events({ failing: true })).toMatchObject([
        {
          error: expect.stringMatching(/"book.added": it has 101 bytes.*maxPayloadBytes is 100/),
          fannedOut: false,
        },
      ])
    })

    it('is held to by what hook.payload makes, but for an envelope', async () => {
      let length = 2_146
      const { hooks, test } = await small({ hook: { payload: () => 'x'.repeat(length) } })
      await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.send('user.logged_in', {}, { owner: 1 })
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
      length += 1
      await hooks.send('user.logged_in', {}, { owner: 1 })
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
      const [delivery] = await hooks.deliveries({ status: 'pending' })
      const { log } = await hooks.delivery(delivery?.id ?? '')
      expect(log).toMatchObject([
        { error: { code: 'payload', message: expect.stringContaining('2149 bytes') } },
      ])
    })

    it('is held to by test events, and not by what hookwright tells of itself', async () => {
      const { hooks, test } = await small({ maxPayloadBytes: 10 })
      const { id } = await hooks.create({
        owner: 1,
        events: ['user.logged_in', 'hook.disabled'],
        target: TARGET,
      })
      await expect(hooks.test(id, { event: 'user.logged_in', data: 'x'.repeat(9) })).rejects.toMatchObject({
        code: 'payload_too_large',
      })
      const other = await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/2` })
      await hooks.disable(other.id, 'x'.repeat(100))
      await test.flush()
      expect(test.deliveries.map(({ json }) => json)).toMatchObject([{ hook: { event: 'hook.disabled' } }])
    })
  })
}
