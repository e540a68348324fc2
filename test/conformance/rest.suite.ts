import { describe, expect, it, vi } from 'vitest'
import { type Authorize, createHooks, type HooksOptions } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import { application, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

const BASE = 'http://localhost/api/hooks'
const NOT_FOUND = { status: 404, body: { detail: 'Not found.' } }
const FORBIDDEN = { status: 403, body: { detail: 'You do not have permission to perform this action.' } }

const TABLES = [
  'hook',
  'subscription',
  'listening',
  'event',
  'delivery',
  'lane',
  'attempt',
  'health',
] as const

/** The REST API over a whole system. */
export function restSuite(harness: Harness): void {
  describe(`the REST API on ${harness.name}`, () => {
    const app = application(harness)

    async function open(options: Partial<HooksOptions<object, object, Record<never, never>>> = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events: { a: null, b: null },
          dispatch: { retry: { delaysMs: [] } },
          basePath: '/api/hooks',
          api: { requestsPerSecond: false },
          authenticate(request) {
            const name = request.headers.get('x-user')
            if (name === 'root') return { admin: true }
            if (name === 'eve') return { owner: 'eve', admin: true }
            if (name === 'guest') return { owner: 'alice', readOnly: true }
            return name
          },
          ...(options as object),
        }),
      )
      const { hooks, test } = opened
      return {
        ...opened,
        async ask(method: string, path: string, body?: unknown, user = 'alice') {
          const response = await hooks.handler(
            new Request(`${BASE}${path}`, {
              method,
              headers: { 'x-user': user, 'content-type': 'application/json' },
              ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            }),
          )
          const text = await response.text()
          return {
            status: response.status,
            body: text === '' ? undefined : (JSON.parse(text) as never),
            headers: response.headers,
          }
        },
        async add(owner: string, status: number, event: 'a' | 'b' = 'a') {
          test.respond(() => ({ status, body: 'thanks', headers: { 'x-answer': '1' } }))
          await hooks.send(event, { title: 'Ü' }, { owner })
          await test.flush()
          test.clock.advance(60_000)
        },
      }
    }

    const plain = ({ status, body }: { status: number; body: unknown }) => ({ status, body })

    async function everything(store: Store) {
      const tables: Record<string, unknown[]> = {}
      for (const table of TABLES) {
        const rows = await store.db.selectFrom(table).selectAll().execute()
        tables[table] = rows.map((row) => JSON.stringify(row)).sort()
      }
      return tables
    }

    /** Every route with an id in it, and a body that would do something. */
    const withIds = (hook: number | string, delivery: string): [string, string, unknown?][] => [
      ['GET', `/${hook}/`],
      ['HEAD', `/${hook}/`],
      ['PUT', `/${hook}/`, { event: 'b', target: `${TARGET}/stolen` }],
      ['PATCH', `/${hook}/`, { target: `${TARGET}/stolen` }],
      ['DELETE', `/${hook}/`],
      ['GET', `/${hook}/deliveries/`],
      ['POST', `/${hook}/test/`, { event: 'a', data: { stolen: true } }],
      ['POST', `/${hook}/enable/`, { replay_since: '2020-01-01' }],
      ['POST', `/${hook}/disable/`, { reason: 'stolen' }],
      ['POST', `/${hook}/replay/`, { since: '2020-01-01', what: 'missed' }],
      ['POST', `/${hook}/rotate_secret/`, { overlap_ms: 0 }],
      ['GET', `/${hook}/health/`],
      ['GET', `/${hook}/stats/`],
      ['GET', `/deliveries/${delivery}/`],
      ['GET', `/deliveries/${delivery}/attempts/`],
      ['POST', `/deliveries/${delivery}/retry/`],
    ]

    /** Every route without. */
    const WITHOUT_IDS: [string, string, unknown?][] = [
      ['GET', '/'],
      ['POST', '/', { event: 'a', target: TARGET }],
      ['GET', '/deliveries/'],
      ['GET', '/stats/'],
      ['POST', '/replay/', { since: '2020-01-01' }],
    ]

    it('tells how attempts went, of one hook and of all of a caller, and of nobody else', async () => {
      const { hooks, ask, add } = await open()
      const mine = await hooks.create({ owner: 'alice', event: 'a', target: TARGET })
      await hooks.create({ owner: 'alice', event: 'b', target: TARGET })
      await hooks.create({ owner: 'bob', event: 'a', target: TARGET })
      await add('alice', 200)
      await add('alice', 503, 'b')
      await add('bob', 500)
      const all = (await ask('GET', '/stats/?bucket_ms=3600000')).body as unknown as Record<string, object>
      expect(all).toMatchObject({
        now: { capped_at: 100_000, hooks: { enabled: 2, disabled: 0 } },
        bucket_ms: 3_600_000,
        total: { attempts: 2, delivered: 1, failed: 1, failures: { '5xx': 1 } },
        looked: 2,
        complete: true,
      })
      const one = (await ask('GET', `/${mine.id}/stats/`)).body
      expect(one).toMatchObject({ total: { attempts: 1, delivered: 1, failed: 0 } })
      expect((one as unknown as { buckets: unknown[] }).buckets).toHaveLength(24)
    })

    it.each([
      ['since=yesterday', 'since'],
      ['since=2026-01-02&until=2026-01-01', 'since'],
      ['bucket_ms=0', 'bucket_ms'],
      ['bucket_ms=x', 'bucket_ms'],
      ['bucket_ms=1', 'bucket_ms'],
    ])('refuses statistics with %s, and names the field', async (query, field) => {
      const { ask } = await open()
      const { status, body } = await ask('GET', `/stats/?${query}`)
      expect([status, Object.keys(body ?? {})]).toEqual([400, [field]])
    })

    it("takes another owner's ids for missing ones on every route, and changes nothing", async () => {
      const { hooks, store, ask, add } = await open()
      const asked: string[] = []
      const bob = await hooks.create({ owner: 'bob', event: 'a', target: TARGET })
      const off = await hooks.create({ owner: 'bob', event: 'b', target: TARGET })
      await add('bob', 500)
      await add('bob', 500, 'b')
      await hooks.disable(off.id, 'for now')
      const gone = await hooks.create({ owner: 'alice', event: 'b', target: TARGET })
      await hooks.delete(gone.id)
      const [theirs] = await hooks.deliveries({ owner: 'bob' })
      const before = await everything(store)
      const absent = `${'0'.repeat(31)}1_${bob.id}`
      const ids = [
        [bob.id, theirs?.id ?? ''],
        [off.id, `${theirs?.id.slice(0, 32)}_${off.id + 7}`],
        [gone.id, absent],
        [99, `${theirs?.id}0`],
        ['x', 'x'],
        ['1e0', '%00'],
      ] as const
      for (const [hook, delivery] of ids) {
        for (const [method, path, body] of withIds(hook, delivery)) {
          for (const one of [path, path.slice(0, -1), `${path}?owner=bob`]) {
            const { status, body: said } = await ask(method, one, body)
            const words = `${method} ${one}`
            expect([words, status, said]).toEqual([
              words,
              404,
              method === 'HEAD' ? undefined : NOT_FOUND.body,
            ])
            asked.push(words)
          }
        }
      }
      expect(asked).toHaveLength(ids.length * withIds(1, '').length * 3)
      // Nor does a cursor, a filter or a body lead to them.
      const cursor = Buffer.from(theirs?.id ?? '').toString('base64url')
      for (const path of [
        '/deliveries/',
        '/deliveries/?owner=bob',
        `/deliveries/?cursor=${cursor}`,
        '/?owner=bob',
      ]) {
        expect(plain(await ask('GET', path))).toEqual({ status: 200, body: [] })
      }
      expect(plain(await ask('POST', '/replay/?owner=bob', { since: '2020-01-01', owner: 'bob' }))).toEqual({
        status: 200,
        body: { deliveries: 0 },
      })
      expect(await everything(store)).toEqual(before)
      const made = await ask('POST', '/', { event: 'a', target: TARGET, owner: 'bob', id: bob.id })
      expect(made.status).toBe(201)
      expect((await hooks.list({ owner: 'alice' })).map(({ id }) => id)).toEqual([
        (made.body as unknown as { id: number }).id,
      ])
      expect(made.body).not.toHaveProperty('owner')
    })

    it('lets whoever may only look do nothing else, on any route', async () => {
      const { hooks, store, ask, add } = await open()
      const hook = await hooks.create({ owner: 'alice', event: 'a', target: TARGET })
      await add('alice', 500)
      const [delivery] = await hooks.deliveries()
      const before = await everything(store)
      for (const [method, path, body] of [...withIds(hook.id, delivery?.id ?? ''), ...WITHOUT_IDS]) {
        const answer = await ask(method, path, body, 'guest')
        if (method === 'GET' || method === 'HEAD') expect(answer.status).toBe(200)
        else expect(plain(answer)).toEqual(FORBIDDEN)
      }
      expect(await everything(store)).toEqual(before)
    })

    it('lets an administrator act for any owner, and tells whose a hook is', async () => {
      const { hooks, ask, add } = await open()
      const mine = await hooks.create({ owner: 'alice', event: 'a', target: TARGET })
      const theirs = await hooks.create({ owner: 'bob', event: 'a', target: TARGET })
      await add('alice', 200)
      await add('bob', 500)
      for (const user of ['root', 'eve']) {
        expect((await ask('GET', '/', undefined, user)).body).toMatchObject([
          { id: mine.id, owner: 'alice' },
          { id: theirs.id, owner: 'bob' },
        ])
      }
      expect((await ask('GET', '/?owner=bob', undefined, 'root')).body).toMatchObject([{ id: theirs.id }])
      expect((await ask('GET', '/deliveries/', undefined, 'root')).body).toMatchObject([
        { hook: theirs.id, status: 'failed' },
        { hook: mine.id, status: 'delivered' },
      ])
      expect((await ask('GET', '/deliveries/?owner=alice', undefined, 'root')).body).toMatchObject([
        { hook: mine.id },
      ])
      expect((await ask('GET', `/${theirs.id}/?owner=alice`, undefined, 'root')).status).toBe(404)
      expect(
        (await ask('PATCH', `/${theirs.id}/`, { event: 'b', owner: 'alice' }, 'root')).body,
      ).toMatchObject({
        event: 'b',
        owner: 'bob',
      })
      expect(plain(await ask('POST', '/replay/', { since: '2020-01-01', owner: 'alice' }, 'root'))).toEqual({
        status: 200,
        body: { deliveries: 0 },
      })
      expect((await ask('POST', '/replay/', { since: '2020-01-01' }, 'root')).body).toEqual({ deliveries: 1 })

      const wanted = { event: 'a', target: `${TARGET}/new` }
      expect(plain(await ask('POST', '/', wanted, 'root'))).toEqual({
        status: 400,
        body: { owner: ['This field is required.'] },
      })
      expect((await ask('POST', '/', { ...wanted, owner: 'carol' }, 'root')).body).toMatchObject({
        owner: 'carol',
      })
      expect((await ask('POST', '/', { ...wanted, owner: 7 }, 'root')).body).toMatchObject({ owner: '7' })
      expect((await ask('POST', '/', wanted, 'eve')).body).toMatchObject({ owner: 'eve' })
      for (const owner of [true, ['bob'], { a: 1 }, 1.5, 'x'.repeat(256), 'a\0']) {
        const { status, body } = await ask('POST', '/', { ...wanted, owner }, 'root')
        expect([status, Object.keys(body ?? {})]).toEqual([400, ['owner']])
      }
      expect((await ask('DELETE', `/${mine.id}/`, undefined, 'root')).status).toBe(204)
    })

    it('asks the application whether a caller may, once it is known that the hook is theirs', async () => {
      const authorize = vi.fn<Authorize>(async () => true)
      const { hooks, store, ask, add, log } = await open({ authorize })
      const hook = await hooks.create({ owner: 'alice', event: 'a', target: TARGET })
      const other = await hooks.create({ owner: 'bob', event: 'a', target: TARGET })
      await add('alice', 500)
      const [delivery] = await hooks.deliveries({ owner: 'alice' })
      const all = [...withIds(hook.id, delivery?.id ?? ''), ...WITHOUT_IDS]
      await ask('GET', `/${other.id}/`)
      expect(authorize).not.toHaveBeenCalled()

      authorize.mockResolvedValue(false)
      const before = await everything(store)
      for (const [method, path, body] of all) {
        const answer = await ask(method, path, body)
        if (method === 'HEAD') expect(answer.status).toBe(403)
        else expect(plain(answer)).toEqual(FORBIDDEN)
      }
      expect(authorize.mock.calls.map(([owner, action, about]) => [owner, action, about?.id])).toEqual(
        [
          ['retrieve', 'retrieve', 'update', 'update', 'delete', 'deliveries', 'test', 'enable', 'disable'],
          ['replay', 'rotate_secret', 'health', 'stats', 'deliveries', 'deliveries', 'retry'],
        ]
          .flat()
          .map((action) => ['alice', action, hook.id] as unknown[])
          .concat(
            ['list', 'create', 'deliveries', 'stats', 'replay'].map((action) => ['alice', action, undefined]),
          ),
      )
      authorize.mockImplementation(() => {
        throw new Error('select secrets from vault')
      })
      const failed = { status: 500, body: { detail: 'A server error occurred.' } }
      for (const [method, path, body] of all.filter(([method]) => method !== 'HEAD')) {
        expect(plain(await ask(method, path, body))).toEqual(failed)
      }
      for (const answer of [undefined, null, 1, 'true', {}]) {
        authorize.mockResolvedValue(answer as never)
        expect(plain(await ask('DELETE', `/${hook.id}/`))).toEqual(failed)
      }
      expect(log.filter(({ level }) => level === 'error')).toHaveLength(all.length - 1 + 5)
      expect(await everything(store)).toEqual(before)
    })

    it('shows deliveries page by page, with their filters in the links', async () => {
      const { hooks, ask, add, test } = await open()
      const hook = await hooks.create({ owner: 'alice', event: 'a', target: TARGET })
      const second = await hooks.create({ owner: 'alice', event: 'b', target: TARGET })
      const times: string[] = []
      for (let n = 0; n < 4; n += 1) {
        times.push(new Date(test.clock.now()).toISOString())
        await add('alice', n % 2 === 0 ? 500 : 200)
        await add('alice', 200, 'b')
      }
      type Row = { id: string; hook: number; target: string; event: string; status: string }
      async function pages(path: string) {
        const found: Row[][] = []
        for (let next: string | undefined = path; next !== undefined; ) {
          const { status, body, headers } = await ask('GET', next)
          expect(status).toBe(200)
          found.push(body as unknown as Row[])
          const link = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
          // A proxy may be asked by another name, and below another path.
          if (link !== undefined) expect(link).toMatch(/^\?/)
          next = link && `${path.replace(/\?.*/, '')}${link}`
        }
        return found
      }
      const all = await pages('/deliveries/?limit=3')
      expect(all.map((page) => page.length)).toEqual([3, 3, 2])
      expect(all.flat().map((row) => row.hook)).toEqual([2, 1, 2, 1, 2, 1, 2, 1])
      expect(all.flat().map(({ id }) => id)).toEqual((await hooks.deliveries()).map(({ id }) => id))
      expect((await pages('/deliveries/?status=failed&limit=1')).flat()).toMatchObject([
        { hook: hook.id, status: 'failed' },
        { hook: hook.id, status: 'failed' },
      ])
      expect((await pages(`/${second.id}/deliveries/?status=failed`)).flat()).toEqual([])
      expect(await pages(`/${second.id}/deliveries/?status=delivered,failed&limit=4`)).toHaveLength(1)
      expect((await pages('/deliveries/?event=b')).flat()).toHaveLength(4)
      const since = `since=${times[1]}&until=${times[3]}`
      expect((await pages(`/${hook.id}/deliveries/?${since}`)).flat()).toHaveLength(2)
      // Another zone, with a plus that nobody has escaped.
      const later = (times[1] ?? '').replace('.000Z', '+00:00')
      expect((await pages(`/${hook.id}/deliveries/?since=${later}`)).flat()).toHaveLength(3)

      const [first] = all.flat()
      const { body } = await ask('GET', `/deliveries/${first?.id}/`)
      expect(Object.keys(body ?? {})).toEqual(
        [
          'id',
          'hook',
          'target',
          'event',
          'status',
          'reason',
          'attempts',
          'manual',
          'due',
          'created',
          'finished',
        ].concat(['body', 'log']),
      )
      expect(body).toMatchObject({ body: test.deliveries.at(-1)?.body, attempts: 1, due: null })
      // Whose it is, an administrator alone is told.
      for (const path of ['/deliveries/?limit=1', `/deliveries/${first?.id}/`]) {
        const of = async (user: string) => [(await ask('GET', path, undefined, user)).body].flat()[0]
        expect(await of('root')).toMatchObject({ target: TARGET, owner: 'alice' })
        expect(await of('alice')).toMatchObject({ target: TARGET })
        expect(await of('alice')).not.toHaveProperty('owner')
      }
      const attempt = { number: 1, status: 200, manual: false, error: null, started: expect.any(String) }
      const response = { headers: [['x-answer', '1']], body: 'thanks', truncated: false }
      const request = { url: first?.target, headers: expect.arrayContaining([['webhook-id', first?.id]]) }
      expect((body as unknown as { log: object[] }).log).toMatchObject([{ ...attempt, request, response }])
      expect((await ask('GET', `/deliveries/${first?.id}/attempts/`)).body).toEqual(
        (body as unknown as { log: object[] }).log,
      )
    })

    it('shows hooks page by page, by how they stand, and without `limit` all of them', async () => {
      const { hooks, ask } = await open()
      for (let n = 0; n < 5; n += 1)
        await hooks.create({ owner: 'alice', event: n < 4 ? 'a' : 'b', target: `${TARGET}/${n}` })
      await hooks.disable(2)
      const ids = async (path: string) => {
        const { body, headers } = await ask('GET', path)
        return [(body as unknown as { id: number }[]).map(({ id }) => id), headers.get('link')] as const
      }
      expect(await ids('/')).toEqual([[1, 2, 3, 4, 5], null])
      const [page, link] = await ids('/?limit=2&event=a')
      expect(page).toEqual([1, 2])
      expect(await ids(/<(.+)>/.exec(link ?? '')?.[1] ?? '')).toEqual([[3, 4], null])
      expect(await ids('/?state=disabled')).toEqual([[2], null])
      expect(await ids('/?state=enabled&search=/TARGET/4&event=&limit=')).toEqual([[5], null])
      expect((await ask('GET', '/?state=off,disabled&limit=0&cursor=x')).body).toEqual({
        state: ['"off" is not a valid choice.'],
        limit: ['Ensure this value is greater than or equal to 1.'],
        cursor: ['Invalid cursor'],
      })
    })

    it('refuses cursors that are none', async () => {
      const { hooks, ask, add } = await open()
      await hooks.create({ owner: 'alice', event: 'a', target: TARGET })
      await add('alice', 200)
      const forms = [
        'x',
        'AAAA',
        Buffer.from('1').toString('base64'),
        '%00',
        'é',
        'a'.repeat(5_000),
        `${'0'.repeat(32)}_1`,
      ]
      const wrong = [...forms, Buffer.from(`${'0'.repeat(32)}_1`).toString('base64url')]
      for (const cursor of wrong) {
        for (const path of ['/deliveries/', '/1/deliveries/']) {
          expect(plain(await ask('GET', `${path}?cursor=${cursor}`))).toEqual({
            status: 400,
            body: { cursor: ['Invalid cursor'] },
          })
        }
      }
    })

    it('sends again, tries out, enables, disables and rotates', async () => {
      const { hooks, ask, add, test } = await open()
      const { id } = await hooks.create({ owner: 'alice', event: 'a', target: TARGET })
      await add('alice', 500)
      const [failed] = await hooks.deliveries()
      test.respond(() => ({ status: 200 }))
      expect((await ask('POST', `/${id}/replay/`, { since: '2020-01-01', dry_run: true })).body).toEqual({
        deliveries: 1,
      })
      expect((await hooks.deliveries())[0]?.status).toBe('failed')
      expect((await ask('POST', `/deliveries/${failed?.id}/retry/`)).body).toEqual({
        retried: true,
        status: 'pending',
      })
      expect((await ask('POST', `/deliveries/${failed?.id}/retry/`)).body).toEqual({
        retried: false,
        status: 'pending',
      })
      await test.flush()

      const tried = await ask('POST', `/${id}/test/`, { data: { n: 1 } })
      expect([tried.status, tried.body]).toMatchObject([
        201,
        { hook: id, event: 'a', status: 'pending', manual: true },
      ])
      await test.flush()
      expect(test.deliveries.at(-1)?.json).toMatchObject({ data: { n: 1 } })
      expect(plain(await ask('POST', `/${id}/test/`, { event: 'b' }))).toMatchObject({
        status: 400,
        body: { event: [expect.stringContaining('does not listen')] },
      })
      expect(Object.keys((await ask('POST', `/${id}/test/`, { event: 'nothing' })).body ?? {})).toEqual([
        'event',
      ])

      expect((await ask('POST', `/${id}/disable/`, { reason: 'holidays' })).body).toMatchObject({ id })
      expect((await ask('GET', `/${id}/health/`)).body).toMatchObject({
        state: 'disabled',
        failures: 0,
        disabled_cause: 'manual',
        disabled_reason: 'holidays',
      })
      expect(plain(await ask('POST', `/${id}/test/`))).toEqual({
        status: 409,
        body: { detail: 'The hook is disabled: enable it first.' },
      })
      await add('alice', 200)
      expect((await ask('POST', `/${id}/enable/`, { replay_since: '2020-01-01T00:00Z' })).status).toBe(200)
      await test.flush()
      expect((await hooks.deliveries({ status: 'delivered' })).length).toBe(3)
      expect((await ask('GET', `/${id}/health/`)).body).toEqual({
        state: 'well',
        failures: 0,
        failing_since: null,
        next_attempt: null,
        disabled: null,
        disabled_cause: null,
        disabled_reason: null,
      })

      const before = await hooks.secrets(id)
      const { body, headers } = await ask('POST', `/${id}/rotate_secret/`, { overlap_ms: 1_000 })
      expect(await hooks.secrets(id)).toEqual([(body as unknown as { secret: string }).secret, ...before])
      expect(headers.get('cache-control')).toBe('no-store')
      test.clock.advance(1_000)
      expect(await hooks.secrets(id)).toHaveLength(1)
    })

    it.each<[string, string, unknown, string[]]>([
      ['POST', '/1/replay/', {}, ['since']],
      [
        'POST',
        '/1/replay/',
        { since: null, until: 1, what: 'all', dry_run: 'perhaps' },
        ['since', 'until', 'what', 'dry_run'],
      ],
      ['POST', '/1/replay/', { since: '2026-02-30' }, ['since']],
      ['POST', '/1/replay/', { since: '2026-13-01T00:00Z' }, ['since']],
      ['POST', '/1/replay/', { since: 'yesterday' }, ['since']],
      ['POST', '/replay/', { since: '2026-01-01', what: 'missed' }, ['what']],
      ['POST', '/1/rotate_secret/', { overlap_ms: -1 }, ['overlap_ms']],
      ['POST', '/1/rotate_secret/', { overlap_ms: 1e15 }, ['overlap_ms']],
      ['POST', '/1/rotate_secret/', { overlap_ms: true }, ['overlap_ms']],
      ['POST', '/1/disable/', { reason: 'a\0' }, ['reason']],
      ['POST', '/1/disable/', { reason: { a: 1 } }, ['reason']],
      ['POST', '/1/disable/', { reason: 'x'.repeat(1_001) }, ['reason']],
      ['POST', '/1/disable/', { reason: '\ud800' }, ['reason']],
      ['POST', '/1/enable/', { replay_since: [] }, ['replay_since']],
      ['POST', '/1/test/', { event: 7, data: {} }, ['event']],
      [
        'GET',
        '/deliveries/?limit=1001&status=done&since=x&event=%00',
        undefined,
        ['status', 'event', 'since', 'limit'],
      ],
    ])('names what is wrong with %s %s %j', async (method, path, body, fields) => {
      const { hooks, store, ask } = await open()
      await hooks.create({ owner: 'alice', event: 'a', target: TARGET })
      const before = await everything(store)
      const answer = await ask(method, path, body)
      expect([answer.status, Object.keys(answer.body ?? {})]).toEqual([400, fields])
      expect(await everything(store)).toEqual(before)
    })

    it('gives an owner so many hooks and no more, also where two are created at once', async () => {
      const { hooks, ask } = await open({ api: { maxHooksPerOwner: 3, requestsPerSecond: false } })
      const create = (n: number, user = 'alice') =>
        ask('POST', '/', { event: 'a', target: `${TARGET}/${n}` }, user)
      const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => create(n)))
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 400, 400, 400, 400, 400])
      expect(await hooks.list({ owner: 'alice' })).toHaveLength(3)
      expect(answers.find(({ status }) => status === 400)?.body).toEqual({
        non_field_errors: [expect.stringContaining('there may be 3 hooks')],
      })
      // One that is there already is no further one, nor is another owner's; and a deleted one makes room.
      const [one] = await hooks.list({ owner: 'alice' })
      expect((await ask('POST', '/', { event: 'a', target: one?.target })).status).toBe(201)
      expect((await create(1, 'bob')).status).toBe(201)
      await ask('DELETE', `/${one?.id}/`)
      expect((await create(99)).status).toBe(201)
      // It is the API's limit alone.
      await hooks.create({ owner: 'alice', event: 'a', target: `${TARGET}/code` })
    })
  })
}
