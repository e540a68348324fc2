import { describe, expect, it } from 'vitest'
import { createHooks } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import { seamsOf } from '../support/seams.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** What there is to do, how it went, and whether this process can do it. */
export function statisticsSuite(harness: Harness): void {
  const HOUR = 3_600_000

  describe(`statistics on ${harness.name}`, () => {
    const app = application(harness)
    let store: Store

    async function shop() {
      return await app.open((database, logger) => {
        store = database
        return createHooks({
          database,
          logger,
          events: { 'order.paid': null },
          dispatch: { retry: { delaysMs: [1_000], jitter: 0 }, breaker: { failures: 3 } },
        })
      })
    }

    /** Attempts as if they had been made, evenly over a time. */
    async function addAttempts(count: number, hookId: number, since: number, overMs: number) {
      const insert = store.db.insertInto('attempt')
      for (let from = 0; from < count; from += 1_000) {
        const values = Array.from({ length: Math.min(1_000, count - from) }, (_, index) => {
          const n = from + index
          const failed = n % 10 === 0
          return {
            hook_id: hookId,
            event_seq: n + 1,
            number: 1,
            started_at: since + Math.floor((n * overMs) / count),
            duration_ms: n % 100,
            status: failed ? null : 200,
            error_code: failed ? 'timeout' : null,
            error: null,
            response_headers: null,
            response_body: null,
            response_truncated: 0,
          }
        })
        await insert.values(values).execute()
      }
    }

    it('count what there is now, of all, of a hook and of an owner', async () => {
      const { hooks, test } = await shop()
      const nothing = await hooks.stats()
      expect(nothing.now).toMatchObject({
        events: { waiting: 0, oldestAt: null, failing: 0 },
        deliveries: { due: 0, oldestDueAt: null, inFlight: 0, scheduled: 0, parked: 0 },
        hooks: { enabled: 0, disabled: 0, failing: 0, open: 0, recovering: 0 },
      })
      const dead = await hooks.create({ owner: 1, event: 'order.paid', target: `${TARGET}/dead` })
      const idle = await hooks.create({ owner: 1, event: 'order.paid', target: `${TARGET}/idle` })
      await hooks.create({ owner: 2, event: 'order.paid', target: TARGET })
      test.respond(({ target }) => ({ status: target.endsWith('dead') ? 500 : 200 }))
      await hooks.send('order.paid', 1, { owner: 1 })
      await test.flush()
      const failing = await hooks.stats()
      expect(failing.now).toMatchObject({ deliveries: { scheduled: 1, due: 0 }, hooks: { failing: 1 } })
      test.clock.advance(1_500)
      expect((await hooks.stats()).now.deliveries).toMatchObject({
        due: 1,
        oldestDueAt: new Date(START + 1_000),
        scheduled: 0,
      })
      await test.flush()
      await hooks.send('order.paid', 1, { owner: 1 })
      await test.flush()
      expect((await hooks.stats()).now.hooks).toMatchObject({ open: 1, failing: 0, enabled: 3 })
      await hooks.send('order.paid', 1, { owner: 1 })
      await test.flush()
      expect((await hooks.stats()).now.deliveries).toMatchObject({ parked: 1 })
      await hooks.disable(idle.id)
      await hooks.send('order.paid', 1, { owner: 1 })
      await hooks.send('order.paid', 1, { owner: 2 })
      const { now } = await hooks.stats()
      expect(now.events).toMatchObject({ waiting: 2, failing: 0 })
      expect(now.events.oldestAt).toEqual(new Date(START + 1_500))
      expect(now.hooks).toMatchObject({ enabled: 2, disabled: 1, open: 1 })

      const ofOther = await hooks.stats({ owner: 2 })
      expect(ofOther.now).toMatchObject({
        events: { waiting: 1 },
        deliveries: { due: 0, scheduled: 0, parked: 0 },
        hooks: { enabled: 1, disabled: 0, open: 0 },
      })
      expect(ofOther.total.attempts).toBe(0)
      const ofDead = await hooks.stats({ hookId: dead.id, until: new Date(START + HOUR) })
      expect(ofDead.now.hooks).toMatchObject({ enabled: 1, disabled: 0, open: 1 })
      expect(ofDead.total).toMatchObject({ attempts: 3, delivered: 0, failed: 3, failures: { '5xx': 3 } })
      const ofOwner = await hooks.stats({ owner: 1, until: new Date(START + HOUR) })
      expect(ofOwner.total).toMatchObject({ attempts: 6, delivered: 3, failed: 3 })
    })

    it('count attempts by the buckets of a time, exactly where there are not very many', async () => {
      const { hooks } = await shop()
      await addAttempts(10_000, 1, START - 10 * HOUR, 10 * HOUR)
      const stats = await hooks.stats({
        since: new Date(START - 5 * HOUR),
        until: new Date(START - 2 * HOUR),
        bucketMs: HOUR,
      })
      expect(stats.complete).toBe(true)
      expect(stats.buckets.map(({ attempts, failed }) => [attempts, failed])).toEqual([
        [1_000, 100],
        [1_000, 100],
        [1_000, 100],
      ])
      expect(stats.buckets[0]?.since).toEqual(new Date(START - 5 * HOUR))
      expect(stats.total).toMatchObject({
        attempts: 3_000,
        delivered: 2_700,
        failed: 300,
        failures: { timeout: 300 },
        durationMs: { p50: 49, p95: 94, p99: 98 },
      })
      const day = await hooks.stats()
      expect([day.buckets.length, day.bucketMs, day.total.attempts]).toEqual([24, HOUR, 10_000])
    })

    it('estimate from a bounded sample where there are very many', async () => {
      const { hooks } = await shop()
      await addAttempts(120_000, 1, START - 24 * HOUR, 24 * HOUR)
      const stats = await hooks.stats()
      expect(stats.complete).toBe(false)
      expect(stats.looked).toBeLessThanOrEqual(50_000)
      expect(stats.total.attempts).toBeGreaterThan(118_000)
      expect(stats.total.attempts).toBeLessThan(122_000)
      expect(Math.round((stats.total.failed / stats.total.attempts) * 100)).toBe(10)
      for (const { attempts } of stats.buckets) {
        expect(attempts).toBeGreaterThan(4_000)
        expect(attempts).toBeLessThan(6_000)
      }
    }, 60_000)

    it('of one hook count its newest attempts, whatever others do', async () => {
      const { hooks } = await shop()
      const hook = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET })
      await addAttempts(12_000, hook.id, START - 24 * HOUR, 24 * HOUR)
      await addAttempts(3_000, hook.id + 1, START - 24 * HOUR, 24 * HOUR)
      const stats = await hooks.stats({ hookId: hook.id })
      expect(stats).toMatchObject({
        looked: 12_000,
        complete: true,
        total: { attempts: 12_000, failed: 1_200 },
      })
    }, 60_000)

    it.each([
      ['since', { since: 'yesterday' }, 'stats.since'],
      ['since', { since: new Date(Number.NaN) }, 'stats.since'],
      ['order', { since: new Date(START), until: new Date(START - 1) }, 'stats.since'],
      ['bucketMs', { bucketMs: 0 }, 'stats.bucketMs'],
      ['bucketMs', { bucketMs: 1.5 }, 'stats.bucketMs'],
      ['buckets', { bucketMs: 1 }, '86400 or more'],
      ['hookId', { hookId: '1' }, 'stats.hookId'],
      ['a misspelt one', { bucket: 1 }, 'stats.bucket'],
    ])('refuse an odd option: %s', async (_, options, message) => {
      const { hooks } = await shop()
      await expect(hooks.stats(options as never)).rejects.toThrow(message)
    })

    it('are of nobody for a hook that is missing, or another owner’s', async () => {
      const { hooks } = await shop()
      const { id } = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET })
      await expect(hooks.stats({ hookId: id, owner: 2 })).rejects.toMatchObject({ code: 'hook_missing' })
      await expect(hooks.stats({ hookId: id + 1 })).rejects.toMatchObject({ code: 'hook_missing' })
      await expect(hooks.stats({ owner: null as never })).rejects.toMatchObject({ code: 'owner_missing' })
    })
  })

  describe(`readiness on ${harness.name}`, () => {
    const app = application(harness)

    async function shop(wrap: (store: Store) => Store = (store) => store) {
      return await app.open((database, logger) =>
        createHooks({ database: wrap(database), logger, events: { 'order.paid': null } }),
      )
    }

    const get = async (hooks: { handler: (request: Request) => Promise<Response> }) => {
      const response = await hooks.handler(new Request('http://localhost/api/hooks/health'))
      return {
        status: response.status,
        cache: response.headers.get('cache-control'),
        body: await response.json(),
      }
    }

    it('is there once the tables are', async () => {
      const database = app.database.store()
      const hooks = createHooks({ database, events: { 'order.paid': null } })
      expect(await hooks.readiness()).toEqual({ ready: false, reasons: ['database_outdated'] })
      expect(await get(hooks)).toEqual({
        status: 503,
        cache: 'no-store',
        body: { status: 'unavailable', reasons: ['database_outdated'] },
      })
      await hooks.migrate()
      expect(await hooks.readiness()).toEqual({ ready: true, reasons: [] })
      await hooks.close()
    })

    it('is told to anybody, without a body of secrets', async () => {
      const { hooks } = await shop()
      expect(await get(hooks)).toEqual({ status: 200, cache: 'no-store', body: { status: 'ok' } })
      const post = await hooks.handler(new Request('http://localhost/api/hooks/health', { method: 'POST' }))
      expect(post.status).toBe(405)
      const list = await hooks.handler(new Request('http://localhost/api/hooks/'))
      expect(list.status).toBe(401)
    })

    it('ends when the dispatcher has ended though nobody has stopped it, and comes back', async () => {
      const { hooks, test } = await shop()
      test.restore()
      await hooks.start()
      expect(await hooks.readiness()).toEqual({ ready: true, reasons: [] })
      await seamsOf(hooks).dispatcher.stop()
      expect(await hooks.readiness()).toEqual({ ready: false, reasons: ['dispatcher_stopped'] })
      await hooks.start()
      expect(await hooks.readiness()).toEqual({ ready: true, reasons: [] })
      await hooks.stop()
      expect(await hooks.readiness()).toEqual({ ready: true, reasons: [] })
    })

    it('ends when the loop of the dispatcher hangs, or the database does', async () => {
      let hang: 'never' | 'reads' | 'all' = 'never'
      const forever = new Promise<never>(() => {})
      const { hooks, test } = await shop(
        (store) =>
          new Proxy(store, {
            get(target, name) {
              const value = Reflect.get(target, name, target)
              if (typeof value !== 'function') return value
              return (...args: unknown[]) =>
                hang === 'all' || (hang === 'reads' && name === 'read')
                  ? forever
                  : Reflect.apply(value as () => unknown, target, args)
            },
          }),
      )
      test.restore()
      await hooks.start()
      const { dispatcher } = seamsOf(hooks)
      hang = 'reads'
      const startedAt = performance.now()
      expect(await hooks.readiness()).toEqual({ ready: false, reasons: ['database_unavailable'] })
      expect(performance.now() - startedAt).toBeLessThan(4_000)
      const { clock } = seamsOf(hooks)
      const turnedAt = dispatcher.turnedAt
      seamsOf(hooks).clock = { ...clock, now: () => turnedAt + 31_000, timer: clock.timer.bind(clock) }
      expect((await hooks.readiness()).reasons).toContain('dispatcher_stuck')
      // The loop waits for ever: there is nothing to wait for at the end.
      seamsOf(hooks).clock = clock
      hang = 'all'
      hooks.close = async () => {}
    }, 20_000)
  })
}
