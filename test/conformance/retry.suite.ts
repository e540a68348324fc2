import { describe, expect, it } from 'vitest'
import { createHooks, standardDelaysMs } from '../../src/index.ts'
import type { OutboundResult } from '../../src/outbound/index.ts'
import { seamsOf } from '../support/seams.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** Attempts that fail, and what is kept of them. */
export function retrySuite(harness: Harness): void {
  describe(`retries on ${harness.name}`, () => {
    const app = application(harness)

    async function bookstore(dispatch = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({ database, logger, dispatch, events: { 'user.logged_in': null } }),
      )
      const hook = await opened.hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      async function send(payload: object = {}) {
        const { id } = await opened.hooks.send('user.logged_in', payload, { owner: 1 })
        return `${id}_${hook.id}`
      }
      return { ...opened, hook, send }
    }

    it('keep the schedule of Standard Webhooks; then the delivery has failed, with the reason', async () => {
      const { hooks, test, send } = await bookstore({ retry: { jitter: 0 } })
      test.respond(() => ({ status: 503 }))
      const id = await send()
      await test.flush()
      for (const [index, delay] of standardDelaysMs.entries()) {
        test.clock.advance(delay - 1)
        await test.flush()
        expect(test.deliveries).toHaveLength(index + 1)
        test.clock.advance(1)
        await test.flush()
        expect(test.deliveries).toHaveLength(index + 2)
      }
      expect(new Set(test.deliveries.map((one) => one.id))).toEqual(new Set([id]))
      const timestamps = test.deliveries.map(({ headers }) => Number(headers['webhook-timestamp']))
      expect((timestamps.at(-1) ?? 0) - (timestamps[0] ?? 0)).toBe(
        standardDelaysMs.reduce((a, b) => a + b) / 1000,
      )
      expect(await hooks.delivery(id)).toMatchObject({
        status: 'failed',
        reason: 'all 10 attempts failed; the last: status 503',
        attempts: 10,
        dueAt: null,
        finishedAt: new Date(test.clock.now()),
      })
      test.clock.advance(365 * 24 * 3_600_000)
      await test.flush()
      expect(test.deliveries).toHaveLength(10)
    })

    it('vary by the jitter', async () => {
      const { hooks, test, send } = await bookstore({
        retry: { delaysMs: [1_000_000], jitter: 0.1 },
        breaker: false,
      })
      test.respond(() => ({ status: 500 }))
      for (let n = 0; n < 50; n += 1) await send({ n })
      await test.flush()
      const waits = (await hooks.deliveries()).map(({ dueAt }) => Number(dueAt) - START)
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(900_000)
      expect(Math.max(...waits)).toBeLessThanOrEqual(1_100_000)
      expect(new Set(waits).size).toBeGreaterThan(40)
    })

    it('end with the first success', async () => {
      const { hooks, test, send } = await bookstore({ retry: { delaysMs: [10, 10], jitter: 0 } })
      const answers = [500, 204]
      test.respond(() => ({ status: answers.shift() ?? 500 }))
      const id = await send()
      await test.flush()
      test.clock.advance(10)
      await test.flush()
      test.clock.advance(1_000)
      await test.flush()
      expect(test.deliveries).toHaveLength(2)
      expect(await hooks.delivery(id)).toMatchObject({ status: 'delivered', attempts: 2, reason: null })
    })

    it.each([199, 300, 302, 304, 400, 404, 500])('follow a status of %i', async (status) => {
      const { hooks, test, send } = await bookstore()
      test.respond(() => ({ status }))
      const id = await send()
      await test.flush()
      expect(await hooks.delivery(id)).toMatchObject({ status: 'pending', attempts: 1, log: [{ status }] })
    })

    it('are none where the list is empty', async () => {
      const { hooks, test, send } = await bookstore({ retry: { delaysMs: [] } })
      test.respond(() => {
        throw new Error('connection refused')
      })
      const id = await send()
      await test.flush()
      expect(await hooks.delivery(id)).toMatchObject({
        status: 'failed',
        reason: 'the only attempt failed: connection refused',
      })
    })

    it('use the secret, headers and target that the hook has by then', async () => {
      const { hooks, test, send, hook } = await bookstore()
      test.respond(() => ({ status: 500 }))
      await send()
      await test.flush()
      await hooks.update(hook.id, { target: `${TARGET}/new`, headers: { 'X-Own': 'yes' } })
      await hooks.rotateSecret(hook.id)
      test.clock.advance(10_000)
      await test.flush()
      const [first, second] = test.deliveries
      expect(second).toMatchObject({ target: `${TARGET}/new`, headers: { 'x-own': 'yes' } })
      expect(first?.headers['webhook-signature']?.split(' ')).toHaveLength(1)
      expect(second?.headers['webhook-signature']?.split(' ')).toHaveLength(2)
    })

    it('leave a log of time, duration, status or error, headers and the beginning of the body', async () => {
      const { hooks, send, test } = await bookstore()
      const results: OutboundResult[] = [
        { durationMs: 15_000.4, outcome: 'error', error: { code: 'timeout', message: 'no answer\0\uD800' } },
        {
          durationMs: 12,
          outcome: 'response',
          response: {
            status: 500,
            headers: [
              ['content-type', 'text/plain'],
              ['set-cookie', 'a'],
              ['set-cookie', 'b'],
            ],
            body: Buffer.concat([Buffer.from('a\0b'), Buffer.from([0xff, 0xc3]), Buffer.from('ü')]),
            truncated: false,
          },
        },
        {
          durationMs: 1,
          outcome: 'response',
          response: { status: 200, headers: [], body: Buffer.alloc(16_384, 'x'), truncated: true },
        },
      ]
      const { transport } = seamsOf(hooks)
      const post = transport.post.bind(transport)
      transport.post = async (request) => {
        await post(request)
        return results.shift() as OutboundResult
      }
      const id = await send()
      await test.flush()
      test.clock.advance(10_000)
      await test.flush()
      test.clock.advance(600_000)
      await test.flush()
      const { log, status } = await hooks.delivery(id)
      expect(status).toBe('delivered')
      expect(log).toEqual([
        {
          number: 1,
          startedAt: new Date(START),
          durationMs: 15_000,
          status: null,
          manual: false,
          error: { code: 'timeout', message: 'no answer\uFFFD\uFFFD' },
          request: null,
          response: null,
        },
        {
          number: 2,
          startedAt: new Date(START + 10_000),
          durationMs: 12,
          status: 500,
          manual: false,
          error: null,
          request: null,
          response: {
            headers: [
              ['content-type', 'text/plain'],
              ['set-cookie', 'a'],
              ['set-cookie', 'b'],
            ],
            body: 'a\uFFFDb\uFFFD\uFFFDü',
            truncated: false,
          },
        },
        {
          number: 3,
          startedAt: new Date(START + 610_000),
          durationMs: 1,
          status: 200,
          manual: false,
          error: null,
          request: null,
          response: { headers: [], body: 'x'.repeat(16_384), truncated: true },
        },
      ])
    })

    it('follow a fault of the attempt itself, which harms no other delivery', async () => {
      const { hooks, send, test } = await bookstore()
      const { transport } = seamsOf(hooks)
      const post = transport.post.bind(transport)
      transport.post = async (request) => {
        if (request.body.includes('"bad"')) throw new Error('out of order')
        return await post(request)
      }
      const bad = await send({ name: 'bad' })
      const good = await send({ name: 'good' })
      await test.flush()
      expect(await hooks.delivery(bad)).toMatchObject({
        status: 'pending',
        log: [{ error: { code: 'local', message: 'out of order' } }],
      })
      expect(await hooks.delivery(good)).toMatchObject({ status: 'delivered' })
    })
  })
}
