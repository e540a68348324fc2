import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startChild, temporaryDatabase } from '../../../test/support/database.ts'
import { type SqliteStore, sqlite } from './index.ts'
import { migrateTables, missingStatements } from './migrate.ts'
import { type Migration, migrations } from './migrations/index.ts'

describe('the migrations', () => {
  let path: string
  let store: SqliteStore
  let application: DatabaseSync

  beforeEach(() => {
    const temporary = temporaryDatabase()
    path = temporary.path
    application = new DatabaseSync(path)
    store = sqlite(path)
    onTestFinished(async () => {
      await store.close()
      application.close()
      temporary.remove()
    })
  })

  const migrate = (steps?: readonly Migration[]) => store.write(() => migrateTables(store.db, 1234, steps))
  const schema = () =>
    application
      .prepare(
        "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name",
      )
      .all()
  const columnsOf = (table: string) =>
    application
      .prepare(`SELECT name FROM pragma_table_info('${table}')`)
      .all()
      .map((column) => column.name)

  it('make every table that the program has types for, and nothing without the prefix', async () => {
    await migrate()
    const names = schema().map(({ name }) => String(name))
    expect(names.every((name) => name.startsWith('hookwright_'))).toBe(true)
    const tables = ['attempt', 'delivery', 'event', 'hook', 'lane', 'listening', 'migration', 'subscription']
    expect(names).toEqual(expect.arrayContaining(tables.map((table) => `hookwright_${table}`)))
  })

  it('tell which steps they took, write them down once, and take none again', async () => {
    expect((await migrate()).map(({ id }) => id)).toEqual(migrations.map(({ id }) => id))
    expect(await migrate()).toEqual([])
    expect(await store.db.selectFrom('migration').selectAll().execute()).toEqual(
      migrations.map(({ id, name }) => ({ id, name, applied_at: 1234 })),
    )
  })

  it('know everything that they make: whatever is dropped is missed, and comes back', async () => {
    await migrate()
    const whole = schema()
    for (const { type, name } of whole) {
      application.exec(`DROP ${type} IF EXISTS ${name}`)
      if (name !== 'hookwright_migration') {
        expect((await store.read(() => missingStatements())).size, `without ${name}`).toBeGreaterThan(0)
      }
      await migrate()
      expect(schema(), `after the return of ${name}`).toEqual(whole)
    }
    expect((await store.read(() => missingStatements())).size).toBe(0)
  })

  it('leave the rows of the other tables where they are', async () => {
    await migrate()
    application.exec("INSERT INTO hookwright_listening VALUES ('kept')")
    application.exec('DROP TABLE hookwright_hook; DROP TABLE hookwright_delivery')
    await migrate()
    expect(application.prepare('SELECT event FROM hookwright_listening').all()).toEqual([{ event: 'kept' }])
  })

  describe('of a later version', () => {
    const later: Migration = {
      id: 2,
      name: 'later',
      statements: [
        'ALTER TABLE hookwright_hook ADD COLUMN note TEXT',
        'CREATE INDEX hookwright_hook_note ON hookwright_hook (note)',
      ],
    }

    it('add their column and index to the tables that are there', async () => {
      await migrate()
      expect(await migrate([...migrations, later])).toEqual([later])
      expect(columnsOf('hookwright_hook')).toContain('note')
      expect(await migrate([...migrations, later])).toEqual([])
    })

    it('bring back a column that went, and the index on it', async () => {
      await migrate([...migrations, later])
      application.exec('DROP INDEX hookwright_hook_note; ALTER TABLE hookwright_hook DROP COLUMN note')
      expect(await migrate([...migrations, later])).toEqual([later])
      expect(columnsOf('hookwright_hook')).toContain('note')
    })

    it('bring back a whole table with the columns of all steps', async () => {
      await migrate([...migrations, later])
      application.exec('DROP TABLE hookwright_hook')
      await migrate([...migrations, later])
      expect(columnsOf('hookwright_hook')).toContain('note')
    })

    it('refuse a statement of which nobody could see whether it ran', async () => {
      const blind = { id: 2, name: 'blind', statements: ['UPDATE hookwright_hook SET note = 1'] }
      await expect(migrate([...migrations, blind])).rejects.toThrow('must create a table or index')
      expect(schema()).toEqual([])
    })
  })

  it.each([2, 8])('run in %i processes at once make one set of tables, without an error', async (count) => {
    const children = Array.from({ length: count }, () =>
      startChild(
        `
        import { sqlite } from 'hookwright/sqlite'
        const store = sqlite(process.argv[1])
        process.once('message', async () => {
          await store.migrate()
          await store.db.insertInto('listening').values({ event: String(process.pid) }).execute()
          await store.close()
          process.disconnect()
        })
        process.send('ready')
        `,
        [path],
      ),
    )
    await Promise.all(children.map((child) => new Promise((ready) => child.process.once('message', ready))))
    for (const child of children) child.process.send('go')
    for (const child of children) expect(await child.done).toMatchObject({ code: 0, stderr: '' })

    expect(await migrate()).toEqual([])
    expect(application.prepare('SELECT id FROM hookwright_migration').all()).toHaveLength(migrations.length)
    expect(application.prepare('SELECT * FROM hookwright_listening').all()).toHaveLength(count)
    expect(application.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  })
})
