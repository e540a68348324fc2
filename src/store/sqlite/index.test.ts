import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startChild, temporaryDatabase } from '../../../test/support/database.ts'
import { sqlite } from './index.ts'

describe('sqlite()', () => {
  let path: string

  beforeEach(() => {
    const temporary = temporaryDatabase()
    onTestFinished(temporary.remove)
    path = temporary.path
  })

  const refusal = (database: unknown) => {
    try {
      sqlite(database as string)
    } catch (error) {
      return error as Error
    }
    throw new Error('it was not refused')
  }

  it('opens nothing, so that a file which is imported may call it', () => {
    expect(sqlite('/nowhere/app.db').name).toBe('/nowhere/app.db')
  })

  it.each([
    [undefined, 'not undefined'],
    [null, 'not null'],
    [5, 'not a number'],
    [{}, 'not an Object'],
    [() => path, 'not a function'],
    [new Map(), 'not a Map'],
  ])('refuses %o, and says what it takes', (database, named) => {
    expect(refusal(database)).toMatchObject({ code: 'database_invalid', field: 'database' })
    expect(refusal(database).message).toContain(named)
    expect(refusal(database).message).toContain("For example sqlite('app.db')")
  })

  it('shows no field of a wrong object: it may be a pool with a password', () => {
    class Pool {
      options = { password: 'secret' }
    }
    expect(refusal(new Pool()).message).toContain('not a Pool')
    expect(refusal(new Pool()).message).not.toContain('secret')
  })

  it.each(['', ':memory:', new DatabaseSync(':memory:')])('refuses a database in memory: %o', (database) => {
    expect(refusal(database).message).toMatch(
      /in memory or without a name .* \(got ".*"\)\. Give the path of a file/,
    )
  })

  it('refuses a handle that was closed', () => {
    const database = new DatabaseSync(path)
    database.close()
    expect(refusal(database)).toMatchObject({ code: 'database_invalid' })
    expect(refusal(database).message).toContain('Give an open one')
  })

  it.each([-1, Number.NaN, '5' as never])('refuses %o as patienceMs', (patienceMs) => {
    expect(() => sqlite(path, { patienceMs })).toThrow(/patienceMs: it must be a number .* \(got .*\)\./)
  })

  describe('opened', () => {
    const openingFails = async (file: string) => {
      const error = await sqlite(file)
        .open()
        .catch((thrown: unknown) => thrown as Error)
      expect(error).toMatchObject({ code: 'database_invalid', field: 'database' })
      const { message } = error as Error
      expect(message).toContain(`(got "${file}")`)
      expect(message).toContain('Check that the folder exists')
      return message
    }

    it('names a folder that is missing', async () => {
      expect(await openingFails(join(dirname(path), 'missing', 'app.db'))).toContain('unable to open')
    })

    it('names a folder in the place of the file', async () => {
      mkdirSync(path)
      expect(await openingFails(path)).toContain('unable to open')
    })

    it('names a file that is no database, and leaves it as it was', async () => {
      writeFileSync(path, 'This is a letter, not a database. '.repeat(100))
      expect(await openingFails(path)).toContain('file is not a database')
      expect(await openingFails(path)).toContain('file is not a database')
    })

    it('names a file that may not be written, before the first write', async () => {
      const application = new DatabaseSync(path)
      application.exec('PRAGMA journal_mode = WAL; CREATE TABLE book (id)')
      application.close()
      chmodSync(path, 0o444)
      // Root may write anything, so somebody else tries.
      const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {}
      chmodSync(dirname(path), 0o777)
      const child = startChild(
        `
        import { sqlite } from 'hookwright/sqlite'
        await sqlite(process.argv[1]).open().catch((error) => console.log(error.code, error.message))
        `,
        [path],
        uid,
      )
      const { stdout, stderr } = await child.done
      expect(stderr).toBe('')
      expect(stdout).toMatch(/^database_invalid database: SQLite cannot open it: .*permission denied/)
      expect(stdout).toContain(path)
    })

    it('can be opened once what was wrong is put right', async () => {
      const file = join(dirname(path), 'later', 'app.db')
      const store = sqlite(file)
      onTestFinished(() => store.close())
      await expect(store.open()).rejects.toThrow()
      mkdirSync(dirname(file))
      await store.open()
    })
  })
})
