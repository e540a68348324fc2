import { describe, expect, it } from 'vitest'
import { createHooks, type DispatchOptions } from '../../src/index.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

const DAY = 86_400_000

/** What the dispatcher tells of deliveries and hooks, to listeners and to hooks that subscribe. */
export function toldSuite(harness: Harness): void {
  describe(`what is told of deliveries on ${harness.name}`, () => {
    const app = application(harness)

    async function shop(dispatch: DispatchOptions = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({ database, logger, dispatch, events: { 'order.paid': null } }),
      )
      const { hooks, test } = opened
      const hook = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET })
      return {
        ...opened,
        hook,
        watch: (event: Parameters<typeof hooks.on>[0]) =>
          hooks.create({ owner: 1, event, target: `${TARGET}/watch` }),
        told: () =>
          test.deliveries
            .filter(({ target }) => target.endsWith('/watch'))
            .map(({ json }) => (json as { data: Record<string, unknown> }).data),
      }
    }

    it('is that one arrived, once, and nothing of the telling itself', async () => {
      const { hooks, hook, test, watch, told } = await shop()
      await watch('delivery.delivered')
      const heard: unknown[] = []
      hooks.on('delivery.delivered', (one) => heard.push(one.delivery.id))
      const { id } = await hooks.send('order.paid', {}, { owner: 1 })
      await hooks.send('order.paid', {}, { owner: 2 })
      await test.flush()
      const delivery = `${id}_${hook.id}`
      expect(told()).toEqual([
        {
          hook: { id: hook.id, owner: '1', target: TARGET },
          delivery: { id: delivery, event: 'order.paid', attempts: 1 },
          attempt: { number: 1, status: 200, durationMs: 0, manual: false },
        },
      ])
      expect(heard).toEqual([delivery])
      expect(test.deliveries).toHaveLength(2)
    })

    it('is that one has failed for good, with the reason, and which attempts were asked for', async () => {
      const { hooks, hook, test, watch, told } = await shop({ retry: { delaysMs: [1_000], jitter: 0 } })
      await watch('delivery.exhausted')
      test.respond(({ target }) => ({ status: target.endsWith('/watch') ? 200 : 500 }))
      const { id } = await hooks.send('order.paid', {}, { owner: 1 })
      await test.flush()
      expect(told()).toEqual([])
      test.clock.advance(1_000)
      await test.flush()
      expect(told()).toMatchObject([
        {
          delivery: { id: `${id}_${hook.id}`, attempts: 2 },
          attempt: { number: 2, status: 500, manual: false },
          reason: 'all 2 attempts failed; the last: status 500',
        },
      ])
      test.clock.advance(10_000)
      test.clear()
      expect(await hooks.retry(`${id}_${hook.id}`)).toMatchObject({ retried: true })
      await test.flush()
      // Asked for by hand, its schedule begins anew.
      expect(told()).toEqual([])
      expect((await hooks.delivery(`${id}_${hook.id}`)).log.at(-1)).toMatchObject({ number: 3, manual: true })
      test.clock.advance(1_000)
      await test.flush()
      expect(told()).toMatchObject([{ attempt: { number: 4, manual: false } }])
    })

    it('is that a hook is failing, and that it has recovered', async () => {
      const { hooks, hook, test, watch, told } = await shop({
        retry: { delaysMs: Array.from({ length: 30 }, () => DAY / 2), jitter: 0 },
      })
      await watch('hook.failing')
      await watch('hook.recovered')
      let status = 500
      test.respond(({ target }) => ({ status: target.endsWith('/watch') ? 200 : status }))
      await hooks.send('order.paid', {}, { owner: 1 })
      for (let halves = 0; halves < 8; halves += 1) {
        await test.flush()
        test.clock.advance(DAY / 2)
      }
      const reference = {
        id: hook.id,
        owner: '1',
        event: 'order.paid',
        events: ['order.paid'],
        target: TARGET,
      }
      const failingSince = new Date(START).toISOString()
      const disableAt = new Date(START + 5 * DAY).toISOString()
      expect(told()).toEqual([
        { hook: reference, failingSince, failures: 6, percent: 50, disableAt },
        { hook: reference, failingSince, failures: 8, percent: 70, disableAt },
      ])
      test.clear()
      status = 200
      await test.flush()
      expect(told()).toEqual([{ hook: reference, failingSince, failures: 8 }])
    })

    it('is nothing where a hook fails once and is well again', async () => {
      const { hooks, test, watch, told } = await shop({ retry: { delaysMs: [1_000], jitter: 0 } })
      await watch('hook.recovered')
      const answers = [500, 200]
      test.respond(() => ({ status: answers.shift() ?? 200 }))
      await hooks.send('order.paid', {}, { owner: 1 })
      await test.flush()
      test.clock.advance(1_000)
      await test.flush()
      expect(await hooks.deliveries({ status: 'delivered' })).toHaveLength(1)
      expect(told()).toEqual([])
    })
  })
}
