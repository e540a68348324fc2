import { describe, expect, it } from 'vitest'
import { createHooks, type DispatchOptions } from '../../src/index.ts'
import { seamsOf } from '../support/seams.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** What failures do to a hook: its breaker, its warnings and its end. */
export function healthSuite(harness: Harness): void {
  describe(`failing hooks on ${harness.name}`, () => {
    const app = application(harness)

    async function shop(dispatch: DispatchOptions = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({ database, logger, dispatch, events: { 'order.paid': null } }),
      )
      const { hooks, test } = opened
      const hook = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET })
      let status = 500
      test.respond(() => ({ status }))
      return {
        ...opened,
        hook,
        answer(next: number) {
          status = next
        },
        async send(count = 1) {
          for (let n = 0; n < count; n += 1) await hooks.send('order.paid', { n }, { owner: 1 })
        },
        /** The posts since the last call. */
        async posts() {
          await test.flush()
          const count = test.deliveries.length
          test.clear()
          return count
        },
      }
    }

    const never = { retry: { delaysMs: [30 * DAY], jitter: 0 } }

    describe('with a breaker', () => {
      it('wait once it has opened, and one attempt finds out whether they are well again', async () => {
        const { test, send, posts, answer, hooks, hook } = await shop(never)
        expect(await hooks.health(hook.id)).toMatchObject({ state: 'well', failures: 0 })
        for (let n = 0; n < 5; n += 1) {
          await send()
          expect(await posts()).toBe(1)
        }
        await send(50)
        expect(await posts()).toBe(0)
        expect(await hooks.health(hook.id)).toMatchObject({
          state: 'waiting',
          failures: 5,
          failingSince: new Date(START),
        })
        test.clock.advance(9_999)
        expect(await posts()).toBe(0)
        // Each time twice as long, and up to a fifth longer.
        for (const [shortest, longest] of [
          [0, 2_001],
          [20_000, 24_001],
          [40_000, 48_001],
        ] as const) {
          test.clock.advance(shortest)
          const early = await posts()
          test.clock.advance(longest - shortest)
          expect(early + (await posts())).toBe(1)
        }
        answer(200)
        test.clock.advance(MINUTE * 2)
        // The probe, and the first of those that are let through when it has come back.
        expect(await posts()).toBe(2)
        expect(await hooks.deliveries({ status: 'delivered' })).toHaveLength(2)
        expect(await hooks.health(hook.id)).toMatchObject({ state: 'recovering', nextAttemptAt: null })
        await expect(hooks.health(hook.id, { owner: 2 })).rejects.toMatchObject({ code: 'hook_missing' })
        await hooks.disable(hook.id)
        expect((await hooks.health(hook.id, { owner: 1 })).state).toBe('disabled')
      })

      it('get more and more when they are well again, and at last everything', async () => {
        const { test, send, posts, answer } = await shop(never)
        for (let n = 0; n < 5; n += 1) {
          await send()
          await posts()
        }
        await send(300)
        answer(200)
        test.clock.advance(12_001)
        const inEachSecond: number[] = []
        for (let second = 0; second < 8; second += 1) {
          // The probe is none of them.
          let count = second === 0 ? -1 : 0
          for (let tick = 0; tick < 50; tick += 1) {
            count += await posts()
            test.clock.advance(20)
          }
          inEachSecond.push(count)
        }
        for (const [second, most] of [2, 4, 8, 16, 32].entries()) {
          // Less than the most, because the clock goes in steps.
          expect(inEachSecond[second]).toBeLessThanOrEqual(most)
          expect(inEachSecond[second]).toBeGreaterThan(most / 2)
        }
        expect(inEachSecond.reduce((a, b) => a + b)).toBe(299)
        await send(20)
        expect(await posts()).toBe(20)
      })

      it('are closed again by a failure while they recover', async () => {
        const { test, send, posts, answer } = await shop({ ...never, breaker: { failures: 2 } })
        await send(2)
        await posts()
        await send(100)
        answer(200)
        test.clock.advance(12_001)
        expect(await posts()).toBe(2)
        answer(500)
        test.clock.advance(500)
        expect(await posts()).toBe(1)
        test.clock.advance(500)
        expect(await posts()).toBe(1)
        test.clock.advance(5_000)
        expect(await posts()).toBe(0)
      })

      it('are spared no attempt while one success comes between', async () => {
        const { send, posts, answer } = await shop(never)
        for (let n = 0; n < 20; n += 1) {
          answer(n % 5 === 4 ? 200 : 500)
          await send()
          expect(await posts()).toBe(1)
        }
      })

      it('disturb no other hook', async () => {
        const { hooks, test, send, posts } = await shop(never)
        for (let n = 0; n < 5; n += 1) {
          await send()
          await posts()
        }
        await hooks.create({ owner: 1, event: 'order.paid', target: `${TARGET}/other` })
        await send(10)
        await test.flush()
        expect(test.deliveries.map(({ target }) => target)).toEqual(Array(10).fill(`${TARGET}/other`))
      })

      it('are tried at once when they are enabled anew', async () => {
        const { hooks, hook, send, posts, answer } = await shop(never)
        for (let n = 0; n < 5; n += 1) {
          await send()
          await posts()
        }
        await send(10)
        expect(await posts()).toBe(0)
        answer(200)
        await hooks.disable(hook.id)
        await hooks.enable(hook.id)
        expect(await posts()).toBe(10)
      })

      it('may have none', async () => {
        const { send, posts } = await shop({ ...never, breaker: false })
        await send(30)
        expect(await posts()).toBe(30)
      })

      it('wait for as long as a busy target asks, all of them', async () => {
        const { test, send, posts, answer } = await shop(never)
        test.respond(() => ({ status: 429, headers: { 'retry-after': '60' } }))
        await send()
        expect(await posts()).toBe(1)
        test.respond(() => ({ status: 200 }))
        answer(200)
        await send(3)
        test.clock.advance(59_999)
        expect(await posts()).toBe(0)
        test.clock.advance(1)
        expect(await posts()).toBe(2)
      })
    })

    describe('that never succeed', () => {
      const daily = { retry: { delaysMs: Array.from({ length: 60 }, () => 6 * 60 * MINUTE), jitter: 0 } }

      it('are warned about at 50, 70 and 90 %, and disabled after five days', async () => {
        const { hooks, hook, test, send } = await shop(daily)
        const told: string[] = []
        hooks.on('hook.failing', ({ percent, failures }) => told.push(`${percent} % ${failures > 0}`))
        hooks.on('hook.disabled', ({ cause }) => told.push(cause))
        await send()
        const days: string[] = []
        for (let hours = 0; hours <= 5 * 24; hours += 6) {
          await test.flush()
          for (const one of told.splice(0)) days.push(`${hours / 24} ${one}`)
          test.clock.advance(6 * 60 * MINUTE)
        }
        expect(days).toEqual(['2.5 50 % true', '3.5 70 % true', '4.5 90 % true', '5 failing'])
        expect(await hooks.get(hook.id)).toMatchObject({
          disabledAt: new Date(START + 5 * DAY),
          disabledCause: 'failing',
          disabledReason: `all attempts have failed for 5 days, since ${new Date(START).toISOString()}`,
        })
        const posts = test.deliveries.length
        test.clock.advance(5 * DAY)
        await test.flush()
        expect(test.deliveries).toHaveLength(posts)
        // What waits is not lost.
        expect(await hooks.deliveries({ status: 'pending' })).toHaveLength(1)
        await hooks.enable(hook.id)
        await test.flush()
        expect(test.deliveries).toHaveLength(posts + 1)
      })

      it('are not given up before ten attempts, however long that takes', async () => {
        const { hooks, hook, test, send } = await shop({
          retry: { delaysMs: Array.from({ length: 60 }, () => 2 * DAY), jitter: 0 },
        })
        await send()
        for (let n = 0; n < 9; n += 1) {
          await test.flush()
          test.clock.advance(2 * DAY)
        }
        expect((await hooks.get(hook.id))?.disabledAt).toBeNull()
        await test.flush()
        expect((await hooks.get(hook.id))?.disabledCause).toBe('failing')
      })

      it('begin anew with a success, which is told', async () => {
        const { hooks, hook, test, send, answer } = await shop(daily)
        const told: string[] = []
        hooks.on('hook.recovered', (one) => told.push(`${one.failingSince?.toISOString()} ${one.hook.id}`))
        await send()
        for (let hours = 0; hours < 4 * 24; hours += 6) {
          await test.flush()
          test.clock.advance(6 * 60 * MINUTE)
        }
        answer(200)
        await test.flush()
        expect(told).toEqual([`${new Date(START).toISOString()} ${hook.id}`])
        answer(500)
        test.clock.advance(MINUTE)
        await send()
        for (let hours = 0; hours < 4 * 24; hours += 6) {
          await test.flush()
          test.clock.advance(6 * 60 * MINUTE)
        }
        expect((await hooks.get(hook.id))?.disabledAt).toBeNull()
      })

      it('are kept with `disableAfterMs: false`', async () => {
        const { hooks, hook, test, send } = await shop({ ...daily, disableAfterMs: false })
        await send()
        for (let n = 0; n < 50; n += 1) {
          await test.flush()
          test.clock.advance(6 * 60 * MINUTE)
        }
        expect((await hooks.get(hook.id))?.disabledAt).toBeNull()
      })

      it('are not blamed for what is no fault of theirs', async () => {
        const { hooks, hook, test, send, answer } = await shop({ ...daily, disableAfterMs: MINUTE })
        const seams = seamsOf(hooks)
        const { transport } = seams
        const error = { code: 'local', message: 'no file handles' } as const
        seams.transport = {
          close: () => transport.close(),
          post: async () => ({ durationMs: 1, outcome: 'error', error }),
        }
        await send(3)
        for (let n = 0; n < 20; n += 1) {
          await test.flush()
          test.clock.advance(10 * MINUTE)
        }
        expect((await hooks.get(hook.id))?.disabledAt).toBeNull()
        seams.transport = transport
        answer(200)
        await test.flush()
        expect(await hooks.deliveries({ status: 'delivered' })).toHaveLength(3)
      })
    })

    describe('whose target answers 410', () => {
      it('are disabled at once, and everything that waits for them is cancelled with the reason', async () => {
        const { hooks, hook, test, send, answer } = await shop({ breaker: false })
        const told: unknown[] = []
        hooks.on('hook.disabled', ({ hook: { id }, cause, reason }) => told.push({ id, cause, reason }))
        await send(30)
        await test.flush()
        answer(410)
        await send(1)
        test.clock.advance(1)
        await test.flush()
        expect(told).toEqual([{ id: hook.id, cause: 'gone', reason: 'its target answered 410 Gone' }])
        expect(await hooks.get(hook.id)).toMatchObject({ disabledCause: 'gone' })
        const posts = test.deliveries.length
        await send(5)
        test.clock.advance(10 * MINUTE)
        await test.flush()
        expect(test.deliveries).toHaveLength(posts)
        expect(await hooks.deliveries({ status: 'pending' })).toEqual([])
        const [gone] = await hooks.deliveries({ status: 'failed' })
        expect(gone?.reason).toBe('the target answered 410 Gone: it wants no more')
        const cancelled = await hooks.deliveries({ status: 'cancelled', limit: 1_000 })
        expect(cancelled).toHaveLength(35)
        expect(new Set(cancelled.map(({ reason }) => reason))).toEqual(
          new Set(['the hook was disabled, because its target answered 410 Gone']),
        )
      })

      it('lose what waits in their lane in the same way', async () => {
        const { hooks, test, send, answer } = await shop()
        await hooks.create({ owner: 1, event: 'order.paid', target: `${TARGET}/slow`, rateLimit: 1 })
        answer(410)
        await send(20)
        await test.flush()
        expect(await hooks.deliveries({ status: 'pending' })).toEqual([])
        expect(await hooks.deliveries({ status: 'failed' })).not.toEqual([])
      })

      it('can be enabled again, with what they missed', async () => {
        const { hooks, hook, test, send, answer } = await shop()
        answer(410)
        await send(3)
        await test.flush()
        answer(200)
        await hooks.enable(hook.id, { replaySince: new Date(START - 1) })
        test.clock.advance(10_000)
        await test.flush()
        for (let n = 0; n < 10; n += 1) {
          test.clock.advance(1_000)
          await test.flush()
        }
        expect(await hooks.deliveries({ status: 'delivered' })).toHaveLength(3)
      })
    })

    it.each([400, 401, 404, 422])('are not deleted or disabled by %i', async (status) => {
      const { hooks, hook, test, send, answer } = await shop()
      answer(status)
      await send(3)
      await test.flush()
      expect((await hooks.get(hook.id))?.disabledAt).toBeNull()
      expect(await hooks.deliveries({ status: 'pending' })).toHaveLength(3)
    })
  })
}
