import { describe, expect, it, vi } from 'vitest'
import { firstSince } from '../../src/events/index.ts'
import { createHooks, type Hooks } from '../../src/index.ts'
import { cancelWaiting } from '../../src/operations/retention/cancel-waiting.ts'
import { removeHooks } from '../../src/operations/retention/deleted-hooks.ts'
import { removeEvents } from '../../src/operations/retention/old-events.ts'
import type { Store } from '../../src/store/store.ts'
import type { Work } from '../../src/store/work.ts'
import { application, type Opened, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const PATIENTLY = { interval: 5, timeout: 20_000 }

type Retention = { days?: number; everyMs?: number } | false

/** What is removed by its age, what stays, and who does it. */
export function retentionSuite(harness: Harness): void {
  describe(`retention on ${harness.name}`, () => {
    const app = application(harness)

    async function bookstore(retention: Retention = {}) {
      const opened: Opened<Hooks> = await app.open(
        (database, logger) =>
          createHooks({
            database,
            logger,
            retention,
            events: { 'user.logged_in': null },
            dispatch: { retry: { delaysMs: [40 * DAY], jitter: 0 } },
          }) as never,
      )
      const { hooks } = opened
      const newHook = (name: string, owner = 1) =>
        hooks.create({ owner, event: 'user.logged_in', target: `${TARGET}/${name}` } as never)
      const send = (owner = 1) => hooks.send('user.logged_in' as never, {} as never, { owner })
      return { ...opened, newHook, send }
    }

    /** How many rows there are. */
    async function counts(store: Store) {
      const count = async (table: 'event' | 'delivery' | 'attempt' | 'hook') =>
        Number(
          (
            await store.db
              .selectFrom(table)
              .select(({ fn }) => fn.countAll().as('n'))
              .execute()
          )[0]?.n,
        )
      return {
        events: await count('event'),
        deliveries: await count('delivery'),
        attempts: await count('attempt'),
      }
    }

    /** Events that were delivered to one hook long ago, each with so many attempts. */
    async function addOld(store: Store, hookId: number, numbers: readonly number[], attempts = 1) {
      for (let done = 0; done < numbers.length; done += 500) {
        const seqs = numbers.slice(done, done + 500)
        const event = { name: 'user.logged_in', owner: '1', broadcast: 0, data: '{}', created_at: START }
        await store.db
          .insertInto('event')
          .values(seqs.map((n) => ({ ...event, seq: n, uid: n.toString(16).padStart(32, '0') })))
          .onConflict((conflict) => conflict.doNothing())
          .execute()
        await store.db
          .insertInto('delivery')
          .values(
            seqs.map((n) => ({
              hook_id: hookId,
              event_seq: n,
              status: 'delivered' as const,
              attempts,
              finished_at: START,
            })),
          )
          .execute()
        for (let number = 1; number <= attempts; number += 1) {
          await store.db
            .insertInto('attempt')
            .values(
              seqs.map((n) => ({
                hook_id: hookId,
                event_seq: n,
                number,
                started_at: START,
                duration_ms: 1,
                response_truncated: 0,
              })),
            )
            .execute()
        }
      }
    }

    /** Nothing may point to what is not there any more. */
    async function dangling(store: Store) {
      const { db } = store
      const deliveries = await db
        .selectFrom('delivery as d')
        .leftJoin('event as e', 'e.seq', 'd.event_seq')
        .select('d.event_seq')
        .where('e.seq', 'is', null)
        .execute()
      const attempts = await db
        .selectFrom('attempt as a')
        .leftJoin('delivery as d', (join) =>
          join.onRef('d.hook_id', '=', 'a.hook_id').onRef('d.event_seq', '=', 'a.event_seq'),
        )
        .select('a.id')
        .where('d.hook_id', 'is', null)
        .execute()
      return deliveries.length + attempts.length
    }

    /** Calls `before` before each transaction, with its number from 1 on. */
    function beforeWrites(store: Store, before: (n: number) => unknown) {
      const write = store.write.bind(store)
      let n = 0
      return vi.spyOn(store, 'write').mockImplementation(async (work, options) => {
        n += 1
        await before(n)
        return await write(work, options)
      })
    }

    const chunkOf = (store: Store) => (store.locks === 'database' ? 100 : 1_000)
    const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index)

    it('removes deliveries and attempts that are old, their events a day later, and nothing that is young', async () => {
      const { hooks, test, store, newHook, send } = await bookstore()
      await newHook('a')
      await newHook('b')
      await send()
      await send()
      await test.flush()
      test.clock.advance(DAY)
      const young = await send()
      await test.flush()
      expect(await counts(store)).toEqual({ events: 3, deliveries: 6, attempts: 6 })

      test.clock.set(START + 30 * DAY)
      expect(await hooks.prune()).toEqual({
        deliveries: 0,
        attempts: 0,
        events: 0,
        hooks: 0,
        cancelled: 0,
        finished: true,
      })
      test.clock.advance(1)
      expect(await hooks.prune()).toMatchObject({ deliveries: 4, attempts: 4, events: 0, finished: true })
      expect(await counts(store)).toEqual({ events: 3, deliveries: 2, attempts: 2 })
      test.clock.advance(DAY - 1)
      expect(await hooks.prune()).toMatchObject({ deliveries: 0, attempts: 0, events: 0, finished: true })
      test.clock.advance(1)
      expect(await hooks.prune()).toMatchObject({ deliveries: 2, attempts: 2, events: 2, finished: true })
      expect((await hooks.events()).map(({ id }) => id)).toEqual([young.id])
    })

    it('goes by the days that it is told', async () => {
      const { hooks, test, store, newHook, send } = await bookstore({ days: 0.5 })
      await newHook('a')
      await send()
      await test.flush()
      test.clock.set(START + DAY / 2 + 1)
      expect(await hooks.prune()).toMatchObject({ deliveries: 1, attempts: 1, events: 0 })
      test.clock.set(START + DAY + 1)
      expect(await hooks.prune()).toMatchObject({ events: 1 })
      expect(await counts(store)).toEqual({ events: 0, deliveries: 0, attempts: 0 })
    })

    it('keeps what is pending, its attempts and its event', async () => {
      const { hooks, test, store, newHook, send } = await bookstore()
      await newHook('bad')
      await newHook('good')
      test.respond(({ target }) => ({ status: target.endsWith('bad') ? 500 : 200 }))
      await send()
      await test.flush()
      test.clock.advance(35 * DAY)
      expect(await hooks.prune()).toMatchObject({ deliveries: 1, attempts: 1, events: 0, finished: true })
      expect(await counts(store)).toEqual({ events: 1, deliveries: 1, attempts: 1 })

      test.clock.advance(5 * DAY)
      test.respond(() => ({ status: 200 }))
      await test.flush()
      const [late] = await hooks.deliveries()
      expect(late).toMatchObject({ status: 'delivered', attempts: 2 })

      // It has finished lately, so it stays, and its event with it.
      test.clock.advance(29 * DAY)
      expect(await hooks.prune()).toMatchObject({ deliveries: 0, attempts: 0, events: 0, finished: true })
      test.clock.advance(2 * DAY)
      expect(await hooks.prune()).toMatchObject({ deliveries: 1, attempts: 2, events: 1, finished: true })
      expect(await counts(store)).toEqual({ events: 0, deliveries: 0, attempts: 0 })
    })

    it('cancels what waits for too long for a disabled hook, says why, and removes it as much later', async () => {
      const { hooks, test, store, newHook, send } = await bookstore()
      const hook = await newHook('a')
      await hooks.disable(hook.id)
      await send()
      await send()
      await test.flush()
      test.clock.set(START + 30 * DAY)
      expect(await hooks.prune()).toMatchObject({ cancelled: 0 })
      test.clock.advance(1)
      expect(await hooks.prune()).toMatchObject({ cancelled: 2, deliveries: 0, events: 0, finished: true })
      const cancelled = {
        status: 'cancelled',
        reason: 'it waited for more than 30 days while its hook was disabled',
        finishedAt: new Date(START + 30 * DAY + 1),
        dueAt: null,
      }
      expect(await hooks.deliveries()).toMatchObject([cancelled, cancelled])

      test.clock.advance(30 * DAY)
      expect(await hooks.prune()).toMatchObject({ deliveries: 0, events: 0 })
      await hooks.enable(hook.id)
      await test.flush()
      expect(test.deliveries).toEqual([])
      test.clock.advance(1)
      expect(await hooks.prune()).toMatchObject({ cancelled: 0, deliveries: 2, events: 2 })
      expect(await counts(store)).toMatchObject({ deliveries: 0, events: 0 })
    })

    it('cancels nothing of a hook that was disabled lately, or is enabled at that moment', async () => {
      const { hooks, test, store, newHook, send } = await bookstore()
      const lately = await newHook('a')
      const now = await newHook('b')
      await hooks.disable(lately.id)
      await hooks.disable(now.id)
      await send()
      await test.flush()
      test.clock.advance(20 * DAY)
      await store.db
        .updateTable('hook')
        .set({ disabled_at: test.clock.now() })
        .where('id', '=', lately.id)
        .execute()
      test.clock.advance(20 * DAY)

      const read = store.read.bind(store)
      let enabled: Promise<unknown> | undefined
      vi.spyOn(store, 'read').mockImplementation(async (work) => {
        const result = await read(work)
        const { found = [] } = (result ?? {}) as { found?: { hook_id: number }[] }
        if (found.length > 0) {
          enabled ??= hooks.enable(now.id)
          await enabled
        }
        return result
      })
      expect(await hooks.prune()).toMatchObject({ cancelled: 0, deliveries: 0, events: 0, finished: true })
      expect(enabled).toBeDefined()
      vi.restoreAllMocks()
      await test.flush()
      expect(test.deliveries.map(({ target }) => target)).toEqual([now.target])
      await hooks.enable(lately.id)
      await test.flush()
      expect(test.deliveries).toHaveLength(2)
    })

    it('leaves a delivery that is set up again at that moment, and its event', async () => {
      const { hooks, test, store, newHook } = await bookstore()
      const hook = await newHook('a')
      await addOld(store, hook.id, numbers(3))
      test.clock.advance(40 * DAY)
      const read = store.read.bind(store)
      let again: Promise<unknown> | undefined
      vi.spyOn(store, 'read').mockImplementation(async (work) => {
        const result = await read(work)
        const { found = [] } = (result ?? {}) as { found?: { hook_id: number }[] }
        if (found.length > 0) {
          again ??= store.db
            .updateTable('delivery')
            .set({ status: 'pending', finished_at: null, due_at: 1 })
            .where('event_seq', '=', 2)
            .execute()
          await again
        }
        return result
      })
      expect(await hooks.prune()).toMatchObject({ deliveries: 2, attempts: 2, events: 2, finished: true })
      vi.restoreAllMocks()
      expect(await counts(store)).toEqual({ events: 1, deliveries: 1, attempts: 1 })
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
    })

    it('keeps an event that is not fanned out, also when that ends meanwhile', async () => {
      const { hooks, test, store, newHook, send } = await bookstore()
      const hook = await newHook('a')
      await send()
      test.clock.advance(40 * DAY)
      expect(await hooks.prune()).toMatchObject({ events: 0, finished: true })
      expect(await counts(store)).toMatchObject({ events: 1 })

      // Another worker ends it when the sweep has gone by that hook.
      const read = store.read.bind(store)
      let reads = 0
      vi.spyOn(store, 'read').mockImplementation(async (work) => {
        const result = await read(work)
        reads += 1
        const { found, next } = (result ?? {}) as { found?: unknown[]; next?: unknown }
        if (found !== undefined && next === undefined) {
          await store.db.updateTable('event').set({ fanout_due_at: null, data: '{}' }).execute()
          await store.db
            .insertInto('delivery')
            .values({ hook_id: hook.id, event_seq: 1, status: 'pending', due_at: 1 })
            .execute()
        }
        return result
      })
      expect(await hooks.prune()).toMatchObject({ events: 0, finished: true })
      expect(reads).toBeGreaterThan(3)
      vi.restoreAllMocks()
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
    })

    it('goes in small transactions, whatever there is to remove, and none of them waits for the disk', async () => {
      const { hooks, test, store, newHook } = await bookstore()
      const many = await newHook('a')
      const tried = await newHook('b')
      const few = await newHook('c')
      await addOld(store, many.id, numbers(1_300))
      await addOld(store, tried.id, numbers(150), 10)
      await addOld(store, few.id, [700])
      test.clock.advance(40 * DAY)
      const changed: number[] = []
      const write = store.write.bind(store)
      const spy = vi.spyOn(store, 'write').mockImplementation(async (work, options) => {
        let rows = 0
        const result = await write(() => {
          rows = 0
          return counting(work(), (affected) => {
            rows += affected
          })
        }, options)
        changed.push(rows)
        return result
      })
      expect(await hooks.prune()).toMatchObject({
        deliveries: 1_451,
        attempts: 2_801,
        events: 1_300,
        finished: true,
      })
      // A row of them is the chore's own.
      expect(Math.max(...changed)).toBeLessThanOrEqual(chunkOf(store) + 1)
      expect(changed.length).toBeGreaterThan(8)
      expect(spy.mock.calls.every(([, options]) => options?.durable === false)).toBe(true)
      vi.restoreAllMocks()
      expect(await counts(store)).toEqual({ events: 0, deliveries: 0, attempts: 0 })
    })

    it('finds what is old among very many hooks, and behind what is young', async () => {
      const { hooks, test, store } = await bookstore()
      const ids = numbers(350)
      await addOld(store, 1, numbers(3))
      for (const id of ids.slice(1)) await addOld(store, id, [1 + (id % 3)])
      test.clock.advance(40 * DAY)
      const young = { name: 'x', broadcast: 0, data: '{}', created_at: test.clock.now() }
      await store.db
        .insertInto('event')
        .values({ ...young, seq: 9, uid: 'young' })
        .execute()
      for (const id of [50, 101, 1_000]) {
        const done = { status: 'delivered' as const, finished_at: test.clock.now() }
        await store.db
          .insertInto('delivery')
          .values({ ...done, hook_id: id, event_seq: 9 })
          .execute()
      }
      expect(await hooks.prune()).toMatchObject({ deliveries: 352, events: 3, finished: true })
      expect(await counts(store)).toEqual({ events: 1, deliveries: 3, attempts: 0 })
    })

    it('is done by one worker at a time', async () => {
      const one = await bookstore()
      const other = await bookstore()
      const hook = await one.newHook('a')
      await addOld(one.store, hook.id, numbers(600), 2)
      one.test.clock.advance(40 * DAY)
      other.test.clock.advance(40 * DAY)
      let second: unknown
      const spy = beforeWrites(one.store, async (n) => {
        if (n === 3) second = await other.hooks.prune()
      })
      expect(await one.hooks.prune()).toMatchObject({ deliveries: 600, finished: true })
      spy.mockRestore()
      expect(second).toEqual({
        deliveries: 0,
        attempts: 0,
        events: 0,
        hooks: 0,
        cancelled: 0,
        finished: false,
      })
      expect(await other.hooks.prune()).toMatchObject({ deliveries: 0, finished: true })
    })

    it('stays with a worker that only looks, however long that takes', async () => {
      const one = await bookstore()
      const other = await bookstore()
      const hook = await one.newHook('a')
      await addOld(one.store, hook.id, numbers(3))
      one.test.clock.advance(40 * DAY)
      const read = one.store.read.bind(one.store)
      const others: unknown[] = []
      vi.spyOn(one.store, 'read').mockImplementation(async (work) => {
        one.test.clock.advance(25_000)
        other.test.clock.set(one.test.clock.now())
        others.push((await other.hooks.prune()).finished)
        return await read(work)
      })
      const pruned = await one.hooks.prune({ deadlineMs: DAY })
      vi.restoreAllMocks()
      expect(pruned).toMatchObject({ deliveries: 3, events: 3, finished: true })
      expect(others.length).toBeGreaterThan(5)
      expect(new Set(others)).toEqual(new Set([false]))
    })

    it('ends when another worker has taken over, because its own time was up', async () => {
      const one = await bookstore()
      const other = await bookstore()
      const hook = await one.newHook('a')
      await addOld(one.store, hook.id, numbers(1_500))
      one.test.clock.advance(40 * DAY)
      other.test.clock.set(one.test.clock.now() + 61_000)
      let second: unknown
      const spy = beforeWrites(one.store, async (n) => {
        if (n === 2) second = await other.hooks.prune()
      })
      expect(await one.hooks.prune()).toMatchObject({
        deliveries: 0,
        attempts: 0,
        events: 0,
        finished: false,
      })
      spy.mockRestore()
      expect(second).toMatchObject({ deliveries: 1_500, attempts: 1_500, events: 1_500, finished: true })
    })

    it('is taken over from a worker that died, a minute later', async () => {
      const { hooks, test, store, newHook } = await bookstore()
      const hook = await newHook('a')
      await addOld(store, hook.id, numbers(1_500))
      test.clock.advance(40 * DAY)
      // It dies: whatever it would write from the third transaction on is not written.
      const spy = beforeWrites(store, (n) => {
        if (n >= 3) throw new Error('killed')
      })
      await expect(hooks.prune()).rejects.toThrow('killed')
      spy.mockRestore()
      expect(await dangling(store)).toBe(0)
      expect((await counts(store)).deliveries).toBeLessThan(1_500)
      test.clock.advance(59_000)
      expect(await hooks.prune()).toMatchObject({ deliveries: 0, finished: false })
      test.clock.advance(1_001)
      expect(await hooks.prune()).toMatchObject({ events: 1_500, finished: true })
      expect(await counts(store)).toEqual({ events: 0, deliveries: 0, attempts: 0 })
    })

    it('ends at its deadline, leaves nothing half done, and goes on in the next call', async () => {
      const { hooks, test, store, newHook } = await bookstore()
      const hook = await newHook('a')
      await addOld(store, hook.id, numbers(2_000))
      test.clock.advance(40 * DAY)
      const spy = beforeWrites(store, () => test.clock.advance(1_000))
      // An attempt each, in two transactions.
      const deliveries = chunkOf(store)
      const rest = 2_000 - deliveries
      expect(await hooks.prune({ deadlineMs: 2_500 })).toMatchObject({
        deliveries,
        events: 0,
        finished: false,
      })
      spy.mockRestore()
      expect(await counts(store)).toEqual({ events: 2_000, deliveries: rest, attempts: rest })
      expect(await dangling(store)).toBe(0)
      expect(await hooks.prune()).toMatchObject({ deliveries: rest, events: 2_000, finished: true })
    })

    it('ends when the dispatcher stops, and leaves nothing half done', async () => {
      const { hooks, test, store, newHook } = await bookstore()
      const hook = await newHook('a')
      await addOld(store, hook.id, numbers(2_000))
      test.clock.advance(40 * DAY)
      let stopped: Promise<void> | undefined
      const spy = beforeWrites(store, (n) => {
        if (n === 3) stopped = hooks.stop()
      })
      const pruned = await hooks.prune()
      await stopped
      spy.mockRestore()
      expect(stopped).toBeDefined()
      // The transaction that had begun is the last one.
      const deliveries = chunkOf(store)
      expect(pruned).toMatchObject({ deliveries, finished: false })
      expect(await dangling(store)).toBe(0)
      const rest = 2_000 - deliveries
      expect(await hooks.prune()).toMatchObject({ deliveries: rest, events: 2_000, finished: true })
    })

    it('is done while the dispatcher runs, once in a while', async () => {
      const { hooks, test, store, newHook, log } = await bookstore({ everyMs: HOUR })
      const hook = await newHook('a')
      await addOld(store, hook.id, [1, 2])
      test.clock.advance(40 * DAY)
      await hooks.start()
      const removed = () => log.filter(({ message }) => message.startsWith('removed what is older'))
      try {
        await vi.waitFor(() => {
          test.clock.advance(10_000)
          expect(removed()).toHaveLength(1)
        }, PATIENTLY)
        await addOld(store, hook.id, [3])
        const from = test.clock.now()
        await vi.waitFor(() => {
          test.clock.advance(30_000)
          expect(removed()).toHaveLength(2)
        }, PATIENTLY)
        expect(test.clock.now() - from).toBeGreaterThanOrEqual(HOUR - 120_000)
        expect(removed().map(({ fields }) => fields)).toMatchObject([
          { deliveries: 2, events: 2, finished: true },
          { deliveries: 1, events: 1, finished: true },
        ])
      } finally {
        const stopped = hooks.stop()
        const turn = setInterval(() => test.clock.advance(1_000), 1)
        await stopped
        clearInterval(turn)
      }
    })

    it('removes hooks that were deleted long ago, once they have no delivery left', async () => {
      const { hooks, test, store, newHook, send } = await bookstore()
      const gone = await newHook('gone')
      const busy = await newHook('busy')
      const stays = await newHook('stays', 2)
      const recent = await newHook('recent', 2)
      const unwell = { failures: 1, failing_since: START, warned: 0, opens: 0 }
      for (const { id } of [gone, stays]) {
        await store.db
          .insertInto('health')
          .values({ hook_id: id, ...unwell })
          .execute()
      }
      await send()
      await test.flush()
      for (const { id } of [gone, busy]) await hooks.delete(id)
      await store.db.deleteFrom('delivery').where('hook_id', '=', gone.id).execute()
      await store.db
        .updateTable('delivery')
        .set({ finished_at: START + 20 * DAY })
        .execute()
      test.clock.advance(20 * DAY)
      await hooks.delete(recent.id)
      test.clock.set(START + 30 * DAY + 1)
      expect(await hooks.prune()).toMatchObject({ hooks: 1, finished: true })
      const ids = async () =>
        (await store.db.selectFrom('hook').select('id').orderBy('id').execute()).map(({ id }) => id)
      expect(await ids()).toEqual([busy.id, stays.id, recent.id])
      expect(await store.db.selectFrom('health').select('hook_id').execute()).toEqual([{ hook_id: stays.id }])
      test.clock.advance(25 * DAY)
      expect(await hooks.prune()).toMatchObject({ hooks: 2, finished: true })
      expect(await ids()).toEqual([stays.id])
      const another = await newHook('another')
      expect(another.id).toBeGreaterThan(recent.id)
    })

    it('is off with `false`', async () => {
      const { hooks, test, store, newHook } = await bookstore(false)
      const hook = await newHook('a')
      await addOld(store, hook.id, [1])
      test.clock.advance(4_000 * DAY)
      await expect(hooks.prune()).rejects.toMatchObject({ code: 'option_invalid', field: 'retention' })
      expect(await counts(store)).toEqual({ events: 1, deliveries: 1, attempts: 1 })
    })

    it.each([0, -1, Number.NaN, '5'])('refuses a deadline of %o', async (deadlineMs) => {
      const { hooks } = await bookstore()
      await expect(hooks.prune({ deadlineMs: deadlineMs as number })).rejects.toMatchObject({
        code: 'option_invalid',
        field: 'prune.deadlineMs',
      })
    })

    it('looks again, in the transaction that changes something, whether it may', async () => {
      const { hooks, test, store, newHook, send } = await bookstore()
      const hook = await newHook('a')
      await hooks.disable(hook.id)
      await send()
      await test.flush()
      const now = test.clock.now() + 40 * DAY
      const key = { hook_id: hook.id, event_seq: 1 }
      const terms = { since: now - 30 * DAY, now, reason: 'x' }
      const cancel = () => store.write(() => cancelWaiting(store, hook.id, [key], terms))
      const set = (changes: { parked_due_at: number | null; due_at: number | null }) =>
        store.db.updateTable('delivery').set(changes).execute()
      // Taken by a dispatcher, or parked anew.
      await set({ parked_due_at: null, due_at: now })
      expect(await cancel()).toBe(0)
      await set({ parked_due_at: now, due_at: null })
      expect(await cancel()).toBe(0)

      const remove = (createdBefore: number) => store.write(() => removeEvents(store, [1, 2], createdBefore))
      expect(await remove(START)).toBe(0)
      await store.db.updateTable('event').set({ fanout_due_at: 0 }).execute()
      expect(await remove(now)).toBe(0)
      await store.db.updateTable('event').set({ fanout_due_at: null }).execute()
      expect(await remove(now)).toBe(1)

      await store.db.deleteFrom('delivery').execute()
      const removeHook = () => store.write(() => removeHooks(store, [hook.id], START + 1))
      expect(await removeHook()).toBe(0)
      await store.db.updateTable('hook').set({ deleted_at: START }).execute()
      expect(await removeHook()).toBe(1)
    })

    it('finds the first event since a time, also where numbers are missing', async () => {
      const { store } = await bookstore()
      const at = (since: number) => store.read(() => firstSince(store, since))
      expect(await at(5)).toBe(Number.MAX_SAFE_INTEGER)
      const seqs = [3, 4, 10, 500, 501, 90_000, 1_000_000]
      for (const [index, seq] of seqs.entries()) {
        const event = { name: 'x', broadcast: 0, created_at: 10 * (index + 1) }
        await store.db
          .insertInto('event')
          .values({ ...event, seq, uid: String(seq) })
          .execute()
      }
      for (const [index, seq] of seqs.entries()) {
        const before = seqs[index - 1] ?? 0
        const bound = await at(10 * (index + 1))
        expect(bound).toBeGreaterThan(before)
        expect(bound).toBeLessThanOrEqual(seq)
      }
      expect(await at(71)).toBe(Number.MAX_SAFE_INTEGER)
    })
  })
}

/** Counts the rows that work changes. */
function* counting<T>(work: Work<T>, count: (affected: number) => void): Work<T> {
  let step = work.next()
  while (!step.done) {
    const query = step.value
    const result = yield query
    if (!/^select/i.test(query.sql)) count(Number(result.numAffectedRows ?? 0))
    step = work.next(result)
  }
  return step.value
}
