import { describe, expect, it, vi } from 'vitest'
import { claimDue } from '../../src/dispatch/claim.ts'
import { claimParked } from '../../src/dispatch/claim-parked.ts'
import { LaneChanges } from '../../src/dispatch/lanes.ts'
import type { ClaimContext } from '../../src/dispatch/parking.ts'
import { createHooks } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import { seamsOf } from '../support/seams.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

/** Who gets a turn: shares, lanes, leases, and hooks that are disabled or deleted. */
export function claimSuite(harness: Harness): void {
  describe(`claims on ${harness.name}`, () => {
    const app = application(harness)

    const bookstore = (dispatch = {}) =>
      app.open((database, logger) =>
        createHooks({ database, logger, dispatch, events: { 'user.logged_in': null } }),
      )

    /** Deliveries that are due, one millisecond after another. */
    async function addDue(store: Store, hookId: number, count: number, firstDueAt: number) {
      const highest = await store.db
        .selectFrom('event')
        .select(({ fn }) => fn.max('seq').as('seq'))
        .execute()
      const from = Number(highest[0]?.seq ?? 0) + 1
      for (let done = 0; done < count; done += 500) {
        const chunk = Array.from({ length: Math.min(500, count - done) }, (_, index) => from + done + index)
        const event = { name: 'user.logged_in', owner: '1', broadcast: 0, data: '{}', created_at: START }
        await store.db
          .insertInto('event')
          .values(chunk.map((n) => ({ ...event, seq: n, uid: n.toString(16).padStart(32, '0') })))
          .execute()
        await store.db
          .insertInto('delivery')
          .values(
            chunk.map((n) => ({
              hook_id: hookId,
              event_seq: n,
              status: 'pending' as const,
              due_at: firstDueAt + n - from,
            })),
          )
          .execute()
      }
    }

    let leases = 0
    async function claimOnce(store: Store, now: number, underWay = new Map<number, number>(), free = 256) {
      leases += 1
      const context: ClaimContext = {
        store,
        fields: new Map(),
        now,
        lease: `lease-${leases}`,
        leaseUntil: now + 25_000,
        probeUntil: now + 30_000,
      }
      const room = { perHook: 20, underWay }
      const parked = await store.write(() => claimParked(context, { ...room, free: Math.ceil(free / 2) }))
      const counts = new Map(underWay)
      for (const { hook } of parked.claimed) counts.set(hook.id, (counts.get(hook.id) ?? 0) + 1)
      const due = await store.write(function* () {
        const lanes = new LaneChanges()
        const rest = { ...room, underWay: counts, free: free - parked.claimed.length }
        const claim = yield* claimDue(context, rest, lanes)
        yield* lanes.write(store, now)
        return claim
      })
      return [...parked.claimed, ...due.claimed]
    }

    const hookIds = (claimed: readonly { hook: { id: number } }[]) => [
      ...new Set(claimed.map(({ hook }) => hook.id)),
    ]

    async function pendingRows(store: Store) {
      return await store.db.selectFrom('delivery').selectAll().where('status', '=', 'pending').execute()
    }

    it('see past a hook with 2,000 due deliveries, and give it its share', async () => {
      const { hooks, store } = await bookstore()
      const busy = await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/1` })
      const other = await hooks.create({ owner: 2, event: 'user.logged_in', target: `${TARGET}/2` })
      await addDue(store, busy.id, 2_000, START - 10_000)
      await addDue(store, other.id, 1, START)
      const claimed = await claimOnce(store, START)
      // One claim holds the lock for so long only; two are enough.
      const underWay = new Map([[busy.id, 20]])
      claimed.push(...(await claimOnce(store, START, underWay, 236)))
      expect(hookIds(claimed).sort()).toEqual([busy.id, other.id])
      expect(claimed.filter(({ hook }) => hook.id === busy.id)).toHaveLength(20)
    })

    it('see what has just come due at once, however long the backlog of another hook before it', async () => {
      const { hooks, store } = await bookstore()
      const busy = await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/1` })
      const other = await hooks.create({ owner: 2, event: 'user.logged_in', target: `${TARGET}/2` })
      await addDue(store, busy.id, 5_000, START - 10_000)
      await addDue(store, other.id, 3, START)
      const claimed = await claimOnce(store, START + 3)
      expect(claimed.filter(({ hook }) => hook.id === other.id)).toHaveLength(3)
      expect(claimed.filter(({ hook }) => hook.id === busy.id)).toHaveLength(20)
    })

    it('see past a hook whose share is under way, without anything to wake them', async () => {
      const { hooks, test, store } = await bookstore({ concurrencyPerHook: 1 })
      const busy = await hooks.create({ owner: 1, event: 'user.logged_in', target: `${TARGET}/1` })
      const other = await hooks.create({ owner: 2, event: 'user.logged_in', target: `${TARGET}/2` })
      await addDue(store, busy.id, 5_000, START - 10_000)
      await addDue(store, other.id, 1, START)
      const { dispatcher } = seamsOf(hooks)
      const held = Promise.withResolvers<void>()
      const { transport } = seamsOf(hooks)
      const post = transport.post.bind(transport)
      transport.post = async (request) => {
        if (request.url.endsWith('/1')) await held.promise
        return await post(request)
      }
      let sleep = 0
      while (sleep === 0) sleep = await dispatcher.turn()
      await vi.waitFor(() => expect(test.deliveries.map(({ target }) => target)).toEqual([`${TARGET}/2`]))
      held.resolve()
    })

    it('take parked deliveries as room comes free, until none is left', async () => {
      const { hooks, test, store } = await bookstore()
      const busy = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await addDue(store, busy.id, 1_500, START - 10_000)
      await test.flush()
      expect(test.deliveries).toHaveLength(1_500)
      expect(new Set(test.deliveries.map(({ id }) => id)).size).toBe(1_500)
      expect(await store.db.selectFrom('lane').selectAll().execute()).toEqual([])
    })

    it('let no lane wait that only found no room in this claim', async () => {
      const { hooks, store } = await bookstore()
      const ids: number[] = []
      for (let n = 0; n < 12; n += 1) {
        const { id } = await hooks.create({ owner: n + 1, event: 'user.logged_in', target: `${TARGET}/${n}` })
        ids.push(id)
        await addDue(store, id, 60, START - 10_000)
        await hooks.disable(id)
      }
      // All are parked, and let go at once.
      for (let n = 0; n < 5; n += 1) await claimOnce(store, START)
      for (const id of ids) await hooks.enable(id)
      const served = new Set<number>()
      const underWay = new Map<number, number>()
      for (let n = 0; n < 8; n += 1) {
        for (const { hook } of await claimOnce(store, START, underWay, 60)) {
          served.add(hook.id)
          underWay.set(hook.id, (underWay.get(hook.id) ?? 0) + 1)
        }
      }
      expect([...served].sort((a, b) => a - b)).toEqual(ids)
    })

    it('leave out a disabled hook, and lose none of its deliveries, due or parked', async () => {
      const { hooks, test, store } = await bookstore()
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await addDue(store, hook.id, 700, START - 10_000)
      // Its share is under way, the rest parked.
      await claimOnce(store, START)
      await hooks.disable(hook.id)
      // The lane leads to parked deliveries of a hook that is disabled by now.
      await store.db.updateTable('lane').set({ next_at: START }).execute()
      expect(await claimOnce(store, START)).toEqual([])
      expect(await claimOnce(store, START)).toEqual([])
      const stranded = (await pendingRows(store)).filter(
        (row) => row.due_at === null && row.parked_due_at === null,
      )
      expect(stranded).toEqual([])
      expect(test.deliveries).toEqual([])

      await hooks.enable(hook.id)
      test.clock.advance(30_000)
      await test.flush()
      expect(test.deliveries).toHaveLength(700)
    })

    it('park what happens while a hook is disabled, and let it go when it is enabled', async () => {
      const { hooks, test } = await bookstore()
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await hooks.disable(hook.id, 'too many failures')
      for (let n = 0; n < 3; n += 1) await hooks.send('user.logged_in', { n }, { owner: 1 })
      await test.flush()
      expect(test.deliveries).toEqual([])
      expect(await hooks.deliveries()).toMatchObject(Array(3).fill({ status: 'pending', dueAt: null }))
      await hooks.enable(hook.id)
      await test.flush()
      expect(test.deliveries).toHaveLength(3)
    })

    it('cancel the deliveries of a deleted hook with a reason, those due and more than 500 parked', async () => {
      const { hooks, test, store } = await bookstore()
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await addDue(store, hook.id, 1_700, START - 10_000)
      await claimOnce(store, START)
      await claimOnce(store, START)
      const rows = await pendingRows(store)
      expect(rows.filter(({ parked_due_at }) => parked_due_at !== null).length).toBeGreaterThan(500)
      await hooks.delete(hook.id)
      test.clock.advance(30_000)
      await test.flush()
      expect(test.deliveries).toEqual([])
      const left = await store.db
        .selectFrom('delivery')
        .select(['status', 'reason', 'due_at', 'parked_due_at'])
        .distinct()
        .execute()
      expect(left).toEqual([
        { status: 'cancelled', reason: 'the hook was deleted', due_at: null, parked_due_at: null },
      ])
      expect(await store.db.selectFrom('lane').selectAll().execute()).toEqual([])
    })

    it('cancel what a hook has parked when it is deleted while it is disabled, however much that is', async () => {
      const { hooks, test, store } = await bookstore()
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await addDue(store, hook.id, 1_200, START - 10_000)
      await store.db.updateTable('delivery').set({ due_at: null, parked_due_at: START }).execute()
      await hooks.disable(hook.id)
      await test.flush()
      expect(await pendingRows(store)).toHaveLength(1_200)
      await hooks.delete(hook.id)
      await test.flush()
      expect(await pendingRows(store)).toEqual([])
      expect(await hooks.deliveries({ limit: 1 })).toMatchObject([
        { status: 'cancelled', reason: 'the hook was deleted' },
      ])
    })

    it('are prolonged while an attempt goes on for longer than a lease, so that nobody takes it over', async () => {
      const { hooks, test, store } = await bookstore({ leaseMs: 10_000, timeoutMs: 60_000 })
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await addDue(store, hook.id, 1, START)
      const { dispatcher, transport } = seamsOf(hooks)
      const answer = Promise.withResolvers<void>()
      const post = transport.post.bind(transport)
      transport.post = async (request) => {
        await answer.promise
        return await post(request)
      }
      await dispatcher.turn()
      for (let seconds = 5; seconds <= 40; seconds += 5) {
        test.clock.set(START + seconds * 1_000)
        await dispatcher.turn()
        expect(await claimOnce(store, test.clock.now() + 4_000)).toEqual([])
      }
      answer.resolve()
      await test.flush()
      expect(test.deliveries).toHaveLength(1)
      expect(await hooks.deliveries()).toMatchObject([{ status: 'delivered', attempts: 1 }])
    })

    it('take over what a dead dispatcher has claimed, once its lease has run out, under the same id', async () => {
      const { hooks, test, store } = await bookstore()
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await addDue(store, hook.id, 1, START)
      const [dead] = await claimOnce(store, START)
      test.clock.set(START + 24_999)
      await test.flush()
      expect(test.deliveries).toEqual([])
      test.clock.set(START + 25_000)
      await test.flush()
      expect(test.deliveries.map(({ id }) => id)).toEqual([`${dead?.uid}_${hook.id}`])
    })

    it('of two dispatchers at once share what is due, and post nothing twice', async () => {
      const { hooks, test, store } = await bookstore()
      const other = await bookstore()
      for (let n = 0; n < 10; n += 1) {
        const { id } = await hooks.create({ owner: n + 1, event: 'user.logged_in', target: `${TARGET}/${n}` })
        await addDue(store, id, 60, START - 10_000)
      }
      // A little later, as over a network, so that both are at work.
      for (const { transport } of [hooks, other.hooks].map((one) => seamsOf(one))) {
        const post = transport.post.bind(transport)
        transport.post = async (request) => {
          await new Promise(setImmediate)
          return await post(request)
        }
      }
      await Promise.all([test.flush(), other.test.flush()])
      await test.flush()
      const ids = [...test.deliveries, ...other.test.deliveries].map(({ id }) => id)
      expect(ids).toHaveLength(600)
      expect(new Set(ids).size).toBe(600)
      expect(Math.min(test.deliveries.length, other.test.deliveries.length)).toBeGreaterThan(0)
    })

    it('refuse the result of a lease that was lost, and log it all the same', async () => {
      const { hooks, test, store } = await bookstore()
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      const { id } = await hooks.send('user.logged_in', {}, { owner: 1 })
      test.respond(() => {
        // While the answer is on its way, the lease runs out and another dispatcher claims.
        if (test.deliveries.length === 1) {
          void store.db
            .updateTable('delivery')
            .set({ lease: 'another', due_at: START + 60_000 })
            .execute()
        }
        return { status: 200 }
      })
      await test.flush()
      const delivery = await hooks.delivery(`${id}_${hook.id}`)
      expect(delivery).toMatchObject({ status: 'pending', attempts: 0, log: [{ number: 1, status: 200 }] })
      test.clock.set(START + 60_000)
      await test.flush()
      expect(await hooks.delivery(`${id}_${hook.id}`)).toMatchObject({
        status: 'delivered',
        log: [{}, { status: 200 }],
      })
      expect(new Set(test.deliveries.map((one) => one.id)).size).toBe(1)
    })

    it('hold for their whole time, however long the lock was waited for', async () => {
      const { hooks, test, store } = await bookstore()
      const hook = await hooks.create({ owner: 1, event: 'user.logged_in', target: TARGET })
      await addDue(store, hook.id, 1, START)
      const write = store.write.bind(store)
      store.write = async (work, options) => {
        test.clock.advance(60_000)
        return await write(work, options)
      }
      const leases: unknown[] = []
      test.respond(() => {
        leases.push(store.db.selectFrom('delivery').select('due_at').execute())
        return { status: 200 }
      })
      await test.flush()
      expect(await Promise.all(leases)).toEqual([[{ due_at: START + 60_000 + 10_000 }]])
    })
  })
}
