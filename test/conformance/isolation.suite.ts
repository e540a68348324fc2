import { describe, expect, it, vi } from 'vitest'
import { createHooks, everyone } from '../../src/index.ts'
import type { OutboundResult } from '../../src/outbound/index.ts'
import { seamsOf } from '../support/seams.ts'
import { application, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

const CONCURRENCY = 16
const MOST_TURNS = 500
const SLOW = `${TARGET}/slow`
const FINE = `${TARGET}/fine`

/** Targets that hold what they are sent, beside one that answers at once. */
export function isolationSuite(harness: Harness): void {
  describe(`hooks beside slow ones on ${harness.name}`, () => {
    const app = application(harness)

    /** A hook that answers, and has answered once, and others whose answers are in the test's hands. */
    async function neighbours(slowHooks: number, limits: { ordered?: boolean } = {}, payload = plain) {
      const { hooks, test } = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events: { slow: null, fine: null },
          hook: { payload },
          dispatch: { concurrency: CONCURRENCY, concurrencyPerHook: 4, breaker: false },
        }),
      )
      const held = new Set<(result: OutboundResult) => void>()
      const met = new Set<string>()
      let asked = 0
      let holds = true
      const seams = seamsOf(hooks)
      const { dispatcher, transport } = seams
      const post = transport.post.bind(transport)
      transport.post = async (request) => {
        const result = await post(request)
        if (request.url === FINE || !holds) return result
        const answer = Promise.withResolvers<OutboundResult>()
        held.add(answer.resolve)
        met.add(request.url)
        return await answer.promise
      }
      /** Turns until the dispatcher would sleep, and whatever ends at once has ended and is written down. */
      async function turns() {
        for (let [calm, all] = [0, 0]; calm < 3; all += 1) {
          if (all > MOST_TURNS) throw new Error('the dispatcher goes on and on')
          calm = (await dispatcher.turn()) > 0 ? calm + 1 : 0
          await new Promise(setImmediate)
        }
      }
      for (let n = 0; n < slowHooks; n += 1) {
        await hooks.create({ owner: n + 2, event: 'slow', target: `${SLOW}/${n}`, ...limits })
      }
      await hooks.create({ owner: 1, event: 'fine', target: FINE, ...limits })
      const fine = () => test.deliveries.filter(({ target }) => target === FINE).length
      const neighbourhood = {
        hooks,
        test,
        dispatcher,
        held,
        /** Whether all have been sent something. */
        all() {
          if (++asked > MOST_TURNS) throw new Error('some are never sent anything')
          return met.size === slowHooks
        },
        turns,
        fine,
        hold(value: boolean) {
          holds = value
        },
        answer(result = RESPONSE) {
          for (const resolve of held) resolve(result)
          held.clear()
        },
        async send(event: 'slow' | 'fine', count = 1) {
          for (let n = 0; n < count; n += 1) await hooks.send(event, n, { owner: everyone })
        },
        /** What is sent to the hook that answers goes out in the next turns. */
        async expectFineAtOnce() {
          const before = fine()
          await hooks.send('fine', 1, { owner: 1 })
          await turns()
          expect(fine()).toBe(before + 1)
        },
        async expectNothingLeft() {
          holds = false
          neighbourhood.answer()
          await test.flush()
          expect(await hooks.deliveries({ status: 'pending' })).toEqual([])
        },
      }
      await neighbourhood.expectFineAtOnce()
      return neighbourhood
    }

    it('go out at once beside 30 that answer after long', async () => {
      const { test, held, all, turns, answer, send, expectFineAtOnce, expectNothingLeft } =
        await neighbours(30)
      await send('slow', 8)
      await turns()
      while (!all()) {
        expect(held.size).toBeLessThanOrEqual((CONCURRENCY * 3) / 4)
        await expectFineAtOnce()
        test.clock.advance(14_000)
        await expectFineAtOnce()
        answer()
        await turns()
      }
      // Now that all are known they have half.
      test.clock.advance(14_000)
      answer()
      await turns()
      expect(held.size).toBe(CONCURRENCY / 2)
      await expectFineAtOnce()
      await expectNothingLeft()
    })

    it('go out at once beside 100 that were never met, and hang', async () => {
      const { test, held, turns, send, expectFineAtOnce } = await neighbours(100)
      await send('slow')
      await turns()
      expect(held.size).toBe((CONCURRENCY * 3) / 4)
      await expectFineAtOnce()
      // They are slow by now.
      test.clock.advance(1_001)
      await send('slow')
      await turns()
      expect(held.size).toBe((CONCURRENCY * 3) / 4)
      await expectFineAtOnce()
    })

    it('go out at once beside some that have always answered and hang from now on', async () => {
      const { test, held, turns, hold, send, expectFineAtOnce, expectNothingLeft } = await neighbours(5)
      hold(false)
      await send('slow', 3)
      await turns()
      hold(true)
      await send('slow')
      await turns()
      expect(held.size).toBe(5)
      test.clock.advance(1_001)
      await send('slow', 10)
      await turns()
      expect(held.size).toBe(CONCURRENCY / 2)
      await expectFineAtOnce()
      await expectNothingLeft()
    })

    it('go out at once beside many lanes for whose hooks there is no room', async () => {
      const { test, dispatcher, held, all, turns, fine, hooks, answer, send, expectNothingLeft } =
        await neighbours(120, { ordered: true })
      await send('slow', 8)
      await turns()
      for (let known = false; !known; ) {
        known = all()
        test.clock.advance(2_000)
        answer()
        await turns()
      }
      expect(held.size).toBe(CONCURRENCY / 2)
      const before = fine()
      test.clock.advance(2_000)
      await hooks.send('fine', 1, { owner: 1 })
      // Their places come free, and are taken again: whoever had no room before must be looked at anew.
      answer()
      await new Promise(setImmediate)
      let sleep = 0
      while (sleep === 0) sleep = await dispatcher.turn()
      await vi.waitFor(() => expect(fine()).toBe(before + 1))
      await turns()
      expect(held.size).toBe(CONCURRENCY / 2)
      await expectNothingLeft()
    })

    it('are not taken for slow because of a fault of our own', async () => {
      let fails = true
      const { turns, hold, send, held } = await neighbours(1, {}, (hook, event) => {
        if (fails && hook.target !== FINE) throw new Error('a fault of ours')
        return plain(hook, event)
      })
      hold(true)
      await send('slow')
      await turns()
      fails = false
      await send('slow', 9)
      await turns()
      expect(held.size).toBe(4)
    })
  })
}

function plain(_: { target: string }, { data }: { data: unknown }): unknown {
  return { data }
}

const RESPONSE: OutboundResult = {
  durationMs: 0,
  outcome: 'response',
  response: { status: 200, headers: [], body: new Uint8Array(), truncated: false },
}
