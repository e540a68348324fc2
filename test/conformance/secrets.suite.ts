import { verifyAsync } from '@noble/ed25519'
import { Webhook } from 'standardwebhooks'
import { beforeEach, describe, expect, it } from 'vitest'
import { createHooks } from '../../src/index.ts'
import { generateSecret } from '../../src/signature/keys.ts'
import { exec, rows } from '../../src/store/work.ts'
import type { RecordedDelivery } from '../../src/testing/index.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

const [KEY, NEW_KEY] = [1, 2].map((fill) => Buffer.alloc(32, fill).toString('base64')) as [string, string]
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const TOKEN = 'token-of-the-hook'
const MINUTE = 60_000
type Options = Partial<Parameters<typeof createHooks>[0]>

/** Secrets: how they sign, and that they stay secret. */
export function secretsSuite(harness: Harness): void {
  describe(`secrets on ${harness.name}`, () => {
    const app = application(harness)

    async function shop(options: Options = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({ database, logger, events: { 'order.paid': null }, ...options } as Parameters<
          typeof createHooks<Record<never, never>, { 'order.paid': null }>
        >[0]),
      )
      const { hooks, test } = opened
      return {
        ...opened,
        create: (more: object = {}) =>
          hooks.create({ owner: 1, event: 'order.paid', target: TARGET, ...more } as never),
        async deliver(): Promise<RecordedDelivery | undefined> {
          await hooks.send('order.paid', { total: 5 }, { owner: 1 })
          await test.flush()
          return test.deliveries.at(-1)
        },
      }
    }

    /** What the database keeps, whatever the application's keys are. */
    async function kept() {
      const store = app.database.store()
      try {
        const columns = [
          'id',
          'owner',
          'headers',
          'secret',
          'old_secret',
          'old_secret_until',
          'old_secrets',
        ] as const
        return await store.read(() => rows(store.db.selectFrom('hook').select(columns).orderBy('id')))
      } finally {
        await store.close()
      }
    }

    async function rewrite(id: number, columns: object) {
      const store = app.database.store()
      try {
        await store.write(() => exec(store.db.updateTable('hook').set(columns).where('id', '=', id)))
      } finally {
        await store.close()
      }
    }

    const accepts = (secret: string, { headers, body }: RecordedDelivery) => {
      const timestamp = Number(headers['webhook-timestamp'])
      // Made anew and not verified: the clock of the test is not the library's.
      const expected = new Webhook(secret).sign(headers['webhook-id'] ?? '', new Date(timestamp * 1000), body)
      return headers['webhook-signature']?.split(' ').includes(expected) === true
    }
    const acceptsAsymmetric = async (key: string, { headers, body }: RecordedDelivery) => {
      const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
      const signatures =
        headers['webhook-signature']?.split(' ').filter((one) => one.startsWith('v1a,')) ?? []
      const bytes = (text: string) => Buffer.from(text, 'base64')
      const found = await Promise.all(
        signatures.map((one) => verifyAsync(bytes(one.slice(4)), Buffer.from(content), bytes(key.slice(5)))),
      )
      return found.includes(true)
    }

    describe('signing', () => {
      it('takes a given secret, and is identical only with it', async () => {
        const { hooks, create, deliver } = await shop()
        const { id } = await create({ secret: SECRET })
        expect(await hooks.secrets(id)).toEqual([SECRET])
        const posted = await deliver()
        expect(posted !== undefined && accepts(SECRET, posted)).toBe(true)
        expect((await create({ secret: SECRET })).id).toBe(id)
        expect((await create()).id).toBe(id)
        expect((await create({ secret: generateSecret() })).id).not.toBe(id)
      })

      it.each(['hunter2', 'whsec_c2hvcnQ=', 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=', 5, null])(
        'refuses %j as a secret, and does not show it',
        async (secret) => {
          const { create } = await shop()
          const refusal = await create({ secret }).then(
            () => undefined,
            (error: Error) => error,
          )
          expect(refusal).toMatchObject({ code: 'secret_invalid', field: 'secret' })
          if (typeof secret === 'string') expect(refusal?.message).not.toContain(secret)
        },
      )

      it('with a private key tells and returns the public key alone', async () => {
        const { hooks, create, deliver } = await shop({ signature: { scheme: 'v1a' } })
        const { id } = await create()
        const [key = ''] = await hooks.secrets(id)
        expect(key).toMatch(/^whpk_/)
        const posted = await deliver()
        expect(posted?.headers['webhook-signature']).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/)
        expect(posted !== undefined && (await acceptsAsymmetric(key, posted))).toBe(true)
        const next = await hooks.rotateSecret(id)
        expect(next).toMatch(/^whpk_/)
        const rotated = await deliver()
        for (const one of [key, next]) {
          expect(rotated !== undefined && (await acceptsAsymmetric(one, rotated))).toBe(true)
        }
      })

      it('over the REST API tells the public key alone, and once', async () => {
        const { hooks } = await shop({ signature: { scheme: 'v1a' }, authenticate: () => 1 })
        const ask = async () => {
          const body = JSON.stringify({ event: 'order.paid', target: TARGET })
          const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
          const response = await hooks.handler(new Request('http://localhost/api/hooks/', init))
          return (await response.json()) as { id: number; secret?: string }
        }
        const { id, secret } = await ask()
        expect(secret).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/)
        expect(await hooks.secrets(id)).toEqual([secret])
        expect(await ask()).not.toHaveProperty('secret')
      })

      it('changes over from one scheme to the other without a gap', async () => {
        const { hooks, test, create, deliver } = await shop()
        const { id } = await create({ secret: SECRET })
        const key = await hooks.rotateSecret(id, { scheme: 'v1a', overlapMs: MINUTE })
        const both = await deliver()
        expect(both !== undefined && accepts(SECRET, both) && (await acceptsAsymmetric(key, both))).toBe(true)
        test.clock.advance(MINUTE)
        const after = await deliver()
        expect(after?.headers['webhook-signature']).toMatch(/^v1a,\S+$/)
      })

      it('goes on with all secrets of several rotations, each until its own time', async () => {
        const { hooks, test, create, deliver } = await shop()
        const { id } = await create({ secret: SECRET })
        const second = await hooks.rotateSecret(id, { overlapMs: 3 * MINUTE })
        const third = await hooks.rotateSecret(id, { overlapMs: MINUTE })
        const known = async () => {
          const posted = await deliver()
          return [SECRET, second, third].map((secret) => posted !== undefined && accepts(secret, posted))
        }
        expect(await known()).toEqual([true, true, true])
        test.clock.advance(MINUTE)
        expect(await known()).toEqual([true, false, true])
        test.clock.advance(2 * MINUTE)
        expect(await known()).toEqual([false, false, true])
      })

      it('still signs with the old secret of a row from before', async () => {
        const { hooks, create, deliver } = await shop()
        const { id } = await create({ secret: SECRET })
        const old = generateSecret()
        await rewrite(id, { old_secret: old, old_secret_until: START + MINUTE })
        const posted = await deliver()
        expect(posted !== undefined && accepts(old, posted)).toBe(true)
        await hooks.rotateSecret(id)
        expect(await hooks.secrets(id)).toEqual([expect.any(String), SECRET, old])
        expect((await kept())[0]).toMatchObject({ old_secret: null, old_secret_until: null })
      })

      it.each([
        [{ secret: SECRET, scheme: 'v1a' }, 'scheme'],
        [{ scheme: 'v2' }, 'scheme'],
        [{ secret: 'hunter2' }, 'secret'],
      ])('refuses to rotate with %o', async (rotation, field) => {
        const { hooks, create } = await shop()
        const { id } = await create()
        await expect(hooks.rotateSecret(id, rotation as never)).rejects.toMatchObject({ field })
      })

      it('sends the headers by the names that were told, and no hook can set them', async () => {
        const headers = { id: 'X-Event-Id', timestamp: 'X-Event-Time', signature: 'X-Event-Signature' }
        const { hooks, create, deliver } = await shop({ signature: { headers } })
        for (const name of ['x-event-id', 'X-Event-Signature', 'x_event_time', 'webhook-id', 'svix-id']) {
          const given = create({ headers: { [name]: 'forged' } })
          await expect(given).rejects.toMatchObject({ code: 'headers_invalid' })
        }
        const { id } = await create({ secret: SECRET })
        await expect(hooks.update(id, { headers: { 'X-EVENT-ID': 'x' } })).rejects.toMatchObject({
          code: 'headers_invalid',
        })
        // By other hands.
        const forged = {
          'X-Event-Signature': 'v1,forged',
          X_Event_Time: '1',
          'Webhook-Id': 'forged',
          'X-Own': 'own',
        }
        await rewrite(id, { headers: JSON.stringify(forged) })
        const posted = await deliver()
        expect(JSON.stringify(posted?.headers)).not.toContain('forged')
        expect(Object.keys(posted?.headers ?? {}).sort()).toEqual(
          ['content-type', 'user-agent', 'x-event-id', 'x-event-signature', 'x-event-time', 'x-own'].sort(),
        )
        const sent = {
          headers: {
            'webhook-id': posted?.headers['x-event-id'] ?? '',
            'webhook-timestamp': posted?.headers['x-event-time'] ?? '',
            'webhook-signature': posted?.headers['x-event-signature'] ?? '',
          },
          body: posted?.body ?? '',
        }
        expect(accepts(SECRET, sent as never)).toBe(true)
        expect(posted?.id).toBe(posted?.headers['x-event-id'])
      })
    })

    describe('encryption', () => {
      const headers = { Authorization: `Bearer ${TOKEN}` }

      it('keeps secrets, old ones and headers unreadable, and uses them', async () => {
        const { hooks, create, deliver } = await shop({ encryptionKey: KEY })
        const { id } = await create({ secret: SECRET, headers })
        await hooks.rotateSecret(id)
        await hooks.update(id, { headers: { ...headers, 'X-More': 'more' } })
        const [row] = await kept()
        for (const text of [row?.secret, row?.headers, row?.old_secrets]) expect(text).toMatch(/^enc:1:/)
        expect(JSON.stringify(row)).not.toMatch(/whsec|token-of/)
        const posted = await deliver()
        expect(posted?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'x-more': 'more' })
        for (const secret of await hooks.secrets(id)) {
          expect(posted !== undefined && accepts(secret, posted)).toBe(true)
        }
      })

      it('finds an identical hook by what it decrypts', async () => {
        const { create } = await shop({ encryptionKey: KEY })
        const { id } = await create({ secret: SECRET, headers })
        expect((await create({ secret: SECRET, headers })).id).toBe(id)
        expect((await create({ headers: { Authorization: 'Bearer other' } })).id).not.toBe(id)
      })

      it('reads rows from before it, and leaves them', async () => {
        const { create } = await shop()
        const { id } = await create({ secret: SECRET, headers })
        const after = await shop({ encryptionKey: KEY })
        expect(await after.hooks.secrets(id)).toEqual([SECRET])
        expect((await after.deliver())?.headers.authorization).toBe(`Bearer ${TOKEN}`)
        expect((await kept())[0]?.secret).toBe(SECRET)
      })

      it("does not read a row's text in the hook of another owner", async () => {
        const { hooks, create } = await shop({ encryptionKey: KEY })
        await create({ secret: SECRET })
        const { id } = await create({ owner: 2 })
        const [row] = await kept()
        await rewrite(id, { secret: row?.secret })
        await expect(hooks.secrets(id)).rejects.toMatchObject({ code: 'decryption_failed', status: 500 })
      })

      describe('without the key', () => {
        beforeEach(async () => {
          const { create, hooks } = await shop({ encryptionKey: KEY })
          await create({ secret: SECRET, headers })
          await hooks.create({ owner: 2, event: 'order.paid', target: `${TARGET}/2` })
        })

        it('makes no attempt, counts nothing, loses nothing and tells which key it is', async () => {
          const { hooks, test, deliver, log } = await shop({
            encryptionKey: NEW_KEY,
            dispatch: { breaker: { failures: 1 } },
          })
          for (let round = 0; round < 60; round += 1) {
            if (round === 0) await deliver()
            else await test.flush()
            test.clock.advance(MINUTE)
          }
          expect(test.deliveries).toEqual([])
          const [delivery] = await hooks.deliveries()
          expect(delivery).toMatchObject({ status: 'pending', attempts: 0 })
          expect(await hooks.get(1)).toMatchObject({ disabledAt: null })
          expect(await hooks.health(1)).toMatchObject({ state: 'well', failures: 0 })
          const reports = log.filter(({ message }) => message.includes('cannot be read'))
          expect(reports).toHaveLength(60)
          const id = (await kept())[0]?.secret.split(':')[2] ?? ''
          expect(reports[0]?.message).toContain(`Add the key whose id is ${id} to the option encryptionKey`)
          expect(reports[0]?.fields).toMatchObject({ hooks: [1], deliveries: 1 })
          expect(JSON.stringify(log)).not.toContain((await kept())[0]?.secret.split(':')[3])

          const mended = await shop({ encryptionKey: [NEW_KEY, KEY] })
          mended.test.clock.advance(60 * MINUTE)
          await mended.test.flush()
          expect(mended.test.deliveries).toHaveLength(1)
          expect(await mended.hooks.deliveries()).toMatchObject([{ status: 'delivered', attempts: 1 }])
        })

        it('reports once for all deliveries of a claim', async () => {
          const { hooks, test, log } = await shop({ encryptionKey: NEW_KEY })
          await hooks.create({ owner: 3, event: 'order.paid', target: TARGET })
          for (const owner of [1, 2, 1, 2, 3]) await hooks.send('order.paid', 5, { owner })
          await test.flush()
          expect(log.filter(({ message }) => message.includes('cannot be read'))).toHaveLength(1)
          expect(test.deliveries).toHaveLength(1)
        })

        it('attempts nothing that is asked for by its id', async () => {
          const ids: string[] = []
          const { hooks, test, deliver } = await shop({ hook: { deliver: (more) => void ids.push(...more) } })
          await deliver()
          expect(await hooks.attempt(ids[0] ?? '')).toEqual({ status: 'pending', attempted: false })
          test.clock.advance(MINUTE)
          await test.flush()
          expect(ids).toHaveLength(2)
        })

        it('refuses what needs to read it, and takes what replaces it', async () => {
          const { hooks, create, deliver } = await shop()
          const failed = expect.objectContaining({ code: 'decryption_failed' })
          await expect(hooks.secrets(1)).rejects.toThrow(failed)
          await expect(create({ headers })).rejects.toThrow(failed)
          await expect(hooks.rotateSecret(1)).rejects.toThrow(failed)
          const key = await hooks.rotateSecret(1, { overlapMs: 0 })
          await hooks.update(1, { headers })
          expect(await hooks.secrets(1)).toEqual([key])
          expect((await deliver())?.headers.authorization).toBe(`Bearer ${TOKEN}`)
        })
      })

      describe('reencrypt', () => {
        const idsOfKeys = async () => {
          const all = (await kept()).flatMap(({ secret, headers, old_secrets }) => [
            secret,
            headers,
            old_secrets,
          ])
          return new Set(
            all.filter((text) => text !== null).map((text) => text.split(':').slice(0, 3).join(':')),
          )
        }

        it('brings all hooks to the first key, deleted ones and those from before too', async () => {
          const before = await shop()
          const { id } = await before.create({ secret: SECRET, headers })
          await rewrite(id, { old_secret: generateSecret(), old_secret_until: START + MINUTE })
          const secretsBefore = await before.hooks.secrets(id)
          const old = await shop({ encryptionKey: KEY })
          const gone = await old.create({ owner: 2, headers })
          await old.hooks.rotateSecret(gone.id)
          await old.hooks.delete(gone.id)
          for (let owner = 3; owner < 250; owner += 1) await old.create({ owner })

          const { hooks, deliver } = await shop({ encryptionKey: [NEW_KEY, KEY] })
          expect(await hooks.reencrypt()).toEqual({ hooks: 249, finished: true })
          expect(await hooks.reencrypt()).toEqual({ hooks: 0, finished: true })
          expect((await idsOfKeys()).size).toBe(1)
          const { hooks: later } = await shop({ encryptionKey: NEW_KEY })
          expect(await later.secrets(id)).toEqual(secretsBefore)
          expect((await deliver())?.headers.authorization).toBe(`Bearer ${TOKEN}`)
        })

        it('says when its time was over', async () => {
          const { create } = await shop()
          for (let owner = 1; owner < 250; owner += 1) await create({ owner })
          const { hooks, test } = await shop({ encryptionKey: KEY })
          const { now } = test.clock
          test.clock.now = () => {
            test.clock.advance(1)
            return now.call(test.clock)
          }
          expect(await hooks.reencrypt({ deadlineMs: 1 })).toEqual({ hooks: 200, finished: false })
          // However short the time, each call gets further than the one before.
          expect(await hooks.reencrypt({ deadlineMs: 1 })).toEqual({ hooks: 49, finished: true })
        })

        it('loses no rotation that happens meanwhile', async () => {
          const before = await shop()
          const made = await Promise.all(
            Array.from({ length: 30 }, (_, owner) => before.create({ owner: owner + 1 })),
          )
          const { hooks } = await shop({ encryptionKey: KEY })
          const keys = new Map<number, string>()
          const rotations = made.map(async ({ id }) => void keys.set(id, await hooks.rotateSecret(id)))
          await Promise.all([hooks.reencrypt(), ...rotations, hooks.reencrypt()])
          for (const [id, key] of keys) expect((await hooks.secrets(id))[0]).toBe(key)
          await hooks.reencrypt()
          expect((await idsOfKeys()).size).toBe(1)
        })

        it('does all that it can, and then tells which key is missing', async () => {
          const old = await shop({ encryptionKey: KEY })
          const lost = await old.create()
          const before = await shop()
          await before.create({ owner: 2 })
          const { hooks } = await shop({ encryptionKey: NEW_KEY })
          const failed = hooks.reencrypt()
          await expect(failed).rejects.toMatchObject({ code: 'decryption_failed', field: 'encryptionKey' })
          await expect(failed).rejects.toThrow(`all hooks are done but ${lost.id}: `)
          const [first, second] = await kept()
          expect(first?.secret.split(':')[2]).not.toBe(second?.secret.split(':')[2])
        })

        it('writes plain text before encryption ends', async () => {
          const { hooks, create } = await shop({ encryptionKey: KEY })
          const { id } = await create({ secret: SECRET, headers })
          expect(await hooks.reencrypt({ decrypt: true })).toEqual({ hooks: 1, finished: true })
          expect((await kept())[0]).toMatchObject({ secret: SECRET, headers: JSON.stringify(headers) })
          const after = await shop()
          expect(await after.hooks.secrets(id)).toEqual([SECRET])
          await expect(after.hooks.reencrypt()).rejects.toMatchObject({
            code: 'option_invalid',
            field: 'encryptionKey',
          })
        })
      })
    })

    describe('the log of attempts', () => {
      it('has nothing of what a target echoes', async () => {
        const { hooks, test, create, deliver } = await shop()
        const target = `${TARGET}?token=query%20t0ken&mode=7`
        const { id } = await create({
          target,
          secret: SECRET,
          headers: { Authorization: `Bearer ${TOKEN}`, 'X-Key': 'k3y"with/signs' },
        })
        const old = (await hooks.rotateSecret(id)).slice(6)
        test.respond(({ headers }) => ({
          status: 302,
          headers: { Location: `${target}&again`, 'X-Echo': headers['x-key'] ?? '' },
          body: JSON.stringify({
            headers,
            url: target,
            args: { token: 'query t0ken' },
            page: `${SECRET} ${old}`,
          }),
        }))
        await deliver()
        const { log } = await hooks.delivery((await hooks.deliveries())[0]?.id ?? '')
        const shown = JSON.stringify(log)
        for (const text of [TOKEN, 'k3y', 't0ken', SECRET.slice(6), old]) expect(shown).not.toContain(text)
        expect(log[0]?.response?.headers).toContainEqual(['location', `${TARGET}?[redacted]&again`])
        expect(log[0]?.response?.body).toContain('"content-type":"application/json"')
      })

      it('has nothing of it in what an error tells', async () => {
        const { hooks, test, create, deliver } = await shop({ dispatch: { retry: { delaysMs: [] } } })
        await create({ headers: { 'X-Key': TOKEN } })
        test.respond(({ headers }) => {
          throw new Error(`no answer to ${headers['x-key']}`)
        })
        await deliver()
        const [delivery] = await hooks.deliveries()
        expect(delivery?.reason).toContain('no answer to [redacted]')
        const { log } = await hooks.delivery(delivery?.id ?? '')
        expect(log[0]?.error).toEqual({ code: 'connect', message: 'no answer to [redacted]' })
      })
    })
  })
}
