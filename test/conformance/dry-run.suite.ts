import { describe, expect, it } from 'vitest'
import { createHooks, type HooksOptions } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import { rows } from '../../src/store/work.ts'
import { application, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

const BASE = 'http://localhost/api/hooks'
type Options = Partial<HooksOptions<object, object, Record<never, never>>>

/** What a client asks before it does something: who it is, and whether a hook would be accepted. */
export function dryRunSuite(harness: Harness): void {
  describe(`requests that only ask, on ${harness.name}`, () => {
    const app = application(harness)

    async function open(options: Options = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events: { a: null, b: null },
          deny: ['denied.example'],
          hook: { fields: { priority: { type: 'integer' } } },
          basePath: '/api/hooks',
          api: { requestsPerSecond: false, maxHooksPerOwner: 2 },
          authenticate(request) {
            const name = request.headers.get('x-user')
            if (name === 'root') return { admin: true }
            if (name === 'eve') return { owner: 'eve', admin: true }
            return name === 'guest' ? { owner: 'alice', readOnly: true } : name
          },
          ...(options as object),
        }),
      )
      return {
        ...opened,
        async ask(method: string, path: string, body?: unknown, user: string | null = 'alice') {
          const response = await opened.hooks.handler(
            new Request(`${BASE}${path}`, {
              method,
              headers: { 'content-type': 'application/json', ...(user === null ? {} : { 'x-user': user }) },
              ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
            }),
          )
          const text = await response.text()
          return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
        },
      }
    }

    const everything = (store: Store) =>
      Promise.all(
        (['hook', 'subscription', 'listening', 'event'] as const).map((table) =>
          store.read(() => rows(store.db.selectFrom(table).selectAll())),
        ),
      )

    it('tells a caller who they are', async () => {
      const { ask } = await open({ authorize: () => false })
      const me = { admin: false, read_only: false, portal: false, expires: null }
      expect(await ask('GET', '/me/')).toEqual({ status: 200, body: { ...me, owner: 'alice' } })
      expect((await ask('GET', '/me', undefined, 'root')).body).toEqual({ ...me, owner: null, admin: true })
      expect((await ask('GET', '/me/', undefined, 'eve')).body).toEqual({ ...me, owner: 'eve', admin: true })
      expect((await ask('GET', '/me/', undefined, 'guest')).body).toEqual({
        ...me,
        owner: 'alice',
        read_only: true,
      })
      expect((await ask('GET', '/me/', undefined, null)).status).toBe(401)
      expect(await ask('POST', '/me/', {})).toEqual({
        status: 405,
        body: { detail: 'Method "POST" not allowed.' },
      })
    })

    const good = { event: 'a', target: TARGET, priority: 1 }

    it('says that a hook would be accepted, and makes none', async () => {
      const { hooks, store, ask } = await open()
      const hook = await hooks.create({ owner: 'alice', event: 'b', target: TARGET, priority: 1 } as never)
      const before = await everything(store)
      const accepted = { status: 200, body: {} }
      for (const flag of ['true', '1', 'True', 'on']) {
        expect(await ask('POST', `/?dry_run=${flag}`, good)).toEqual(accepted)
        expect(await ask('PUT', `/${hook.id}/?dry_run=${flag}`, good)).toEqual(accepted)
        expect(await ask('PATCH', `/${hook.id}/?dry_run=${flag}`, { events: ['a', 'b'] })).toEqual(accepted)
      }
      expect(await ask('PATCH', `/${hook.id}/?dry_run=true`, {})).toEqual(accepted)
      expect(await ask('POST', '/?dry_run=true', { ...good, owner: 'bob' }, 'root')).toEqual(accepted)
      expect(await everything(store)).toEqual(before)
    })

    it('does it where that is said, or nothing', async () => {
      const { hooks, ask } = await open()
      expect((await ask('POST', '/?dry_run=false', good)).status).toBe(201)
      expect((await ask('PATCH', '/1/?dry_run=0', { event: 'b' })).status).toBe(200)
      expect((await ask('POST', '/?dry_run=', good)).status).toBe(201)
      expect(await hooks.list()).toHaveLength(2)
    })

    it('does neither where it cannot be told which', async () => {
      const { hooks, ask } = await open()
      const hook = await hooks.create({ owner: 'alice', event: 'b', target: TARGET, priority: 1 } as never)
      for (const [method, path] of [
        ['POST', '/'],
        ['PUT', `/${hook.id}/`],
        ['PATCH', `/${hook.id}/`],
      ] as const) {
        expect(await ask(method, `${path}?dry_run=maybe`, good)).toEqual({
          status: 400,
          body: { dry_run: ['Must be a valid boolean.'] },
        })
      }
      expect(await hooks.list()).toEqual([hook])
    })

    it('finds wrong what the request itself finds wrong, in the same words', async () => {
      const { hooks, store, ask } = await open()
      const mine = await hooks.create({ owner: 'alice', event: 'b', target: TARGET, priority: 1 } as never)
      const theirs = await hooks.create({ owner: 'bob', event: 'b', target: TARGET, priority: 1 } as never)
      const before = await everything(store)
      const bodies: unknown[] = [
        '{',
        '[]',
        {},
        { ...good, event: 'c' },
        { ...good, events: ['a', 'c'] },
        { ...good, events: [] },
        { ...good, target: 'nonsense' },
        { ...good, target: 'http://127.0.0.1/' },
        { ...good, target: 'http://169.254.169.254/latest' },
        { ...good, target: 'https://denied.example/' },
        { ...good, target: `https://example.com/${'x'.repeat(300)}` },
        { ...good, headers: { 'Content-Length': '1' } },
        { ...good, headers: { 'webhook-id': '1' } },
        { ...good, rate_limit: -1 },
        { ...good, ordered: 'maybe' },
        { ...good, payload: 'odd' },
        { ...good, filter: { a: { $odd: 1 } } },
        { ...good, priority: 'high' },
        { event: null, target: null, priority: null },
        'x'.repeat(70_000),
      ]
      let refused = 0
      for (const body of bodies) {
        for (const [method, path] of [
          ['POST', '/'],
          ['PUT', `/${mine.id}/`],
          ['PATCH', `/${mine.id}/`],
          ['PUT', `/${theirs.id}/`],
          ['PATCH', '/99/'],
        ] as const) {
          const asked = await ask(method, `${path}?dry_run=true`, body)
          // What PATCH may leave out is no mistake.
          if (asked.status === 200) continue
          refused += 1
          expect([method, path, body, asked]).toEqual([method, path, body, await ask(method, path, body)])
        }
      }
      expect(refused).toBeGreaterThanOrEqual(bodies.length * 5 - 2)
      expect(await everything(store)).toEqual(before)
    })

    it('finds no room where there is none, but for an identical hook', async () => {
      const { hooks, ask } = await open()
      for (const event of ['a', 'b'] as const)
        await hooks.create({ owner: 'alice', event, target: TARGET, priority: 1 } as never)
      const more = { ...good, target: `${TARGET}/more` }
      const asked = await ask('POST', '/?dry_run=true', more)
      expect(asked).toEqual({
        status: 400,
        body: { non_field_errors: [expect.stringContaining('there may be 2 hooks and no more')] },
      })
      expect(await ask('POST', '/', more)).toEqual(asked)
      expect(await ask('POST', '/?dry_run=true', good)).toEqual({ status: 200, body: {} })
      expect((await ask('POST', '/?dry_run=true', more, 'bob')).status).toBe(200)
    })

    it('is for those who may do it', async () => {
      const { ask } = await open({ authorize: (_owner, action) => action !== 'create' })
      expect((await ask('POST', '/?dry_run=true', good)).status).toBe(403)
      expect((await ask('POST', '/?dry_run=true', good, 'guest')).status).toBe(403)
      expect((await ask('POST', '/?dry_run=true', good, null)).status).toBe(401)
    })
  })
}
