import { describe, expect, it, vi } from 'vitest'
import { noCipher } from '../../src/core/cipher.ts'
import { silentLogger } from '../../src/core/logger.ts'
import { systemRandom } from '../../src/core/random.ts'
import { type Authorize, createHooks, type HooksOptions, type PortalOptions } from '../../src/index.ts'
import { Portal } from '../../src/operations/index.ts'
import { signToken } from '../../src/operations/portal/token.ts'
import type { Store } from '../../src/store/store.ts'
import { exec, first, rows } from '../../src/store/work.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

const BASE = 'http://localhost/api/hooks'
const HOUR = 3_600_000
const [KEY, NEW_KEY] = [1, 2].map((fill) => Buffer.alloc(32, fill).toString('base64')) as [string, string]
const ENDED = { status: 401, body: { detail: 'The link is not valid, or has ended.' } }
const FORBIDDEN = { status: 403, body: { detail: 'You do not have permission to perform this action.' } }

type Options = Partial<HooksOptions<object, object, Record<never, never>>>

/** Links that open the API for one owner. */
export function portalSuite(harness: Harness): void {
  describe(`portal links on ${harness.name}`, () => {
    const app = application(harness)
    const authenticate = vi.fn((request: Request) =>
      request.headers.get('cookie') === 'user=root' ? { owner: 'root', admin: true } : null,
    )

    async function open(options: Options = {}) {
      authenticate.mockClear()
      const opened = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events: { a: null, b: null },
          dispatch: { retry: { delaysMs: [] } },
          basePath: '/api/hooks',
          api: { requestsPerSecond: false },
          authenticate,
          ...(options as object),
        }),
      )
      const { hooks, test } = opened
      return {
        ...opened,
        async ask(token: string, method = 'GET', path = '/me/', body?: unknown, headers: object = {}) {
          const response = await hooks.handler(
            new Request(`${BASE}${path}`, {
              method,
              headers: {
                authorization: `Bearer ${token}`,
                ...(body === undefined ? {} : { 'content-type': 'application/json' }),
                ...headers,
              },
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
          test.respond(() => ({ status, body: 'thanks' }))
          await hooks.send(event, { title: 'Ü' }, { owner })
          await test.flush()
        },
      }
    }

    const plain = ({ status, body }: { status: number; body: unknown }) => ({ status, body })
    const keysOf = (store: Store) => store.read(() => rows(store.db.selectFrom('portal').selectAll()))
    const everything = async (store: Store) => {
      const tables = ['hook', 'subscription', 'event', 'delivery', 'attempt'] as const
      return Promise.all(
        tables.map((table) => store.read(() => rows(store.db.selectFrom(table).selectAll()))),
      )
    }

    it('opens the API for its owner, for an hour unless told', async () => {
      const { hooks, ask } = await open()
      const hook = await hooks.create({ owner: 1, event: 'a', target: TARGET })
      const link = await hooks.portal({ owner: 1 })
      expect(link).toEqual({
        token: expect.stringMatching(/^hwp_[\w-]+\.[\w-]{43}$/),
        url: `/api/hooks/ui/#token=${link.token}`,
        expiresAt: new Date(START + HOUR),
      })
      expect(plain(await ask(link.token))).toEqual({
        status: 200,
        body: {
          owner: '1',
          admin: false,
          read_only: false,
          portal: true,
          expires: new Date(START + HOUR).toISOString(),
        },
      })
      expect((await ask(link.token, 'GET', '/')).body).toMatchObject([{ id: hook.id }])
      const made = await ask(link.token, 'POST', '/', { event: 'b', target: TARGET, owner: 'bob' })
      expect(made.status).toBe(201)
      expect(made.body).not.toHaveProperty('owner')
      expect((await hooks.list({ owner: 1 })).length).toBe(2)
      expect((await ask(link.token, 'DELETE', `/${hook.id}/`)).status).toBe(204)
      expect(authenticate).not.toHaveBeenCalled()
    })

    it.each([
      ['https://app.example.com/api/hooks', 'https://app.example.com/api/hooks/ui/#token='],
      ['https://app.example.com/api/hooks/', 'https://app.example.com/api/hooks/ui/#token='],
      ['https://app.example.com', 'https://app.example.com/ui/#token='],
      ['/tools/hooks', '/tools/hooks/ui/#token='],
      ['', '/ui/#token='],
    ])('leads from %j to %j', async (url, link) => {
      const { hooks } = await open()
      const { url: made, token } = await hooks.portal({ owner: 1, url })
      expect(made).toBe(link + token)
    })

    it.each([
      [undefined, 'ui/#token='],
      ['hooks/höks/', '/hooks/h%C3%B6ks/ui/#token='],
      ['/', '/ui/#token='],
    ])('with the base path %j leads to %j', async (basePath, link) => {
      const { hooks } = await open({ basePath } as Options)
      expect((await hooks.portal({ owner: 1 })).url).toContain(link)
      expect((await hooks.portal({ owner: 1 })).url.startsWith(link)).toBe(true)
    })

    it.each([
      [{}, 'owner_missing', 'owner'],
      [{ owner: null }, 'owner_missing', 'owner'],
      [{ owner: '' }, 'owner_missing', 'owner'],
      [{ owner: 1.5 }, 'hook_invalid', 'owner'],
      [{ owner: 'x'.repeat(256) }, 'hook_invalid', 'owner'],
      [{ owner: { id: 1 } }, 'hook_invalid', 'owner'],
      [{ owner: 1, admin: true }, 'option_invalid', 'portal.admin'],
      [{ owner: 1, readOnly: 'no' }, 'option_invalid', 'portal.readOnly'],
      [{ owner: 1, expiresInMs: 0 }, 'option_invalid', 'portal.expiresInMs'],
      [{ owner: 1, expiresInMs: -5 }, 'option_invalid', 'portal.expiresInMs'],
      [{ owner: 1, expiresInMs: 1.5 }, 'option_invalid', 'portal.expiresInMs'],
      [{ owner: 1, expiresInMs: Number.POSITIVE_INFINITY }, 'option_invalid', 'portal.expiresInMs'],
      [{ owner: 1, expiresInMs: 7 * 24 * HOUR + 1 }, 'option_invalid', 'portal.expiresInMs'],
      [{ owner: 1, url: 'javascript:alert(1)//' }, 'option_invalid', 'portal.url'],
      [{ owner: 1, url: '//evil.example' }, 'option_invalid', 'portal.url'],
      [{ owner: 1, url: 'hooks' }, 'option_invalid', 'portal.url'],
      [{ owner: 1, url: 'https://app.example.com/?a=1' }, 'option_invalid', 'portal.url'],
      [{ owner: 1, url: 'https://app.example.com/#a' }, 'option_invalid', 'portal.url'],
      [{ owner: 1, url: new URL('https://app.example.com') }, 'option_invalid', 'portal.url'],
      [undefined, 'option_invalid', 'portal'],
    ])('refuses %j: %s', async (options, code, field) => {
      const { hooks, store } = await open()
      await expect(hooks.portal(options as PortalOptions)).rejects.toMatchObject({ code, field })
      expect(await keysOf(store)).toEqual([])
    })

    it.each([
      ['a number', 7],
      ['a bigint', 9_007_199_254_740_993n],
      ['dots', 'a.b.c'],
      ['nothing but dots', '..'],
      ['letters of all kinds', 'Ünï 🪝'],
      ['marks', '"\'<>&\\'],
      ['characters that are not seen', '\u0001'.repeat(255)],
      ['many wide characters', '漢'.repeat(255)],
      ['a space', ' '],
      ['a word of JSON', 'null'],
    ] as const)('is for an owner of %s, and for nobody else', async (_, owner) => {
      const { hooks, ask } = await open()
      const mine = await hooks.create({ owner, event: 'a', target: TARGET })
      await hooks.create({ owner: [...`${owner}`].slice(0, -1).join('') || 'x', event: 'a', target: TARGET })
      const { token } = await hooks.portal({ owner })
      expect((await ask(token)).body).toMatchObject({ owner: String(owner) })
      expect((await ask(token, 'GET', '/')).body).toMatchObject([{ id: mine.id }])
    })

    it("reaches nothing of another owner's, on any route", async () => {
      const { hooks, store, ask, add } = await open()
      const theirs = await hooks.create({ owner: 'bob', event: 'a', target: TARGET })
      await add('bob', 500)
      const [delivery] = await hooks.deliveries({ owner: 'bob' })
      const { token } = await hooks.portal({ owner: 'alice' })
      const before = await everything(store)
      const routes: [string, string, unknown?][] = [
        ['GET', `/${theirs.id}/`],
        ['PUT', `/${theirs.id}/`, { event: 'b', target: TARGET }],
        ['PUT', `/${theirs.id}/?dry_run=true`, { event: 'b', target: TARGET }],
        ['PATCH', `/${theirs.id}/`, { target: `${TARGET}/stolen` }],
        ['PATCH', `/${theirs.id}/?dry_run=true`, { target: `${TARGET}/stolen` }],
        ['DELETE', `/${theirs.id}/`],
        ['GET', `/${theirs.id}/deliveries/`],
        ['POST', `/${theirs.id}/test/`, {}],
        ['POST', `/${theirs.id}/enable/`, {}],
        ['POST', `/${theirs.id}/disable/`, {}],
        ['POST', `/${theirs.id}/replay/`, { since: '2020-01-01' }],
        ['POST', `/${theirs.id}/rotate_secret/`, {}],
        ['GET', `/${theirs.id}/health/`],
        ['GET', `/${theirs.id}/stats/`],
        ['GET', `/deliveries/${delivery?.id}/`],
        ['GET', `/deliveries/${delivery?.id}/attempts/`],
        ['POST', `/deliveries/${delivery?.id}/retry/`],
      ]
      for (const [method, path, body] of routes) {
        for (const one of [path, `${path}${path.includes('?') ? '&' : '?'}owner=bob`]) {
          const answer = await ask(token, method, one, body, { cookie: 'user=root' })
          expect([method, one, plain(answer)]).toEqual([
            method,
            one,
            { status: 404, body: { detail: 'Not found.' } },
          ])
        }
      }
      for (const path of ['/', '/deliveries/', '/?owner=bob', '/deliveries/?owner=bob']) {
        expect((await ask(token, 'GET', path)).body).toEqual([])
      }
      expect((await ask(token, 'GET', '/stats/?owner=bob')).body).toMatchObject({ total: { attempts: 0 } })
      const replay = await ask(token, 'POST', '/replay/?owner=bob', { since: '2020-01-01', owner: 'bob' })
      expect(plain(replay)).toEqual({ status: 200, body: { deliveries: 0 } })
      for (const query of ['', '?owner=bob']) {
        const samples = await ask(token, 'GET', `/events/a/samples/${query}`)
        expect([samples.status, JSON.stringify(samples.body).includes('Ü')]).toEqual([200, false])
      }
      const { token: bobs } = await hooks.portal({ owner: 'bob' })
      expect(JSON.stringify((await ask(bobs, 'GET', '/events/a/samples/')).body)).toContain('Ü')
      expect(await everything(store)).toEqual(before)
    })

    it('changes nothing where it is only to look', async () => {
      const { hooks, store, ask, add } = await open()
      const hook = await hooks.create({ owner: 1, event: 'a', target: TARGET })
      await add('1', 500)
      const [delivery] = await hooks.deliveries()
      const { token } = await hooks.portal({ owner: 1, readOnly: true })
      expect((await ask(token)).body).toMatchObject({ owner: '1', read_only: true, portal: true })
      const before = await everything(store)
      for (const [method, path] of [
        ['POST', '/'],
        ['POST', '/?dry_run=true'],
        ['PUT', `/${hook.id}/`],
        ['PATCH', `/${hook.id}/`],
        ['DELETE', `/${hook.id}/`],
        ['POST', `/${hook.id}/test/`],
        ['POST', `/${hook.id}/enable/`],
        ['POST', `/${hook.id}/disable/`],
        ['POST', `/${hook.id}/rotate_secret/`],
        ['POST', `/${hook.id}/replay/`],
        ['POST', '/replay/'],
        ['POST', `/deliveries/${delivery?.id}/retry/`],
      ] as const) {
        expect(plain(await ask(token, method, path, {}))).toEqual(FORBIDDEN)
      }
      expect((await ask(token, 'GET', `/${hook.id}/`)).status).toBe(200)
      expect(await everything(store)).toEqual(before)
    })

    it('passes through authorize as its owner, also where an administrator is signed in', async () => {
      const authorize = vi.fn<Authorize>(() => false)
      const { hooks, ask } = await open({ authorize })
      const hook = await hooks.create({ owner: 1, event: 'a', target: TARGET })
      const { token } = await hooks.portal({ owner: 1 })
      expect(plain(await ask(token, 'DELETE', `/${hook.id}/`, undefined, { cookie: 'user=root' }))).toEqual(
        FORBIDDEN,
      )
      expect(authorize).toHaveBeenCalledWith('1', 'delete', expect.objectContaining({ id: hook.id }))
      expect(plain(await ask(token, 'GET', '/', undefined, { cookie: 'user=root' }))).toEqual(FORBIDDEN)
      expect((await ask(token, 'GET', '/me/', undefined, { cookie: 'user=root' })).body).toMatchObject({
        owner: '1',
        admin: false,
      })
    })

    it('is throttled as its owner', async () => {
      const { hooks, ask } = await open({
        api: { requestsPerSecond: 0.001, burst: 2 },
        authenticate: (request) => request.headers.get('x-user'),
      })
      const { token } = await hooks.portal({ owner: 'alice' })
      const asAlice = () => hooks.handler(new Request(`${BASE}/me/`, { headers: { 'x-user': 'alice' } }))
      expect([(await ask(token)).status, (await asAlice()).status]).toEqual([200, 200])
      expect([(await ask(token)).status, (await asAlice()).status]).toEqual([429, 429])
      const { token: other } = await hooks.portal({ owner: 'bob' })
      expect((await ask(other)).status).toBe(200)
    })

    it('ends by the clock of the database', async () => {
      const { hooks, test, ask } = await open()
      const { token, expiresAt } = await hooks.portal({ owner: 1, expiresInMs: 5_000 })
      expect(expiresAt).toEqual(new Date(START + 5_000))
      test.clock.advance(4_999)
      expect((await ask(token)).status).toBe(200)
      test.clock.advance(1)
      const ended = await ask(token)
      expect(plain(ended)).toEqual(ENDED)
      expect(ended.headers.get('www-authenticate')).toBe('Bearer realm="hooks", error="invalid_token"')
    })

    it('is nobody’s if it was made, cut or changed by somebody else, whoever is signed in', async () => {
      const { hooks, ask, log } = await open()
      const { token } = await hooks.portal({ owner: 1 })
      const grant = { owner: 'root', expiresAt: START + HOUR, readOnly: false }
      const [head = '', mac = ''] = token.split('.')
      const changed = Buffer.from(JSON.stringify({ v: 1, owner: 'root', exp: 9e15, ro: false })).toString(
        'base64url',
      )
      for (const wrong of [
        signToken(grant, Buffer.alloc(32)),
        signToken(grant, Buffer.from('')),
        `${token}x`,
        token.slice(0, -1),
        head,
        `${head}.`,
        `hwp_${changed}.${mac}`,
        `${token.toUpperCase().replace('HWP_', 'hwp_')}`,
        `${token}, Bearer x`,
        'hwp_',
        'hwp_.',
        `hwp_${'a'.repeat(100_000)}`,
        'HWP_x',
      ]) {
        for (const cookie of [{}, { cookie: 'user=root' }]) {
          expect(plain(await ask(wrong, 'GET', '/', undefined, cookie))).toEqual(ENDED)
        }
      }
      expect(authenticate).not.toHaveBeenCalled()
      expect(
        (await ask(token, 'GET', '/me/', undefined, { authorization: `bEARER   ${token}` })).status,
      ).toBe(200)
      // Whatever is none of ours is the application's to know.
      expect((await ask('xhwp_', 'GET', '/', undefined, { cookie: 'user=root' })).status).toBe(200)
      expect(authenticate).toHaveBeenCalledTimes(1)
      expect(log).toEqual([])
    })

    it('is good in every process, whoever has made the key, and one key is made', async () => {
      const { hooks, store } = await open()
      const others = await Promise.all(Array.from({ length: 4 }, () => open()))
      const all = [hooks, ...others.map(({ hooks }) => hooks)]
      const links = await Promise.all(all.map((one) => one.portal({ owner: 1 })))
      expect(await keysOf(store)).toHaveLength(1)
      for (const { token } of links) for (const { ask } of others) expect((await ask(token)).status).toBe(200)
    })

    it('is read by a process that had no key yet, or another', async () => {
      const { hooks } = await open()
      const other = await open()
      const forged = signToken({ owner: '1', expiresAt: START + HOUR, readOnly: false }, Buffer.alloc(32))
      expect(plain(await other.ask(forged))).toEqual(ENDED)
      const { token } = await hooks.portal({ owner: 1 })
      await vi.waitFor(async () => expect((await other.ask(token)).status).toBe(200))
      await hooks.endPortals()
      const { token: next } = await hooks.portal({ owner: 2 })
      await vi.waitFor(async () => expect((await other.ask(next)).body).toMatchObject({ owner: '2' }))
      expect(plain(await other.ask(token))).toEqual(ENDED)
    })

    it('ends with all others at once, and new ones are good', async () => {
      const { hooks, store, ask } = await open()
      await hooks.endPortals()
      const links = [await hooks.portal({ owner: 1 }), await hooks.portal({ owner: 2, readOnly: true })]
      for (const { token } of links) expect((await ask(token)).status).toBe(200)
      const [before] = await keysOf(store)
      await hooks.endPortals()
      const [after] = await keysOf(store)
      expect(after?.key).not.toBe(before?.key)
      for (const { token } of links) expect(plain(await ask(token))).toEqual(ENDED)
      expect((await ask((await hooks.portal({ owner: 1 })).token)).status).toBe(200)
    })

    it('ends in other processes within 10 seconds, also where nothing but old tokens come', async () => {
      const { hooks, store, test } = await open()
      let now = 0
      const other = new Portal({
        store,
        cipher: noCipher,
        clock: test.clock,
        random: systemRandom,
        logger: silentLogger,
        elapsed: () => now,
      })
      const { token } = await hooks.portal({ owner: 1 })
      expect(await other.grantOf(token)).toMatchObject({ owner: '1' })
      now = 9_000
      expect(await other.grantOf(token)).toMatchObject({ owner: '1' })
      await hooks.endPortals()
      now = 10_000
      expect(await other.grantOf(token)).toBeUndefined()
    })

    it('ends also where its key was read just before, and comes just after', async () => {
      const { store, test } = await open()
      const portal = new Portal({
        store,
        cipher: noCipher,
        clock: test.clock,
        random: systemRandom,
        logger: silentLogger,
      })
      await portal.link({ owner: 1 })
      const gate = Promise.withResolvers<void>()
      const write = store.write.bind(store)
      const slow = vi.spyOn(store, 'write').mockImplementationOnce(async (work) => {
        const key = await write(work)
        await gate.promise
        return key
      })
      const link = portal.link({ owner: 1 })
      await vi.waitFor(() => expect(slow).toHaveBeenCalled())
      await portal.end()
      gate.resolve()
      const { token } = await link
      expect(await portal.grantOf(token)).toBeUndefined()
    })

    it('waits for no answer of a database that was away a moment ago', async () => {
      const { hooks, store, test } = await open()
      let now = 0
      const portal = new Portal({
        store,
        cipher: noCipher,
        clock: test.clock,
        random: systemRandom,
        logger: silentLogger,
        elapsed: () => now,
      })
      const { token } = await hooks.portal({ owner: 1 })
      const read = vi.spyOn(store, 'read').mockRejectedValue(new Error('away'))
      for (let n = 0; n < 3; n += 1) await expect(portal.grantOf(token)).rejects.toThrow('away')
      expect(read).toHaveBeenCalledTimes(1)
      read.mockRestore()
      now = 250
      expect(await portal.grantOf(token)).toMatchObject({ owner: '1' })
    })

    it('asks the database hardly ever, however many forged tokens come', async () => {
      const { hooks, store, ask } = await open()
      const { token } = await hooks.portal({ owner: 1 })
      const read = vi.spyOn(store, 'read')
      const forged = signToken({ owner: '1', expiresAt: START + HOUR, readOnly: false }, Buffer.alloc(32))
      const startedAt = performance.now()
      for (let n = 0; n < 200; n += 1) expect((await ask(n % 2 === 0 ? forged : `hwp_${n}`)).status).toBe(401)
      const most = 1 + Math.ceil((performance.now() - startedAt) / 250)
      expect(read.mock.calls.length).toBeLessThanOrEqual(most)
      expect((await ask(token)).status).toBe(200)
    })

    describe('with an encryption key', () => {
      it('keeps the key of links encrypted, and brings it along to another', async () => {
        const { hooks, store, ask } = await open({ encryptionKey: KEY })
        const { token } = await hooks.portal({ owner: 1 })
        const [row] = await keysOf(store)
        expect(row?.key).toMatch(/^enc:1:/)
        expect((await ask(token)).status).toBe(200)

        const both = await open({ encryptionKey: [NEW_KEY, KEY] })
        expect((await both.ask(token)).status).toBe(200)
        expect(await both.hooks.reencrypt()).toEqual({ hooks: 0, finished: true })
        const [moved] = await keysOf(store)
        expect(moved?.key).not.toBe(row?.key)
        expect((await (await open({ encryptionKey: NEW_KEY })).ask(token)).status).toBe(200)
        expect(await both.hooks.reencrypt()).toEqual({ hooks: 0, finished: true })
        expect(await keysOf(store)).toEqual([moved])

        await both.hooks.reencrypt({ decrypt: true })
        expect((await keysOf(store))[0]?.key).toMatch(/^[A-Za-z0-9+/]{43}=$/)
        const bare = await open()
        expect((await bare.ask(token)).status).toBe(200)
        const again = await open({ encryptionKey: KEY })
        expect((await again.ask(token)).status).toBe(200)
        await again.hooks.reencrypt()
        expect((await keysOf(store))[0]?.key).toMatch(/^enc:1:/)
      })

      it('opens nothing without it, says so in the log, and takes a new one by hand', async () => {
        const { hooks, store } = await open({ encryptionKey: KEY })
        const { token } = await hooks.portal({ owner: 1 })
        const lost = await open({ encryptionKey: NEW_KEY })
        expect(plain(await lost.ask(token))).toEqual(ENDED)
        expect(plain(await lost.ask(token))).toEqual(ENDED)
        expect(lost.log.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
          'portal links cannot be verified',
        ])
        const refusal = {
          code: 'decryption_failed',
          message: expect.stringContaining('the key of portal links'),
        }
        await expect(lost.hooks.portal({ owner: 1 })).rejects.toMatchObject(refusal)
        await expect(lost.hooks.reencrypt()).rejects.toMatchObject({
          ...refusal,
          message: expect.stringMatching(
            /^encryptionKey: all hooks are done, but the key of portal links .* endPortals\(\)/,
          ),
        })
        await lost.hooks.endPortals()
        expect((await lost.ask((await lost.hooks.portal({ owner: 1 })).token)).status).toBe(200)
        // A key that was copied from elsewhere is none.
        const secret = await lost.hooks
          .create({ owner: '', event: 'a', target: TARGET })
          .catch(() => undefined)
        expect(secret).toBeUndefined()
        const hook = await lost.hooks.create({ owner: 'x', event: 'a', target: TARGET })
        const kept = await store.read(() =>
          first(store.db.selectFrom('hook').select('secret').where('id', '=', hook.id)),
        )
        await store.write(() => exec(store.db.updateTable('portal').set({ key: kept?.secret ?? '' })))
        await expect(lost.hooks.portal({ owner: 1 })).rejects.toMatchObject(refusal)
      })
    })
  })
}
