import { closeSync, openSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryDatabase } from '../../../test/support/database.ts'
import { sqlite } from '../../store/sqlite/index.ts'
import { checkSqlite } from './sqlite.ts'

describe('the doctor on a file', () => {
  async function open() {
    const { path, remove } = temporaryDatabase()
    const application = new DatabaseSync(path)
    const store = sqlite(path)
    await store.migrate()
    onTestFinished(async () => {
      await store.close()
      application.close()
      remove()
    })
    return { path, application, store }
  }

  it('finds it intact, writes nothing, and says nothing else', async () => {
    const { application, store } = await open()
    const version = () => application.prepare('PRAGMA data_version').get()
    const before = version()
    expect((await checkSqlite(store)).map(({ code }) => code)).toEqual(['intact'])
    expect(version()).toEqual(before)
  })

  it('tells of a lock that somebody does not give back, and has none itself afterwards', async () => {
    const { application, store } = await open()
    application.exec('BEGIN IMMEDIATE')
    expect((await checkSqlite(store)).map(({ code }) => code)).toEqual(['intact', 'locked'])
    application.exec('ROLLBACK')
    expect((await checkSqlite(store)).map(({ code }) => code)).toEqual(['intact'])
    application.exec('BEGIN IMMEDIATE; ROLLBACK')
  })

  it('tells of damage, with what is damaged', async () => {
    const { path, application, store } = await open()
    application.exec("CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a); INSERT INTO t VALUES ('x'), ('y')")
    const { rootpage } = application.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'i'").get() as {
      rootpage: number
    }
    application.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(200, 0xff), 0, 200, (rootpage - 1) * 4096)
    closeSync(file)
    const [damaged] = await checkSqlite(store)
    expect(damaged).toMatchObject({ code: 'damaged', state: 'error' })
    expect(damaged?.message).not.toContain('is damaged: .')
    expect(damaged?.cure).toContain('backup')
  })
})
