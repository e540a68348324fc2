import { describe, expect, it, vi } from 'vitest'
import { spanOf } from '../../src/events/span.ts'
import { createHooks, everyone } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import type { DeliveryStatus } from '../../src/store/tables.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** Counts the turns of the event loop until it is asked for them. */
function countTurns(): () => number {
  let turns = 0
  let immediate = setImmediate(function turn() {
    turns += 1
    immediate = setImmediate(turn)
  })
  return () => {
    clearImmediate(immediate)
    return turns
  }
}

const DAY = 24 * 3_600_000

/** Many deliveries sent again: what has failed, and what a hook has missed. */
export function replaySuite(harness: Harness): void {
  describe(`replay on ${harness.name}`, () => {
    const app = application(harness)
    const events = { a: null, b: null } as const
    const since = new Date(START)

    async function open(options: { find?: (query: never, event: { data: unknown }) => unknown } = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events,
          dispatch: { retry: { delaysMs: [] } },
          hook: { fields: { isActive: { type: 'boolean', default: true } }, ...(options as object) },
        }),
      )
      const { hooks, test } = opened
      async function fail(count = 1, name: 'a' | 'b' = 'a', owner = 1) {
        test.respond(() => ({ status: 500 }))
        for (let n = 0; n < count; n += 1) await hooks.send(name, { n }, { owner })
        await test.flush()
        test.respond(() => ({ status: 200 }))
        test.clock.advance(60_000)
        test.clear()
      }
      const listen = (owner = 1, name: 'a' | 'b' = 'a', path = '') =>
        hooks.create({ owner, event: name, target: `${TARGET}${path}` })
      return { ...opened, fail, listen }
    }

    /** Finished deliveries of one hook, each of an event of its own, a second apart from START on. */
    async function addFinished(
      store: Store,
      hookId: number,
      count: number,
      status: DeliveryStatus = 'failed',
    ) {
      for (let done = 0; done < count; done += 500) {
        const chunk = Array.from({ length: Math.min(500, count - done) }, (_, index) => done + index + 1)
        const event = { name: 'a', owner: '1', broadcast: 0, data: '{}' }
        await store.db
          .insertInto('event')
          .values(
            chunk.map((n) => ({
              ...event,
              seq: n,
              uid: n.toString(16).padStart(32, '0'),
              created_at: START + n * 1_000,
            })),
          )
          .execute()
        await store.db
          .insertInto('delivery')
          .values(chunk.map((n) => ({ hook_id: hookId, event_seq: n, status, attempts: 1, tries: 1 })))
          .execute()
      }
    }

    const statuses = async (store: Store) =>
      (await store.db.selectFrom('delivery').select('status').execute()).map(({ status }) => status)

    it('sends what has failed again, each marked as asked for by hand; a second click does nothing', async () => {
      const { hooks, test, store, fail, listen } = await open()
      const hook = await listen()
      await fail(3)
      expect(await hooks.replay({ hookId: hook.id, since })).toEqual({ deliveries: 3 })
      expect(await hooks.replay({ hookId: hook.id, since })).toEqual({ deliveries: 0 })
      const [row] = await store.db.selectFrom('delivery').selectAll().execute()
      expect(row).toMatchObject({
        status: 'pending',
        reason: null,
        finished_at: null,
        tries: 0,
        excused: 0,
        manual: 1,
        manual_at: test.clock.now(),
      })
      expect(await hooks.deliveries()).toMatchObject(Array(3).fill({ manual: true, attempts: 1 }))
      await test.flush()
      expect(test.deliveries).toHaveLength(3)
      const all = await hooks.deliveries()
      expect(new Set(test.deliveries.map(({ id }) => id))).toEqual(new Set(all.map(({ id }) => id)))
      expect(all).toMatchObject(Array(3).fill({ status: 'delivered', manual: false, attempts: 2 }))
      const { log } = await hooks.delivery(all[0]?.id ?? '')
      expect(log).toMatchObject([
        { number: 1, manual: false },
        { number: 2, manual: true },
      ])
      test.clock.advance(60_000)
      expect(await hooks.replay({ hookId: hook.id, since })).toEqual({ deliveries: 0 })
    })

    it('does nothing on a second click either where the first one’s attempts have failed at once', async () => {
      const { hooks, test, fail, listen } = await open()
      const { id: hookId } = await listen()
      await fail()
      test.respond(() => ({ status: 500 }))
      await hooks.replay({ hookId, since })
      await test.flush()
      test.clock.advance(4_999)
      expect(await hooks.replay({ hookId, since })).toEqual({ deliveries: 0 })
      test.clock.advance(1)
      expect(await hooks.replay({ hookId, since })).toEqual({ deliveries: 1 })
    })

    it('takes the events from `since` up to before `until`', async () => {
      const { hooks, test, fail, listen } = await open()
      const { id: hookId } = await listen()
      await fail(3)
      await fail()
      const [last, ...first] = await hooks.deliveries()
      const at = first[0]?.createdAt ?? new Date(0)
      const later = new Date(at.getTime() + 1)
      const count = async (range: { since: Date; until?: Date }) =>
        (await hooks.replay({ hookId, ...range, dryRun: true })).deliveries
      expect(await count({ since: at })).toBe(4)
      expect(await count({ since: at, until: at })).toBe(0)
      expect(await count({ since: at, until: later })).toBe(3)
      expect(await count({ since: later })).toBe(1)
      expect(await count({ since: new Date(test.clock.now()) })).toBe(0)
      await hooks.replay({ hookId, since: later })
      await test.flush()
      expect(test.deliveries.map(({ id }) => id)).toEqual([last?.id])
    })

    it('is of one hook, of all, or of all of an owner, and leaves those that are deleted', async () => {
      const { hooks, fail, listen } = await open()
      const one = await listen(1)
      await listen(1, 'a', '/second')
      const other = await listen(2)
      const deleted = await listen(2, 'a', '/deleted')
      await fail(2)
      await fail(1, 'a', 2)
      await hooks.delete(deleted.id)
      const count = async (whose: { hookId?: number; owner?: number }) =>
        (await hooks.replay({ ...whose, since, dryRun: true })).deliveries
      expect(await count({ hookId: one.id })).toBe(2)
      expect(await count({ hookId: other.id, owner: 2 })).toBe(1)
      expect(await count({ owner: 1 })).toBe(4)
      expect(await count({ owner: 2 })).toBe(1)
      expect(await count({})).toBe(5)
      await expect(count({ hookId: other.id, owner: 1 })).rejects.toMatchObject({ code: 'hook_missing' })
      await expect(count({ hookId: deleted.id })).rejects.toMatchObject({ code: 'hook_missing' })
      // A session without a user must not open everybody's.
      await expect(count({ owner: undefined as never })).rejects.toMatchObject({ code: 'owner_missing' })
      expect(await hooks.replay({ owner: 2, since })).toEqual({ deliveries: 1 })
      expect(await hooks.replay({ since })).toEqual({ deliveries: 4 })
    })

    it('leaves alone what is pending, delivered or cancelled', async () => {
      const { hooks, store, listen } = await open()
      const { id: hookId } = await listen()
      await addFinished(store, hookId, 4)
      const become = (seq: number, columns: object) =>
        store.db.updateTable('delivery').set(columns).where('event_seq', '=', seq).execute()
      await become(1, { status: 'pending', due_at: START + DAY, lease: 'somebody' })
      await become(2, { status: 'delivered' })
      await become(3, { status: 'cancelled' })
      expect(await hooks.replay({ hookId, since })).toEqual({ deliveries: 1 })
      expect(
        await store.db
          .selectFrom('delivery')
          .select(['status', 'lease', 'manual'])
          .orderBy('event_seq')
          .execute(),
      ).toEqual([
        { status: 'pending', lease: 'somebody', manual: 0 },
        { status: 'delivered', lease: null, manual: 0 },
        { status: 'cancelled', lease: null, manual: 0 },
        { status: 'pending', lease: null, manual: 1 },
      ])
    })

    it('looks at each again before it changes it', async () => {
      const { hooks, store, listen } = await open()
      const { id: hookId } = await listen()
      await addFinished(store, hookId, 3)
      const write = store.write.bind(store)
      const spy = vi.spyOn(store, 'write').mockImplementationOnce(async (work, options) => {
        // Somebody else has had it sent again meanwhile, and an attempt is under way.
        const begun = { status: 'pending', due_at: START + DAY, lease: 'somebody' } as const
        await store.db.updateTable('delivery').set(begun).where('event_seq', '=', 2).execute()
        return await write(work as never, options)
      })
      expect(await hooks.replay({ hookId, since })).toEqual({ deliveries: 2 })
      expect(spy).toHaveBeenCalledOnce()
      const leases = await store.db.selectFrom('delivery').select('lease').orderBy('event_seq').execute()
      expect(leases.map(({ lease }) => lease)).toEqual([null, 'somebody', null])
    })

    it('counts with `dryRun` what it would send, and changes nothing', async () => {
      const { hooks, store, fail, listen } = await open()
      const { id: hookId } = await listen()
      await fail(2)
      await hooks.send('b', {}, { owner: 1 })
      const later = await listen(1, 'b')
      const before = await statuses(store)
      expect(await hooks.replay({ hookId, since, dryRun: true })).toEqual({ deliveries: 2 })
      expect(await hooks.replay({ hookId: later.id, since, what: 'missed', dryRun: true })).toEqual({
        deliveries: 0,
      })
      expect(await statuses(store)).toEqual(before)
    })

    it('leaves out what is older than thirty days, and events to try a hook out', async () => {
      const { hooks, test, fail, listen } = await open()
      const { id: hookId } = await listen()
      await fail()
      test.clock.advance(29 * DAY)
      await fail()
      test.respond(() => ({ status: 500 }))
      await hooks.test(hookId)
      await test.flush()
      test.clock.advance(DAY)
      const range = { hookId, since: new Date(0) }
      expect(await hooks.replay({ ...range, dryRun: true })).toEqual({ deliveries: 1 })
      expect(await hooks.replay({ ...range, what: 'missed', dryRun: true })).toEqual({ deliveries: 1 })
      const second = await hooks.create({ owner: 1, event: 'a', target: `${TARGET}/second` })
      const missed = { since: range.since, hookId: second.id, what: 'missed' } as const
      expect(await hooks.replay(missed)).toEqual({ deliveries: 1 })
    })

    it('gives a hook all that it has missed: failed, cancelled, and what it did not listen to yet', async () => {
      const { hooks, test, store, fail, listen } = await open()
      const other = await listen(1)
      await hooks.create({ owner: 2, event: 'b', target: `${TARGET}/2` })
      await hooks.send('a', { before: 'the hook' }, { owner: 1 })
      await hooks.send('b', { of: 'another' }, { owner: 2 })
      await hooks.send('b', { for: 'everyone' }, { owner: everyone })
      await test.flush()
      test.clear()
      const hook = await listen(1, 'a', '/late')
      await fail(2)
      await store.db
        .updateTable('delivery')
        .set({ status: 'cancelled', reason: 'it was gone' })
        .where('hook_id', '=', hook.id)
        .where('event_seq', 'in', (eb) =>
          eb.selectFrom('delivery').select(({ fn }) => fn.max('event_seq').as('seq')),
        )
        .execute()
      const missed = { hookId: hook.id, since, what: 'missed' } as const
      expect(await hooks.replay({ ...missed, dryRun: true })).toEqual({ deliveries: 3 })
      await hooks.update(hook.id, { events: ['a', 'b'] })
      // It is not fanned out yet, and so will come by itself.
      await hooks.send('a', { on: 'its way' }, { owner: 1 })
      expect(await hooks.replay({ ...missed, dryRun: true })).toEqual({ deliveries: 4 })
      expect(await hooks.replay(missed)).toEqual({ deliveries: 4 })
      expect(await hooks.replay(missed)).toEqual({ deliveries: 0 })
      await test.flush()
      const mine = test.deliveries.filter(({ target }) => target.endsWith('/late'))
      const data = mine.map(({ json }) => (json as { data: object }).data)
      expect(data).toHaveLength(5)
      expect(data).toEqual(
        expect.arrayContaining([
          { before: 'the hook' },
          { for: 'everyone' },
          { n: 0 },
          { n: 1 },
          { on: 'its way' },
        ]),
      )
      const logs = await Promise.all(
        (await hooks.deliveries({ hookId: hook.id })).map(({ id }) => hooks.delivery(id)),
      )
      const onItsWay = logs.filter(({ log }) => log.at(-1)?.manual === false)
      expect(onItsWay).toHaveLength(1)
      expect(await hooks.deliveries({ hookId: other.id, status: 'failed' })).toHaveLength(2)
      await expect(hooks.replay({ since, what: 'missed' })).rejects.toMatchObject({
        code: 'option_invalid',
        field: 'replay.hookId',
      })
    })

    it('asks `find` which of the missed events a hook may hear of', async () => {
      const find = vi.fn((query: { where(...condition: unknown[]): unknown }, { data }: { data: unknown }) =>
        query.where('isActive', '=', (data as { active: boolean }).active),
      )
      const { hooks, test, listen } = await open({ find: find as never })
      await listen(1)
      for (const active of [true, false, true]) await hooks.send('a', { active }, { owner: 1 })
      await test.flush()
      test.clear()
      const hook = await listen(1, 'a', '/late')
      const missed = { hookId: hook.id, since, what: 'missed' } as const
      expect(await hooks.replay({ ...missed, dryRun: true })).toEqual({ deliveries: 2 })
      expect(await hooks.replay(missed)).toEqual({ deliveries: 2 })
      await test.flush()
      expect(test.deliveries.map(({ json }) => (json as { data: object }).data)).toEqual(
        Array(2).fill({ active: true }),
      )
      expect(find.mock.lastCall?.[1]).toEqual({ event: 'a', owner: '1', data: { active: true } })
    })

    it('goes in transactions of 500; killed between them, another call does the rest', async () => {
      const { hooks, test, store, listen } = await open()
      const { id: hookId } = await listen()
      await addFinished(store, hookId, 2_203)
      test.clock.advance(DAY)
      const write = store.write.bind(store)
      let writes = 0
      const spy = vi.spyOn(store, 'write').mockImplementation(async (work, options) => {
        writes += 1
        if (writes === 3) throw new Error('killed')
        return await write(work as never, options)
      })
      const turns = countTurns()
      await expect(hooks.replay({ since })).rejects.toThrow('killed')
      // Meanwhile others had their turns in this process.
      expect(turns()).toBeGreaterThanOrEqual(2)
      const pending = (await statuses(store)).filter((status) => status === 'pending')
      expect(pending).toHaveLength(1_000)
      expect(await hooks.replay({ since })).toEqual({ deliveries: 1_203 })
      expect(await hooks.replay({ since })).toEqual({ deliveries: 0 })
      spy.mockRestore()
      await test.flush()
      expect(test.deliveries).toHaveLength(2_203)
      expect(new Set(test.deliveries.map(({ id }) => id)).size).toBe(2_203)
    })

    it('adds what is missing in transactions of 500 likewise', async () => {
      const { hooks, test, store, listen } = await open()
      const { id: other } = await listen()
      await addFinished(store, other, 2_203, 'delivered')
      test.clock.advance(DAY)
      const { id: hookId } = await listen(1, 'a', '/late')
      const write = store.write.bind(store)
      let writes = 0
      vi.spyOn(store, 'write').mockImplementation(async (work, options) => {
        writes += 1
        if (writes === 3) throw new Error('killed')
        return await write(work as never, options)
      })
      await expect(hooks.replay({ hookId, since, what: 'missed' })).rejects.toThrow('killed')
      expect(await statuses(store)).toHaveLength(3_203)
      expect(await hooks.replay({ hookId, since, what: 'missed' })).toEqual({ deliveries: 1_203 })
      expect(await statuses(store)).toHaveLength(4_406)
    })

    it('sends each again once, when two processes are asked at the same moment', async () => {
      const first = await open()
      const second = await open()
      const { store, test } = first
      const hook = await first.listen()
      await addFinished(store, hook.id, 1_200)
      const late = await first.listen(1, 'a', '/late')
      for (const one of [first, second]) one.test.clock.advance(DAY)
      for (const options of [
        { hookId: hook.id, since },
        { hookId: late.id, since, what: 'missed' as const },
      ]) {
        const done = await Promise.all([first, second].map(({ hooks }) => hooks.replay(options)))
        expect(done.reduce((total, { deliveries }) => total + deliveries, 0)).toBe(1_200)
      }
      await test.flush()
      expect(test.deliveries).toHaveLength(2_400)
      expect(new Set(test.deliveries.map(({ id }) => id)).size).toBe(2_400)
    })

    it('waits for a hook that is disabled, until it is enabled', async () => {
      const { hooks, test, fail, listen } = await open()
      const { id: hookId } = await listen()
      await fail(2)
      await hooks.disable(hookId)
      expect(await hooks.replay({ hookId, since })).toEqual({ deliveries: 2 })
      await test.flush()
      expect(test.deliveries).toEqual([])
      await hooks.enable(hookId)
      await test.flush()
      expect(test.deliveries).toHaveLength(2)
    })

    it('comes with enabling a hook, where that is asked for', async () => {
      const { hooks, test, store, fail, listen } = await open()
      const { id: hookId } = await listen()
      await fail(2)
      await store.db.updateTable('delivery').set({ status: 'cancelled' }).execute()
      await hooks.disable(hookId)
      await hooks.send('a', { n: 'while it was disabled' }, { owner: 1 })
      await test.flush()
      await expect(hooks.enable(hookId, { replaySince: 'yesterday' as never })).rejects.toMatchObject({
        code: 'option_invalid',
        field: 'enable.replaySince',
      })
      expect(await hooks.get(hookId)).not.toMatchObject({ disabledAt: null })
      expect(await hooks.enable(hookId, { replaySince: since })).toMatchObject({
        id: hookId,
        disabledAt: null,
      })
      await test.flush()
      expect(test.deliveries).toHaveLength(3)
      await hooks.enable(hookId, { replaySince: null })
      await test.flush()
      expect(test.deliveries).toHaveLength(3)
    })

    it('lets a hook with an order or a rate have it through its lane', async () => {
      const { hooks, test, store, fail, listen } = await open()
      const hook = await listen()
      const late = await listen(1, 'b', '/late')
      await fail(2)
      await store.db.updateTable('hook').set({ rate_limit: 30 }).execute()
      await hooks.update(late.id, { events: ['a', 'b'] })
      await hooks.replay({ hookId: hook.id, since })
      await hooks.replay({ hookId: late.id, since, what: 'missed' })
      const rows = await store.db.selectFrom('delivery').select(['due_at', 'parked_due_at']).execute()
      expect(rows).toEqual(Array(4).fill({ due_at: null, parked_due_at: test.clock.now() }))
      const lanes = await store.db.selectFrom('lane').select('hook_id').orderBy('hook_id').execute()
      expect(lanes).toEqual([{ hook_id: hook.id }, { hook_id: late.id }])
      await test.flush()
      test.clock.advance(DAY)
      await test.flush()
      expect(test.deliveries).toHaveLength(4)
    })

    it('finds the time among many events, also where they are a little out of order', async () => {
      const { hooks, test, store, listen } = await open()
      const { id: hookId } = await listen()
      await addFinished(store, hookId, 20_000)
      // A clock that was an hour slow.
      await store.db
        .updateTable('event')
        .set((eb) => ({ created_at: eb('created_at', '-', 3_599_000) }))
        .where('seq', '>=', 12_000)
        .where('seq', '<', 12_100)
        .execute()
      await store.db.deleteFrom('event').where('seq', '>', 9_000).where('seq', '<=', 9_500).execute()
      test.clock.advance(DAY)
      const range = { since: new Date(START + 8_450_000), until: new Date(START + 8_452_000) }
      const span = await store.read(() => spanOf(store, Number(range.since), Number(range.until)))
      expect(span.after).toBeLessThan(8_450 - 3_599)
      expect(span.after).toBeGreaterThan(8_450 - 3_700 - 1_000)
      expect(span.upTo).toBeGreaterThan(12_052)
      expect(span.upTo).toBeLessThan(12_100 + 1_000)
      expect(await hooks.replay({ hookId, ...range, dryRun: true })).toEqual({ deliveries: 4 })
    })

    it.each([
      ['since', { since: 'yesterday' }],
      ['since', {}],
      ['until', { since, until: new Date(Number.NaN) }],
      ['what', { since, what: 'everything' }],
      ['hookId', { since, hookId: '7' }],
      ['dryRun', { since, dryRun: 1 }],
      ['unitl', { since, unitl: since }],
    ])('refuses a wrong `%s`', async (name, options) => {
      const { hooks } = await open()
      await expect(hooks.replay(options as never)).rejects.toMatchObject({
        code: 'option_invalid',
        field: `replay.${name}`,
      })
    })
  })
}
