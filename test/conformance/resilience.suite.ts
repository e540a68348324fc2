import { describe, expect, it } from 'vitest'
import type { Logger } from '../../src/core/logger.ts'
import { waiting } from '../../src/dispatch/waiting.ts'
import { fanOut } from '../../src/events/index.ts'
import { createHooks, everyone } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** What one event, hook or function of the application's does must not hold up the others. */
export function resilienceSuite(harness: Harness): void {
  describe(`what goes wrong with one on ${harness.name}`, () => {
    const app = application(harness)
    const plain = (database: Store, logger: Logger) =>
      createHooks({ database, logger, events: { big: null, small: null } })

    it.each([
      ['a list', ['title must be a string']],
      ['nothing', undefined],
      ['an object without text', Object.create(null)],
      ['a NUL and half a character', 'a\0b\uD800'],
    ])('is an error whose message is %s: it is marked, and the others go out', async (_, message) => {
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: {
            Book: {
              table: 'book',
              owner: 'user_id',
              serialize: () => {
                throw Object.assign(new Error('x'), { message })
              },
            },
          },
          events: { 'book.added': 'Book.created', small: null },
        }),
      )
      await hooks.create({ owner: 1, events: ['book.added', 'small'], target: TARGET })
      await app.addBook({ id: 1, user_id: 1 })
      await hooks.send('small', 1, { owner: 1 })
      await test.flush()
      expect(test.deliveries.map(({ json }) => (json as { data: unknown }).data)).toEqual([1])
      expect(await hooks.events({ failing: true })).toMatchObject([
        { name: 'book.added', error: expect.any(String), fannedOut: false },
      ])
    })

    it('is a logger that throws: deliveries go on', async () => {
      const { hooks, test } = await app.open((database) =>
        createHooks({
          database,
          logger: {
            debug: boom,
            info: boom,
            warn: boom,
            error: boom,
          },
          models: { Book: { table: 'book', owner: 'user_id', serialize: () => boom() } },
          events: { 'book.added': 'Book.created', small: null },
        }),
      )
      await hooks.create({ owner: 1, events: ['book.added', 'small'], target: TARGET })
      await app.addBook({ id: 1, user_id: 1 })
      await test.flush()
      await hooks.send('small', 1, { owner: 1 })
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
    })

    it('are many events with much data: each turn takes what it can carry', async () => {
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({ database, logger, events: { big: null }, maxPayloadBytes: 4_000_000 }),
      )
      await hooks.create({ owner: 1, event: 'big', target: TARGET })
      const payload = 'x'.repeat(3_000_000)
      for (let n = 0; n < 5; n += 1) await hooks.send('big', payload, { owner: 1 })

      const store = app.database.store()
      const events = await store.db.selectFrom('event').selectAll().orderBy('seq').execute()
      const prepared = events.map((event) => ({
        event: { ...event, fanout_due_at: event.fanout_due_at ?? 0 },
        outcome: 'ready' as const,
        data: event.data ?? '',
        key_json: null,
        previous_data: null,
        found: undefined,
      }))
      const { left } = await store.write(() => fanOut(store, prepared, START, 1_000))
      await store.close()
      expect(left.map(({ event }) => event.seq)).toEqual(events.slice(2).map(({ seq }) => seq))

      await test.flush()
      expect(test.deliveries.map(({ body }) => body.length > payload.length)).toEqual(Array(5).fill(true))
    })

    it('is a broadcast to very many hooks: an event behind it does not wait for its last chunk', async () => {
      const { hooks, test } = await app.open(plain)
      const small = await hooks.create({ owner: 7, event: 'small', target: `${TARGET}/small` })
      for (let owner = 1; owner <= 3_000; owner += 1) {
        await hooks.create({ owner, event: 'big', target: TARGET })
      }
      await hooks.send('big', 1, { owner: everyone })
      await hooks.send('small', 1, { owner: 7 })
      await test.flush()
      const order = test.deliveries.map(({ target }) => target)
      expect(order).toHaveLength(3_001)
      // Half of the first transaction is for those behind it.
      expect(order.indexOf(small.target)).toBeLessThan(1_000)
    })

    it('is the lost table of lanes: the next start leads to what is parked', async () => {
      const { hooks, test } = await app.open(plain)
      const hook = await hooks.create({ owner: 1, event: 'small', target: TARGET })
      await hooks.disable(hook.id)
      for (let n = 0; n < 30; n += 1) await hooks.send('small', n, { owner: 1 })
      await test.flush()
      await hooks.enable(hook.id)
      const store = app.database.store()
      await store.db.deleteFrom('lane').execute()
      await test.flush()
      expect(test.deliveries).toEqual([])

      await hooks.start()
      await hooks.stop()
      await test.flush()
      expect(test.deliveries).toHaveLength(30)
      await store.close()
    })

    it('are hooks that never answer: they hold few places, and others are served beside them', async () => {
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events: { big: null, small: null },
          dispatch: { concurrency: 16, concurrencyPerHook: 8, retry: { delaysMs: [1_000], jitter: 0 } },
        }),
      )
      for (let owner = 1; owner <= 20; owner += 1) {
        await hooks.create({ owner, event: 'big', target: `${TARGET}/silent` })
      }
      await hooks.create({ owner: 1, event: 'small', target: `${TARGET}/fine` })
      test.respond(({ target }) => {
        if (target.endsWith('silent')) throw new Error('no answer')
        return { status: 200 }
      })
      await hooks.send('big', 1, { owner: everyone })
      await test.flush()
      test.clear()
      for (let n = 0; n < 10; n += 1) await hooks.send('big', n, { owner: everyone })
      await hooks.send('small', 1, { owner: 1 })
      await test.flush()
      const place = test.deliveries.findIndex(({ target }) => target.endsWith('fine'))
      expect(place).toBeGreaterThanOrEqual(0)
      expect(place).toBeLessThan(32)
    })

    it('are serializers that never end: events of other names go out beside them', async () => {
      const never = new Promise<never>(() => {})
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          models: { Book: { table: 'book', owner: 'user_id', serialize: () => never } },
          events: { 'book.added': 'Book.created', small: null },
          hook: { deliver: (ids) => void handedOver.push(...ids) },
        }),
      )
      const handedOver: string[] = []
      await hooks.create({ owner: 1, events: ['book.added', 'small'], target: TARGET })
      const books = Array.from({ length: 450 }, (_, n) => `(${n + 1}, 'x', 1)`).join(', ')
      await app.database.exec(`INSERT INTO book (id, title, user_id) VALUES ${books}`)
      test.restore()
      await hooks.start()
      const { id } = await hooks.send('small', 1, { owner: 1 })
      await expect.poll(() => handedOver, { timeout: 20_000 }).toEqual([`${id}_1`])
      await hooks.stop()
    })

    it('is a hook at its share: what others wait for is still known', async () => {
      const { hooks, test } = await app.open(plain)
      await hooks.create({ owner: 1, event: 'small', target: TARGET })
      await hooks.create({ owner: 2, event: 'small', target: TARGET })
      await hooks.send('small', 1, { owner: 2 })
      test.respond(() => ({ status: 500 }))
      await test.flush()
      const store = app.database.store()
      await store.db
        .insertInto('delivery')
        .columns(['hook_id', 'event_seq', 'due_at'])
        .expression(store.db.selectNoFrom((eb) => [eb.lit(1).as('h'), eb.lit(99).as('e'), eb.lit(1).as('d')]))
        .execute()
      const [retried] = await hooks.deliveries({ hookId: 2 })
      const retryAt = retried?.dueAt?.getTime() ?? 0
      const found = await store.read(() => waiting(store, retryAt - 500, undefined))
      await store.close()
      expect(found).toMatchObject({ due: true, nextAt: retryAt })
    })

    it('is a close: everything opens again when it is used again', async () => {
      const { hooks, test } = await app.open(plain)
      await hooks.create({ owner: 1, event: 'small', target: TARGET })
      test.restore()
      await hooks.close()
      await hooks.start()
      await hooks.send('small', START, { owner: 1 })
      await expect
        .poll(async () => (await hooks.deliveries()).map(({ attempts }) => attempts), { timeout: 20_000 })
        .toEqual([1])
    })
  })
}

function boom(): never {
  throw new Error('boom')
}
