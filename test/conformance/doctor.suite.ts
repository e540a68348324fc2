import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createHooks, type DispatchOptions, type Finding } from '../../src/index.ts'
import { testHooks } from '../../src/testing/index.ts'
import { holdPosts, seamsOf } from '../support/seams.ts'
import { application, START, TARGET } from './application.ts'
import type { Harness } from './harness.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** What is wrong, found and named with its cure. Each fault is really made. */
export function doctorSuite(harness: Harness): void {
  describe(`doctor on ${harness.name}`, () => {
    const app = application(harness)
    const isSqlite = () => app.database.store().dialect === 'sqlite'
    /** A table of hookwright's, as SQL names it here. */
    const own = (table: string) => (isSqlite() ? `hookwright_${table}` : `hookwright.${table}`)

    const options = {
      models: {
        Book: {
          table: 'book',
          owner: 'user_id',
          serialize: (book: { title: string }) => {
            if (book.title === 'broken') throw new Error('no such shelf')
            return { title: book.title }
          },
        },
      },
      events: { 'book.added': 'Book.created', 'order.paid': null },
      dispatch: { retry: { delaysMs: Array.from({ length: 60 }, () => DAY), jitter: 0 } },
    } as const

    async function shop(more: { dispatch?: DispatchOptions; allow?: string[]; retention?: false } = {}) {
      const opened = await app.open((database, logger) =>
        createHooks({ ...options, ...more, database, logger }),
      )
      return {
        ...opened,
        ill: () => illOf(opened.hooks),
      }
    }

    /** The same application in another process, at another time. */
    function elsewhere(now: number) {
      const hooks = createHooks({ ...options, database: app.database.store() })
      onTestFinished(() => hooks.close())
      testHooks(hooks, { now })
      return hooks
    }

    /** What is not well. */
    async function illOf(hooks: { doctor(): Promise<Finding[]> }): Promise<Finding[]> {
      const findings = await hooks.doctor()
      // The tests' own server has it switched off, which is seen.
      return findings.filter(({ state, code }) => state !== 'ok' && code !== 'autovacuum_off')
    }

    const codes = (findings: readonly Finding[]) => findings.map(({ check, code }) => `${check} ${code}`)

    it('finds nothing where all is well, says so, and what is worth knowing', async () => {
      const { hooks, test } = await shop()
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.addBook({ id: 1 })
      await test.flush()
      expect(await illOf(hooks)).toEqual([])
      const findings = await hooks.doctor()
      expect(codes(findings)).toEqual(
        expect.arrayContaining([
          'database reachable',
          'database migrated',
          isSqlite() ? 'database intact' : 'database connections',
          'triggers installed',
          isSqlite() ? 'clock one_clock' : 'clock in_step',
          'workers on_time',
          'hooks well',
          'settings not_encrypted',
          'settings api_closed',
        ]),
      )
      // An admin page sends it to a browser.
      expect(JSON.parse(JSON.stringify(findings))).toHaveLength(findings.length)
    })

    it('tells of tables that were never made, without a word of what follows from that', async () => {
      const hooks = elsewhere(START)
      const ill = await illOf(hooks)
      expect(codes(ill)).toEqual(['database migration_pending', 'triggers store_missing'])
      expect(ill[0]?.cure).toContain('hookwright migrate')
    })

    it('tells of tables of the version before', async () => {
      const { hooks, ill } = await shop()
      await app.database.exec(`ALTER TABLE ${own('event')} DROP COLUMN previous_data`)
      expect(codes(await ill())).toContain('database migration_pending')
      await hooks.migrate()
      expect(await ill()).toEqual([])
    })

    it('tells of columns that the fields of hooks lack', async () => {
      await shop()
      const withField = createHooks({
        ...options,
        database: app.database.store(),
        hook: { fields: { isActive: { type: 'boolean', default: true } } },
      })
      onTestFinished(() => withField.close())
      const ill = await illOf(withField)
      expect(codes(ill)).toEqual(['database migration_pending'])
      expect(ill[0]?.message).toContain('1 column')
    })

    it('tells of a trigger that was dropped, and of one that does not fit any more', async () => {
      const { hooks, ill } = await shop()
      const { statements } = await elsewhere(START).migrate({ dryRun: true })
      expect(statements).toEqual([])
      const dropped = await hooks.uninstall()
      const { created } = await hooks.migrate()
      expect(created).toEqual(dropped)
      for (const name of dropped.filter((trigger) => trigger.includes('book')))
        await app.database.exec(isSqlite() ? `DROP TRIGGER ${name}` : `DROP TRIGGER "${name}" ON book`)
      const missing = await ill()
      expect(codes(missing)).toEqual(['triggers missing'])
      expect(missing[0]).toMatchObject({ state: 'error', cure: expect.stringContaining('migrate') })
      await hooks.migrate()
      expect(await ill()).toEqual([])
      if (!isSqlite()) return
      await app.database.exec('ALTER TABLE book ADD COLUMN shelf TEXT')
      expect(codes(await ill())).toEqual(['triggers outdated'])
    })

    it('tells of a table that is gone, an owner that is gone, and a trigger that nobody wants', async () => {
      const { hooks, ill } = await shop()
      const others = createHooks({
        database: app.database.store(),
        models: { Book: { table: 'book', owner: 'user_id' } },
        events: { 'order.paid': null },
      })
      onTestFinished(() => others.close())
      expect(codes(await illOf(others))).toEqual(['triggers not_wanted'])
      await hooks.uninstall()
      await app.database.exec('ALTER TABLE book RENAME COLUMN user_id TO reader_id')
      expect(codes(await ill())).toContain('triggers owner_missing')
      await app.database.exec('DROP TABLE book')
      expect(codes(await ill())).toContain('triggers table_missing')
    })

    it('tells of events and deliveries that nobody comes to, and of the leases of a worker that has died', async () => {
      const { hooks, test } = await shop()
      await hooks.create({ owner: 1, event: 'order.paid', target: TARGET })
      await hooks.send('order.paid', 1, { owner: 1 })
      const late = async (ms: number) =>
        (await elsewhere(START + ms).doctor()).filter(
          ({ check, state }) => check === 'workers' && state !== 'ok',
        )
      expect(await late(29_000)).toEqual([])
      expect(await late(31_000)).toMatchObject([{ code: 'events_late', state: 'warning' }])
      expect(await late(6 * MINUTE)).toMatchObject([{ code: 'events_late', state: 'error' }])
      // Its posts are never answered, and its clock stands still: it holds its lease and does not prolong it.
      const { posts, answer } = holdPosts(hooks)
      const flushing = test.flush()
      await vi.waitFor(() => expect(posts.begun).toBe(1))
      const soon = await late(29_000)
      const dead = await late(6 * MINUTE)
      answer()
      await flushing
      expect(soon).toEqual([])
      expect(dead.map(({ code, state }) => `${code} ${state}`)).toEqual([
        'deliveries_late error',
        'leases_expired warning',
      ])
      expect(dead[0]?.cure).toContain('hookwright worker')
    })

    it('tells of a serializer that throws, with its error', async () => {
      const { hooks, test, ill } = await shop()
      await hooks.create({ owner: 1, event: 'book.added', target: TARGET })
      await app.addBook({ id: 1, title: 'broken' })
      await app.addBook({ id: 2, title: 'broken' })
      await test.flush()
      expect(await ill()).toMatchObject([
        {
          check: 'workers',
          code: 'serializer_fails',
          state: 'error',
          message: expect.stringContaining('no such shelf'),
          cure: expect.stringContaining('book.added'),
          details: { event: 'book.added', events: 2 },
        },
      ])
    })

    it('tells which hooks fail and with what, which wait, and which will be disabled or were', async () => {
      const { hooks, test, ill } = await shop({ dispatch: { ...options.dispatch, breaker: { failures: 2 } } })
      const make = (name: string) =>
        hooks.create({ owner: 1, event: 'order.paid', target: `https://${name}.example.com/t?key=secret` })
      const [down, denied, gone] = [await make('down'), await make('denied'), await make('gone')]
      await make('well')
      const statuses: Record<string, number> = { down: 503, denied: 401, gone: 410, well: 200 }
      test.respond(({ target }) => ({
        status: statuses[new URL(target).hostname.split('.')[0] ?? ''] ?? 500,
      }))
      await hooks.send('order.paid', 1, { owner: 1 })
      await test.flush()
      const first = await ill()
      expect(codes(first)).toEqual(['hooks failing', 'hooks failing'])
      const byKind = Object.fromEntries(first.map((one) => [one.details?.kind, one]))
      expect(byKind['status 503']?.message).toContain(`${down.id} at down.example.com (1 failure`)
      expect(byKind['status 401']?.message).toContain(`${denied.id} at denied.example.com`)
      expect(byKind['status 401']?.cure).toContain('headers')
      expect(JSON.stringify(first.map(({ message }) => message))).not.toContain('secret')
      const gones = (await hooks.doctor()).find(({ code }) => code === 'disabled_gone')
      expect(gones).toMatchObject({ state: 'ok', details: { newest: [gone.id] } })

      await hooks.send('order.paid', 2, { owner: 1 })
      await test.flush()
      expect((await ill()).every(({ details }) => details?.open === 1)).toBe(true)

      test.clock.advance(4 * DAY)
      expect(codes(await ill())).toContain('hooks nearly_disabled')
      for (let day = 0; day < 12; day += 1) {
        await hooks.send('order.paid', day, { owner: 1 })
        await test.flush()
        test.clock.advance(DAY)
      }
      const disabled = (await ill()).find(({ code }) => code === 'disabled_failing')
      expect(disabled).toMatchObject({ details: { newest: [denied.id, down.id] } })
    })

    it.each([
      ['timeout', 'timeoutMs'],
      ['tls', 'certificate'],
      ['refused_address', '`allow`'],
      ['dns', 'resolve'],
    ] as const)('has a cure for hooks that fail with %s', async (code, cure) => {
      const { hooks, test, ill } = await shop()
      await hooks.create({ owner: 1, event: 'order.paid', target: TARGET })
      const seams = seamsOf(hooks)
      const { transport } = seams
      seams.transport = {
        close: () => transport.close(),
        post: async () => ({ durationMs: 1, outcome: 'error', error: { code, message: 'no' } }),
      }
      await hooks.send('order.paid', 1, { owner: 1 })
      await test.flush()
      const [failing] = await ill()
      expect(failing).toMatchObject({ code: 'failing', details: { kind: code } })
      expect(failing?.cure).toContain(cure)
    })

    it('tells of clocks that differ, and of events that have not happened yet', async () => {
      const { hooks, ill } = await shop()
      await hooks.create({ owner: 1, event: 'order.paid', target: TARGET })
      await elsewhere(START + 10 * MINUTE).send('order.paid', 1, { owner: 1 })
      expect(codes(await ill())).toEqual(['clock from_the_future'])
      if (isSqlite()) return
      const real = Date.now()
      onTestFinished(() => void vi.useRealTimers())
      const skewed = async (ms: number) => {
        vi.useFakeTimers({ toFake: ['Date'], now: real + ms })
        const findings = await hooks.doctor()
        return findings.find(({ check }) => check === 'clock')
      }
      expect(await skewed(1_000)).toMatchObject({ code: 'in_step' })
      expect(await skewed(20_000)).toMatchObject({ code: 'skewed', state: 'warning' })
      expect(await skewed(-5 * MINUTE)).toMatchObject({
        state: 'error',
        message: expect.stringContaining('5 min behind'),
      })
    })

    it('tells whether the dispatcher of this process does what it was started for', async () => {
      const { hooks, ill } = await shop()
      seamsOf(hooks).clock = { now: () => Date.now(), timer: () => () => {} }
      await hooks.start()
      expect(codes(await hooks.doctor())).toContain('workers dispatcher_runs')
      // Another copy of the module takes its place.
      const copy = elsewhere(START)
      await copy.start()
      expect(codes(await ill())).toContain('workers dispatcher_stopped')
      await hooks.stop()
      expect(codes(await ill())).not.toContain('workers dispatcher_stopped')
    })

    it('speaks of settings that may not be meant', async () => {
      const { hooks, ill } = await shop({ allow: ['127.0.0.1'], retention: false })
      await hooks.create({ owner: 1, event: 'order.paid', target: 'http://127.0.0.1/t' })
      expect(await ill()).toEqual([])
      expect(codes(await hooks.doctor())).toEqual(
        expect.arrayContaining(['settings kept_for_ever', 'settings http_targets']),
      )
      vi.stubEnv('NODE_ENV', 'production')
      expect(codes(await ill())).toEqual(['settings private_allowed'])
    })

    it('answers in any case, also where a check hangs or the database is not to be had', async () => {
      const { hooks, store } = await shop()
      const { read, open } = store
      onTestFinished(() => void Object.assign(store, { read, open }))
      store.open = () => new Promise(() => {})
      const hanging = await hooks.doctor({ timeoutMs: 20 })
      expect(codes(hanging)[0]).toBe('database check_late')
      expect(hanging.every(({ check }) => check === 'database' || check === 'settings')).toBe(true)
      store.open = open
      let reads = 0
      // The first is of the check of the database; one of the others hangs.
      store.read = ((work: never) => {
        reads += 1
        return reads === 8 ? new Promise(() => {}) : read.call(store, work)
      }) as typeof read
      const some = await hooks.doctor({ timeoutMs: 500 })
      const late = some.filter(({ code }) => code === 'check_late')
      expect(late.length).toBeGreaterThan(0)
      expect(late.length).toBeLessThan(3)
      expect(new Set(some.map(({ check }) => check)).size).toBe(6)
      await expect(hooks.doctor({ timeout: 1 } as never)).rejects.toMatchObject({ field: 'doctor.timeout' })
    })

    it('is quick beside many deliveries', async () => {
      const { hooks, store } = await shop()
      const hook = await hooks.create({ owner: 1, event: 'order.paid', target: TARGET })
      const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)`
      await app.database.exec(
        `INSERT INTO ${own('delivery')} (hook_id, event_seq, due_at) ${numbers} SELECT ${hook.id}, i, ${START} + i * 10 FROM n`,
      )
      await app.database.exec(
        `INSERT INTO ${own('event')} (uid, name, owner, broadcast, data, created_at) ${numbers} SELECT 'u' || i, 'order.paid', '1', 0, '{}', ${START} FROM n`,
      )
      await store.open()
      const began = performance.now()
      const findings = await elsewhere(START + 60 * MINUTE).doctor()
      const ms = performance.now() - began
      expect(codes(findings)).toContain('workers deliveries_late')
      // Some 100 to 300 ms on a quiet machine.
      expect(ms).toBeLessThan(3_000)
    })
  })
}
