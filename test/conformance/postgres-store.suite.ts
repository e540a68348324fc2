import { CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createHooks, silentLogger } from '../../src/index.ts'
import { type PostgresOptions, type PostgresStore, postgres } from '../../src/store/postgres/index.ts'
import { migrations } from '../../src/store/postgres/migrations/index.ts'
import { exec, first, rows } from '../../src/store/work.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { describeStore } from './store.suite.ts'

/** What the store on PostgreSQL promises: all that every store does, by each way in, and more. */
export function postgresStoreSuite(): void {
  describeStore('PostgreSQL by its URL', async () => {
    const { url, drop } = await createTestDatabase()
    return { store: () => postgres(url), remove: drop }
  })

  describeStore('PostgreSQL through a pool of the application', async () => {
    const { url, drop } = await createTestDatabase()
    const pool = new pg.Pool({ connectionString: url })
    return {
      store: () => postgres(pool),
      async remove() {
        await pool.end()
        await drop()
      },
    }
  })

  describeStore('PostgreSQL through a Kysely instance of the application', async () => {
    const { url, drop } = await createTestDatabase()
    const kysely = new Kysely<never>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }),
    })
    return {
      store: () => postgres(kysely),
      async remove() {
        await kysely.destroy()
        await drop()
      },
    }
  })

  describe('the store on PostgreSQL', () => {
    let url: string

    beforeEach(async () => {
      const database = await createTestDatabase()
      url = database.url
      onTestFinished(database.drop)
    })

    function open(options?: PostgresOptions): PostgresStore {
      const store = postgres(url, options)
      onTestFinished(() => store.close())
      return store
    }

    async function client(): Promise<pg.Client> {
      const opened = new pg.Client({ connectionString: url })
      await opened.connect()
      onTestFinished(() => opened.end())
      return opened
    }

    const event = (store: PostgresStore, name = 'a') =>
      store.db
        .insertInto('event')
        .values({ uid: crypto.randomUUID().replaceAll('-', ''), name, broadcast: 0, created_at: 1 })

    it('says where it is without the password', () => {
      const store = postgres('postgres://me:secret@db.internal:6000/shop')
      expect(store.name).toBe('db.internal:6000/shop/hookwright')
    })

    it('keeps its tables in a schema of any name, beside others', async () => {
      const odd = open({ schema: 'Hook "wright"' })
      const plain = open()
      await Promise.all([odd.migrate(), plain.migrate()])
      await odd.write(() => exec(event(odd, 'odd')))
      expect(await plain.db.selectFrom('event').select('name').execute()).toEqual([])
      expect(await odd.db.selectFrom('event').select('name').execute()).toEqual([{ name: 'odd' }])
      const found = await (await client()).query("SELECT FROM pg_tables WHERE schemaname = 'public'")
      expect(found.rowCount).toBe(0)
    })

    it('migrates once for all who do so at the same time', async () => {
      const stores = Array.from({ length: 6 }, () => open())
      await Promise.all(stores.map((store) => store.migrate()))
      const applied = await stores[0]?.db.selectFrom('migration').select('id').orderBy('id').execute()
      expect(applied?.map(({ id }) => id)).toEqual(migrations.map(({ id }) => id))
    })

    it('plans what migrate would run, and nothing once that is done', async () => {
      const store = open()
      const statements = await store.planMigration()
      const application = await client()
      for (const statement of statements) await application.query(statement)
      expect(await store.planMigration()).toEqual([])
      await store.write(() => exec(event(store)))
    })

    it('repeats what ran into a deadlock, so that both go through', async () => {
      const store = open()
      await store.migrate()
      await store.write(function* () {
        yield* exec(event(store, 'a'))
        yield* exec(event(store, 'b'))
      })
      let runs = 0
      const change = (one: string, other: string) =>
        store.write(function* () {
          runs += 1
          const update = store.db.updateTable('event').set((eb) => ({ created_at: eb('created_at', '+', 1) }))
          yield* exec(update.where('name', '=', one))
          // Until each has one of the rows.
          if (runs <= 2) yield* exec(CompiledQuery.raw('SELECT pg_sleep(0.2)'))
          yield* exec(update.where('name', '=', other))
        })
      await Promise.all([change('a', 'b'), change('b', 'a')])
      expect(runs).toBe(3)
      const found = await store.db.selectFrom('event').select('created_at').execute()
      expect(found).toEqual([{ created_at: 3 }, { created_at: 3 }])
    })

    it('waits for a lock as long as its patience is, and then says what to look for', async () => {
      const store = open({ patienceMs: 200 })
      await store.migrate()
      const application = await client()
      await application.query('BEGIN; LOCK TABLE hookwright.event')
      await expect(store.write(() => exec(event(store)))).rejects.toMatchObject({
        code: 'database_busy',
        status: 503,
        message: expect.stringContaining('pg_stat_activity'),
      })
      const patient = open()
      const waiting = patient.write(() => exec(event(store)))
      await application.query('ROLLBACK')
      await waiting
    })

    it('reads committed rows whatever isolation is the default of its role', async () => {
      const application = await client()
      const { rows: found } = await application.query('SELECT current_database() AS name')
      await application.query(
        `ALTER DATABASE ${found[0].name} SET default_transaction_isolation = 'serializable'`,
      )
      const store = open()
      await store.migrate()
      const level = await store.write(() =>
        first(CompiledQuery.raw("SELECT current_setting('transaction_isolation') AS level")),
      )
      expect(level).toEqual({ level: 'read committed' })
    })

    it('gives numbers as numbers, though the application has parsers of its own', async () => {
      const pool = new pg.Pool({
        connectionString: url,
        types: { getTypeParser: () => () => 'something else' } as never,
      })
      onTestFinished(() => pool.end())
      const store = postgres(pool)
      await store.migrate()
      await store.write(() => exec(event(store)))
      expect(await store.read(() => rows(store.db.selectFrom('event').select(['seq', 'broadcast'])))).toEqual(
        [{ seq: 1, broadcast: 0 }],
      )
      await store.close()
    })

    it('refuses what it cannot use, and names the option', () => {
      expect(() => postgres('mysql://localhost/x')).toThrow(
        expect.objectContaining({ code: 'database_invalid' }),
      )
      expect(() => postgres({} as never)).toThrow(/pg\.Pool or a Kysely instance, not an Object/)
      expect(() => postgres(url, { schema: 'pg_x' })).toThrow(/postgres\.schema/)
      expect(() => postgres(url, { pollMs: 0 })).toThrow(/postgres\.pollMs/)
      expect(() => postgres(url, { captureRole: '' })).toThrow(/postgres\.captureRole/)
      expect(() => postgres(url, { pol: 1 } as never)).toThrow(/postgres\.pol/)
    })

    it('says which host and database it cannot reach, and never the password', async () => {
      const nowhere = postgres('postgres://me:secret@127.0.0.1:1/shop')
      const error = await nowhere.open().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'database_unavailable', status: 503 })
      expect(String(error)).toContain('127.0.0.1:1/shop')
      expect(String(error)).not.toContain('secret')
      await nowhere.close()
    })

    it('finds its triggers as they are through a Kysely instance too, whose numbers may come as text', async () => {
      const kysely = new Kysely<never>({
        dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }),
      })
      onTestFinished(() => kysely.destroy())
      await (await client()).query(
        `CREATE TABLE account (id int PRIMARY KEY); CREATE TABLE shelf (id int PRIMARY KEY, user_id int);
         CREATE TABLE book (id int PRIMARY KEY, shelf_id int, deleted_at timestamptz)`,
      )
      const hooks = createHooks({
        database: postgres(kysely),
        models: {
          Book: {
            table: 'book',
            owner: { table: 'shelf', on: 'shelf_id', column: 'user_id' },
            softDelete: 'deleted_at',
          },
        },
        events: { 'book.added': 'Book.created', 'book.removed': 'Book.deleted' },
        owners: { table: 'account', key: 'id' },
        logger: silentLogger,
      })
      onTestFinished(() => hooks.close())
      expect((await hooks.migrate()).created.length).toBeGreaterThan(3)
      expect(await hooks.migrate()).toMatchObject({ created: [], dropped: [], drift: [] })
      expect((await hooks.migrate({ dryRun: true })).statements).toEqual([])
    })

    describe('watched', () => {
      const idle = async (application: pg.Client) =>
        (await application.query('SELECT FROM hookwright.idle')).rowCount

      it('asks to be woken after two quiet seconds, and is woken by the next event', async () => {
        const store = open()
        await store.migrate()
        const application = await client()
        const listener = vi.fn()
        const watch = store.watch(listener)
        onTestFinished(watch.end)
        await vi.waitFor(
          async () => {
            expect(watch.looked(false)).toBeGreaterThan(100)
            expect(await idle(application)).toBe(1)
          },
          { timeout: 10_000 },
        )
        listener.mockClear()
        const other = open()
        await other.write(() => exec(event(other)))
        await vi.waitFor(() => expect(listener).toHaveBeenCalled(), { interval: 1 })
        // It is awake now, and nobody need tell it.
        expect(watch.looked(true)).toBeLessThan(10)
        await vi.waitFor(async () => expect(await idle(application)).toBe(0))
      })

      it('leaves no mark behind when it ends', async () => {
        const store = open()
        await store.migrate()
        const application = await client()
        const watch = store.watch(() => {})
        await vi.waitFor(
          async () => {
            watch.looked(false)
            expect(await idle(application)).toBe(1)
          },
          { timeout: 10_000 },
        )
        watch.end()
        await vi.waitFor(async () => expect(await idle(application)).toBe(0))
      })
    })
  })
}
