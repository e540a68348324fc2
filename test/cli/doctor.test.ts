import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase, describePostgres } from '../support/postgres.ts'
import { testProject } from './project.ts'

const hooksFile = (database: string) => `
  import { createHooks } from 'hookwright'
  import { sqlite } from 'hookwright/sqlite'
  import { postgres } from 'hookwright/postgres'
  export const hooks = createHooks({
    database: ${database},
    models: { Book: { table: 'book', owner: 'user_id' } },
    events: { 'book.added': 'Book.created' },
    allow: ['10.0.0.0/8'],
  })
  if (process.env.MIGRATE) await hooks.migrate()
`

describe('hookwright doctor', () => {
  function shop() {
    const { folder, run } = testProject({ 'hooks.ts': hooksFile("sqlite('app.db')") })
    const database = new DatabaseSync(join(folder, 'app.db'))
    database.exec('CREATE TABLE book (id INTEGER PRIMARY KEY, user_id INTEGER)')
    onTestFinished(() => database.close())
    return { run, database }
  }

  it('prints each finding with a mark, a word and its cure, and ends with 0, or 1 where there is an error', async () => {
    const { run, database } = shop()
    const missing = await run(['doctor'])
    expect(missing.code).toBe(1)
    expect(missing.stdout).toMatch(/^✗ error +(database +)?hookwright's tables are missing/m)
    expect(missing.stdout).toMatch(/^ +→ Run `hookwright migrate`/m)
    expect(missing.stdout).toMatch(/\n2 errors\.\n$/)

    const well = await run(['doctor'], { env: { MIGRATE: '1' } })
    expect(well).toMatchObject({ code: 0, stderr: '' })
    expect(well.stdout).toMatch(/^✓ ok +database +SQLite/m)
    expect(well.stdout).toContain('All is well.')

    const [{ name } = { name: '' }] = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'book'")
      .all() as { name: string }[]
    database.exec(`DROP TRIGGER ${name}`)
    const dropped = await run(['doctor', '--json'])
    expect(dropped.code).toBe(1)
    expect(JSON.parse(dropped.stdout)).toMatchObject({
      errors: 1,
      warnings: 0,
      findings: expect.arrayContaining([
        expect.objectContaining({ check: 'triggers', code: 'missing', state: 'error' }),
      ]),
    })
  })

  it('takes warnings for errors with --strict', async () => {
    const { run } = shop()
    const production = { MIGRATE: '1', NODE_ENV: 'production' }
    const lenient = await run(['doctor'], { env: production })
    expect(lenient.code).toBe(0)
    expect(lenient.stdout).toMatch(/^! warning +/m)
    expect((await run(['doctor', '--strict'], { env: production })).code).toBe(1)
  })

  it('says so where the hooks are of a version that cannot be examined', async () => {
    const { run } = testProject({
      'hooks.js': `export const hooks = Object.fromEntries(
      ['migrate', 'start', 'close', 'list', 'deliveries'].map((name) => [name, async () => {}])) // hookwright`,
    })
    const { code, stderr } = await run(['doctor', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'hooks_outdated' } })
  })

  it('tells of a file that is no database', async () => {
    const { run } = testProject({
      'hooks.ts': hooksFile(`sqlite('app.db')`),
      'app.db': 'no database at all'.repeat(99),
    })
    const { code, stdout } = await run(['doctor'])
    expect(code).toBe(1)
    expect(stdout).toContain('SQLite cannot open it')
  })
})

describePostgres('hookwright doctor on PostgreSQL', () => {
  it('looks at the server, and ends soon where there is none', async () => {
    const { url, drop } = await createTestDatabase()
    onTestFinished(drop)
    const { run } = testProject({ 'hooks.ts': hooksFile(`postgres(process.env.URL ?? '')`) })
    const there = await run(['doctor', '--json'], { env: { URL: url } })
    const { findings } = JSON.parse(there.stdout)
    const codes = findings.map(({ code }: { code: string }) => code)
    expect(codes).toEqual(
      expect.arrayContaining(['reachable', 'migration_pending', 'connections', 'in_step']),
    )
    expect(there.code).toBe(1)

    const gone = await run(['doctor', '--json'], {
      env: { URL: 'postgres://127.0.0.1:1/nowhere' },
    })
    expect(gone.code).toBe(1)
    expect(JSON.parse(gone.stdout).findings[0]).toMatchObject({ check: 'database', code: 'unusable' })
  })
})
