import { describe, expect, it, onTestFinished } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { application, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** The requests in the log of attempts. */
export function requestLogSuite(harness: Harness): void {
  describe(`the log of requests on ${harness.name}`, () => {
    const app = application(harness)

    async function open(hook: object = {}) {
      return await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events: { a: null },
          dispatch: { retry: { delaysMs: [1_000, 1_000] } },
          hook,
        }),
      )
    }

    it('has URL and headers of each attempt as they were sent, and hides what is confidential', async () => {
      const { hooks, store, test } = await open()
      const headers = { 'X-Api-Key': 'k3y-of-hook', 'User-Agent': 'agent-of-hook' }
      const { id: hookId } = await hooks.create({
        owner: 1,
        event: 'a',
        target: `${TARGET}?token=t0ken`,
        headers,
      })
      test.respond(() => ({ status: 500 }))
      await hooks.send('a', { ü: 1 }, { owner: 1 })
      await test.flush()
      await hooks.update(hookId, { target: `${TARGET}/new`, headers: {} })
      test.clock.advance(10_000)
      await test.flush()

      const [delivery] = await hooks.deliveries()
      const id = delivery?.id ?? ''
      const { log } = await hooks.delivery(id)
      const [first, second] = test.deliveries
      const length = (body = '') => String(Buffer.byteLength(body))
      const signing = (sent: typeof first) =>
        ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, sent?.headers[name]])
      expect(log.map(({ request }) => request)).toEqual([
        {
          url: `${TARGET}?[hidden]`,
          headers: [
            ['host', 'example.com'],
            ['connection', 'keep-alive'],
            ['content-type', 'application/json'],
            ['user-agent', '[hidden]'],
            ['x-api-key', '[hidden]'],
            ...signing(first),
            ['content-length', length(first?.body)],
          ],
        },
        {
          url: `${TARGET}/new`,
          headers: [
            ['host', 'example.com'],
            ['connection', 'keep-alive'],
            ['content-type', 'application/json'],
            ['user-agent', second?.headers['user-agent']],
            ...signing(second),
            ['content-length', length(second?.body)],
          ],
        },
      ])
      expect(signing(first)).not.toEqual(signing(second))
      const kept = await store.db.selectFrom('attempt').select('request').execute()
      expect(JSON.stringify(kept)).not.toMatch(/k3y-of-hook|agent-of-hook|t0ken/)
    })

    it('is also there for attempts by id', async () => {
      const ids: string[] = []
      const { hooks, test } = await open({ deliver: (given: string[]) => void ids.push(...given) })
      await hooks.create({ owner: 1, event: 'a', target: TARGET })
      await hooks.send('a', {}, { owner: 1 })
      await test.flush()
      const [id = ''] = ids
      await hooks.attempt(id)
      const { log } = await hooks.delivery(id)
      expect(log[0]?.request).toMatchObject({
        url: TARGET,
        headers: expect.arrayContaining([['webhook-id', id]]),
      })
    })

    it('has none where there was no body, or the address was refused', async () => {
      const { hooks, store, test } = await open({
        payload: (_hook: unknown, { data }: { data: unknown }) => {
          if (data === 'bad') throw new Error('no body')
          return data
        },
      })
      const { id: hookId } = await hooks.create({ owner: 1, event: 'a', target: TARGET })
      await hooks.send('a', 'bad', { owner: 1 })
      await test.flush()
      const { hooks: real } = await openReal()
      await store.db
        .updateTable('hook')
        .set({ target: 'http://10.0.0.1/' })
        .where('id', '=', hookId)
        .execute()
      await real.send('a', 'good', { owner: 1 })
      await real.drain()
      const codes: unknown[] = []
      for (const { id } of await hooks.deliveries()) {
        for (const { error, request } of (await hooks.delivery(id)).log) codes.push([error?.code, request])
      }
      expect(codes).toContainEqual(['payload', null])
      expect(codes).toContainEqual(['refused_address', null])
    })

    /** Another process, on the network that there is. */
    async function openReal() {
      const hooks = createHooks({ database: app.database.store(), events: { a: null } })
      onTestFinished(() => hooks.close())
      await hooks.migrate()
      return { hooks }
    }

    it('is added to a database of the version before, whose processes go on writing to it', async () => {
      const { hooks, store, test } = await open()
      await hooks.create({ owner: 1, event: 'a', target: TARGET })
      await hooks.send('a', {}, { owner: 1 })
      await test.flush()
      const [delivery] = await hooks.deliveries()
      const id = delivery?.id ?? ''
      await store.db.schema.alterTable('attempt').dropColumn('request').execute()
      await store.db.deleteFrom('migration').where('name', '=', 'requests').execute()

      const { hooks: newer } = await openReal()
      expect((await newer.delivery(id)).log).toMatchObject([{ number: 1, status: 200, request: null }])
      // As the version before writes one.
      const {
        request: _,
        id: __,
        ...row
      } = await store.db.selectFrom('attempt').selectAll().executeTakeFirstOrThrow()
      await store.db
        .insertInto('attempt')
        .values({ ...row, number: 2 })
        .execute()
      const { log } = await newer.delivery(id)
      expect(log.map(({ number, request }) => [number, request])).toEqual([
        [1, null],
        [2, null],
      ])
      await newer.send('a', {}, { owner: 1 })
      await test.flush()
      const [last] = await newer.deliveries()
      expect((await newer.delivery(last?.id ?? '')).log[0]?.request).toMatchObject({ url: TARGET })
    })
  })
}
