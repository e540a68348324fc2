import { describe, expect, it } from 'vitest'
import { pageOfDeliveries } from '../../src/dispatch/index.ts'
import { newestKeys } from '../../src/dispatch/newest.ts'
import { createHooks, type DeliveryListOptions, everyone } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import type { DeliveryStatus } from '../../src/store/tables.ts'
import { seeded } from '../support/seeded.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

const STATUSES: DeliveryStatus[] = ['pending', 'delivered', 'failed', 'cancelled']

/** Lists of deliveries: their order, their filters, their pages, and what one costs. */
export function deliveryListSuite(harness: Harness): void {
  describe(`lists of deliveries on ${harness.name}`, () => {
    const app = application(harness)

    async function open() {
      const opened = await app.open((database, logger) =>
        createHooks({ database, logger, events: { a: null, b: null } }),
      )
      return { ...opened }
    }

    /** A delivery for each of the hooks and numbers, as they are given; event `n` is of the second START + n. */
    async function fill(store: Store, deliveries: { hook: number; seq: number; status: DeliveryStatus }[]) {
      const seqs = [...new Set(deliveries.map(({ seq }) => seq))].sort((a, b) => a - b)
      for (let from = 0; from < seqs.length; from += 500) {
        const events = seqs.slice(from, from + 500).map((seq) => ({
          seq,
          uid: seq.toString(16).padStart(32, '0'),
          name: seq % 3 === 0 ? 'b' : 'a',
          broadcast: 0,
          data: `{"n":${seq}}`,
          created_at: START + seq * 1_000,
        }))
        await store.db.insertInto('event').values(events).execute()
      }
      for (let from = 0; from < deliveries.length; from += 500) {
        const rows = deliveries.slice(from, from + 500).map(({ hook, seq, status }) => ({
          hook_id: hook,
          event_seq: seq,
          status,
          finished_at: status === 'pending' ? null : START,
        }))
        await store.db.insertInto('delivery').values(rows).execute()
      }
    }

    it('are complete and in order, page by page, whatever is asked for', async () => {
      const { hooks, store } = await open()
      const random = seeded(7)
      const owners = ['alice', 'alice', 'alice', 'bob', 'bob', 'carol', ...Array<string>(40).fill('dora')]
      for (const [index, owner] of owners.entries()) {
        await hooks.create({ owner, event: 'a', target: `${TARGET}/${index}` })
      }
      // One hook with most of them, one with few, one with none, and events that all hooks have.
      const all: { hook: number; seq: number; status: DeliveryStatus }[] = []
      for (let seq = 1; seq <= 600; seq += 1) {
        for (let hook = 1; hook <= owners.length; hook += 1) {
          const chance = hook === 1 ? 0.9 : hook === 2 ? 0.01 : hook === 3 ? 0 : 0.03
          if (seq % 100 !== 0 && random() >= chance) continue
          if (hook === 3) continue
          all.push({ hook, seq, status: STATUSES[Math.floor(random() * 4)] ?? 'pending' })
        }
      }
      await fill(store, all)
      const gone = await hooks.create({ owner: 'alice', event: 'b', target: TARGET })
      await fill(store, [{ hook: gone.id, seq: 1_000, status: 'failed' }])
      await hooks.delete(gone.id)
      all.push({ hook: gone.id, seq: 1_000, status: 'failed' })

      function expected({ hookId, owner, status, event, since, until }: DeliveryListOptions): string[] {
        const statuses = status === undefined ? STATUSES : [status].flat()
        return all
          .filter(({ hook }) => hookId === undefined || hook === hookId)
          .filter(({ hook }) => {
            if (owner === undefined) return true
            if (hook === gone.id) return hookId === hook && owner === 'alice'
            return owners[hook - 1] === owner
          })
          .filter((delivery) => statuses.includes(delivery.status))
          .filter(({ seq }) => event === undefined || event === (seq % 3 === 0 ? 'b' : 'a'))
          .filter(({ seq }) => since === undefined || START + seq * 1_000 >= since.getTime())
          .filter(({ seq }) => until === undefined || START + seq * 1_000 < until.getTime())
          .sort((x, y) => y.seq - x.seq || x.hook - y.hook)
          .map(({ hook, seq }) => `${seq.toString(16).padStart(32, '0')}_${hook}`)
      }

      const wanted: DeliveryListOptions[] = [
        {},
        { owner: 'alice' },
        { owner: 'bob' },
        { owner: 'dora' },
        { owner: 'nobody' },
        { hookId: 1 },
        { hookId: 2, owner: 'alice' },
        { hookId: 4, owner: 'alice' },
        { hookId: gone.id },
        { hookId: gone.id, owner: 'alice' },
        { hookId: gone.id, owner: 'bob' },
        { owner: 'alice', status: 'failed' },
        { owner: 'dora', status: ['failed', 'cancelled'], event: 'b' },
        { hookId: 1, event: 'b', status: 'pending' },
        { owner: 'alice', since: new Date(START + 100_000), until: new Date(START + 200_000) },
        { since: new Date(START + 590_000) },
        { until: new Date(START + 5_000), event: 'a' },
        { event: 'there is none' },
      ]
      for (const options of wanted) {
        const ids = expected(options)
        const whole = await hooks.deliveries({ ...options, limit: 5_000 })
        expect(whole.map(({ id }) => id)).toEqual(ids)
        for (const limit of [7, 100]) {
          const paged: string[] = []
          let after: { after?: string } = {}
          for (;;) {
            const page = await hooks.deliveries({ ...options, ...after, limit })
            paged.push(...page.map(({ id }) => id))
            const last = page.at(-1)
            if (last === undefined) break
            after = { after: last.id }
          }
          expect(paged).toEqual(ids)
        }
        // And with a budget that is over in the midst of everything.
        const bit: string[] = []
        let next: string | undefined
        do {
          const position = next === undefined ? {} : { after: next }
          const page = await pageOfDeliveries(store, { ...options, ...position, limit: 50 }, 30)
          bit.push(...page.deliveries.map(({ id }) => id))
          next = page.next
        } while (next !== undefined)
        expect(bit).toEqual(ids)
      }
    })

    it('are in order to their end, also of more hooks than are looked at together', async () => {
      const { hooks, store } = await open()
      const random = seeded(3)
      const all: { hook: number; seq: number; status: DeliveryStatus }[] = []
      for (let hook = 1; hook <= 30; hook += 1) {
        await hooks.create({ owner: hook % 3, event: 'a', target: `${TARGET}/${hook}` })
        for (let seq = 1; seq <= 200; seq += 1) {
          const chance = hook === 30 ? 1 : hook / 100
          if (seq % 50 === 0 || random() < chance) all.push({ hook, seq, status: 'delivered' })
        }
      }
      await fill(store, all)
      const sorted = all.sort((x, y) => y.seq - x.seq || x.hook - y.hook)
      for (const owner of [undefined, '0', '1']) {
        for (const after of [undefined, { event_seq: 150, hook_id: 17 }]) {
          const expected = sorted
            .filter(({ hook }) => owner === undefined || String(hook % 3) === owner)
            .filter(
              ({ seq, hook }) => after === undefined || seq < 150 || (seq === 150 && hook > after.hook_id),
            )
            .map(({ hook, seq }) => `${seq} ${hook}`)
          const span = { after: 20, upTo: 190 }
          for (const want of [1, 3, 10, 1_000]) {
            const found: string[] = []
            for await (const keys of newestKeys(store, { hookId: undefined, owner, span }, after, want)) {
              found.push(...keys.map(({ event_seq, hook_id }) => `${event_seq} ${hook_id}`))
            }
            const between = expected.filter(
              (key) => Number.parseInt(key, 10) > 20 && Number.parseInt(key, 10) <= 190,
            )
            expect(found).toEqual(between)
          }
        }
      }
    })

    it('stay as they are behind a page while deliveries are added before it, and its last one is removed', async () => {
      const { hooks, store } = await open()
      const { id } = await hooks.create({ owner: 1, event: 'a', target: TARGET })
      const delivery = (seq: number) => ({ hook: id, seq, status: 'failed' as const })
      await fill(store, [1, 2, 3, 4, 5, 6].map(delivery))
      const page = await hooks.deliveries({ owner: 1, limit: 3 })
      await fill(store, [7, 8, 9].map(delivery))
      await store.db.deleteFrom('delivery').where('event_seq', '=', 4).execute()
      const next = await hooks.deliveries({ owner: 1, limit: 3, after: page.at(-1)?.id ?? '' })
      expect(next.map((one) => Number.parseInt(one.id.slice(0, 32), 16))).toEqual([3, 2, 1])
    })

    it('tell the target and the owner of their hook as they are now, until that is removed', async () => {
      const { hooks, store, test } = await open()
      const create = (owner: number) =>
        hooks.create({ owner, event: 'a', target: `${TARGET}/${owner}`, headers: { 'x-a': 'b' } })
      const changed = await create(1)
      const deleted = await create(2)
      const removed = await create(3)
      await hooks.send('a', {}, { owner: everyone })
      await test.flush()
      await hooks.update(changed.id, { target: `${TARGET}/new` })
      await hooks.delete(deleted.id)
      await store.db.deleteFrom('hook').where('id', '=', removed.id).execute()
      const of = async (hookId: number) => {
        const [listed] = await hooks.deliveries({ hookId })
        const { body: _, log: __, ...rest } = await hooks.delivery(listed?.id ?? '')
        expect(rest).toEqual(listed)
        return listed
      }
      expect(await of(changed.id)).toMatchObject({ target: `${TARGET}/new`, owner: '1' })
      expect(await of(deleted.id)).toMatchObject({ target: `${TARGET}/2`, owner: '2' })
      expect(await of(removed.id)).toMatchObject({ target: null, owner: null })
    })

    it('name what is wrong with what is asked for', async () => {
      const { hooks } = await open()
      const wrong: [DeliveryListOptions, string][] = [
        [{ status: 'done' as never }, 'deliveries.status'],
        [{ limit: 0 }, 'deliveries.limit'],
        [{ since: 'yesterday' as never }, 'deliveries.since'],
        [{ hookId: '1' as never }, 'deliveries.hookId'],
        [{ event: 'a\0' }, 'deliveries.event'],
        [{ after: 7 as never }, 'deliveries.after'],
        [{ owners: 1 } as never, 'deliveries.owners'],
      ]
      for (const [options, field] of wrong) {
        await expect(hooks.deliveries(options)).rejects.toMatchObject({ code: 'option_invalid', field })
      }
      await expect(hooks.deliveries({ owner: undefined as never })).rejects.toMatchObject({
        code: 'owner_missing',
      })
      for (const after of ['', 'x', `${'0'.repeat(32)}_1`]) {
        await expect(hooks.deliveries({ after })).rejects.toMatchObject({ code: 'delivery_missing' })
      }
    })

    it('leave out the delivery of another owner, and have the body that is posted', async () => {
      const { hooks, test } = await open()
      const hook = await hooks.create({ owner: 1, event: 'a', target: TARGET })
      await hooks.send('a', { title: 'Ü' }, { owner: 1 })
      await test.flush()
      const [delivery] = await hooks.deliveries({ owner: 1 })
      const id = delivery?.id ?? ''
      const { body, log } = await hooks.delivery(id, { owner: 1 })
      expect(body).toBe(test.deliveries[0]?.body)
      expect(log).toHaveLength(1)
      await expect(hooks.delivery(id, { owner: 2 })).rejects.toMatchObject({ code: 'delivery_missing' })
      await hooks.delete(hook.id)
      expect((await hooks.delivery(id, { owner: 1 })).body).toBe(body)
      expect(await hooks.deliveries({ owner: 1 })).toEqual([])
    })
  })

  describe(`hooks of an owner on ${harness.name}`, () => {
    const app = application(harness)
    const open = () =>
      app.open((database, logger) =>
        createHooks({
          database,
          logger,
          events: { a: null, b: null },
          dispatch: { retry: { delaysMs: [60_000] } },
        }),
      )

    it('are listed by how they stand, and by a part of their target', async () => {
      const { hooks, test } = await open()
      const create = (path: string) =>
        hooks.create({ owner: 1, event: 'a', target: `https://Example.com/${path}` })
      const well = await create('100%25_a')
      const failing = await create('failing')
      const disabled = await create('OFF')
      test.respond(({ target }) => ({ status: target.endsWith('failing') ? 500 : 204 }))
      await hooks.send('a', {}, { owner: 1 })
      await test.flush()
      await hooks.disable(disabled.id, 'no more')
      const ids = async (options: object) => (await hooks.list({ owner: 1, ...options })).map(({ id }) => id)
      expect(await ids({ state: 'enabled' })).toEqual([well.id, failing.id])
      expect(await ids({ state: 'disabled' })).toEqual([disabled.id])
      expect(await ids({ state: ['failing'] })).toEqual([failing.id])
      expect(await ids({ state: ['failing', 'disabled'] })).toEqual([failing.id, disabled.id])
      expect(await ids({ search: 'EXAMPLE.com/o' })).toEqual([disabled.id])
      expect(await ids({ search: '%' })).toEqual([well.id])
      expect(await ids({ search: '_' })).toEqual([well.id])
      expect(await ids({ search: 'ff', state: 'enabled' })).toEqual([])
      await hooks.disable(failing.id)
      expect(await ids({ state: 'failing' })).toEqual([])
      for (const [options, field] of [
        [{ state: 'off' }, 'state'],
        [{ state: [1] }, 'state'],
        [{ search: 'a\0' }, 'search'],
        [{ search: 1 }, 'search'],
      ] as const) {
        await expect(hooks.list(options as never)).rejects.toMatchObject({ code: 'hook_invalid', field })
      }
    })

    it('are enabled and disabled by their owner alone', async () => {
      const { hooks } = await open()
      const { id } = await hooks.create({ owner: 1, event: 'a', target: TARGET })
      await expect(hooks.disable(id, 'theirs', { owner: 2 })).rejects.toMatchObject({ code: 'hook_missing' })
      expect(await hooks.get(id)).toMatchObject({ disabledAt: null })
      expect(await hooks.disable(id, 'mine', { owner: 1 })).toMatchObject({ disabledReason: 'mine' })
      await expect(hooks.enable(id, { owner: 2 })).rejects.toMatchObject({ code: 'hook_missing' })
      await expect(hooks.enable(id, { owner: 2, replaySince: new Date(0) })).rejects.toMatchObject({
        code: 'hook_missing',
      })
      expect(await hooks.get(id)).toMatchObject({ disabledReason: 'mine' })
      expect(await hooks.enable(id, { owner: 1 })).toMatchObject({ disabledAt: null })
    })
  })
}
