import pg from 'pg'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import {
  createTestDatabase,
  describePostgres,
  type TestDatabaseOfPostgres,
} from '../../../test/support/postgres.ts'
import { postgres } from '../../store/postgres/index.ts'
import { checkPostgres } from './postgres.ts'
import { checkSnapshots } from './postgres-snapshots.ts'

describePostgres('the doctor on a server', () => {
  let database: TestDatabaseOfPostgres
  beforeAll(async () => {
    database = await createTestDatabase()
    const store = postgres(database.url, { captureRole: false })
    await store.migrate()
    await store.close()
  })
  afterAll(() => database.drop())

  function open(url = database.url) {
    const store = postgres(url)
    onTestFinished(() => store.close())
    return store
  }

  async function connect(application_name = 'reports') {
    const client = new pg.Client({ connectionString: database.url, application_name })
    await client.connect()
    onTestFinished(() => client.end())
    return client
  }

  it('names who holds an old snapshot, for how long, and how to end it', async () => {
    const client = await connect()
    const store = open()
    expect(await checkSnapshots(store, 0)).toEqual([])
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
    await client.query('SELECT 1 FROM pg_class LIMIT 1')
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
    const [held] = await checkSnapshots(store, 0)
    expect(held).toMatchObject({
      code: 'held_snapshot',
      state: 'warning',
      message: expect.stringContaining('(reports, idle in transaction)'),
      cure: expect.stringContaining(`pg_terminate_backend(${rows[0].pid})`),
      details: { pid: rows[0].pid, applicationName: 'reports' },
    })
    // A moment is nothing to speak of.
    expect(await checkSnapshots(store)).toEqual([])
    await client.query('COMMIT')
    expect(await checkSnapshots(store, 0)).toEqual([])
  })

  it('counts connections, and has nothing else to say of a server that is well', async () => {
    const found = (await checkPostgres(open())).filter(({ code }) => code !== 'autovacuum_off')
    expect(found).toMatchObject([{ code: 'connections', details: { most: expect.any(Number) } }])
  })

  it('tells of a user who lacks rights, and sees less', async () => {
    const admin = await connect()
    const role = `hw_doctor_${process.pid}`
    await admin.query(`CREATE ROLE ${role} LOGIN`)
    onTestFinished(async () => {
      await admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    })
    await admin.query(`GRANT USAGE ON SCHEMA hookwright TO ${role}`)
    await admin.query(`GRANT SELECT ON ALL TABLES IN SCHEMA hookwright TO ${role}`)
    const url = new URL(database.url)
    url.username = role
    const store = postgres(url)
    const found = await checkPostgres(store)
    await store.close()
    const codes = found.map(({ code }) => code)
    expect(codes).toContain('sees_little')
    const lacking = found.find(({ code }) => code === 'privileges')
    expect(lacking?.message).toContain('delivery (INSERT, UPDATE, DELETE)')
    // The cure is SQL that cures it.
    await admin.query(lacking?.cure ?? '')
    const cured = postgres(url)
    const after = await checkPostgres(cured)
    await cured.close()
    expect(after.map(({ code }) => code)).not.toContain('privileges')
  })

  it('tells of transactions that are read-only, and of a table that is never vacuumed', async () => {
    const admin = await connect()
    await admin.query('ALTER TABLE hookwright.delivery SET (autovacuum_enabled = off)')
    onTestFinished(async () => {
      await admin.query('ALTER TABLE hookwright.delivery RESET (autovacuum_enabled)')
    })
    const url = new URL(database.url)
    url.searchParams.set('options', '-c default_transaction_read_only=on')
    const found = await checkPostgres(open(url.href))
    expect(found.find(({ code }) => code === 'read_only')).toMatchObject({ state: 'error' })
    expect(found.find(({ details }) => details?.tables !== undefined)?.message).toContain(
      'hookwright.delivery',
    )
  })
})
