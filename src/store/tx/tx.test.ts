import { DatabaseSync } from 'node:sqlite'
import Database from 'better-sqlite3'
import { drizzle as drizzleOver } from 'drizzle-orm/better-sqlite3'
import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryDatabase } from '../../../test/support/database.ts'
import { exec, first, rows } from '../work.ts'
import { betterSqlite3, drizzle, nodeSqlite, type SyncTx, type Tx, type TxOption } from './index.ts'
import { toTx } from './to-tx.ts'
import type { TxQuery } from './tx.ts'

const insert = (name: unknown) => ({ sql: 'INSERT INTO event (name) VALUES (?)', parameters: [name] })

/** The transactions here are synchronous. */
const execute = (tx: Tx, query: TxQuery) => (tx as SyncTx).execute(query)

interface Application {
  option: TxOption
  exec(sql: string): unknown
  all(sql: string): unknown[]
  close(): unknown
}

const libraries: Record<string, (path: string) => Application> = {
  'node:sqlite'(path) {
    const database = new DatabaseSync(path)
    return {
      option: database,
      exec: (sql) => database.exec(sql),
      all: (sql) => database.prepare(sql).all(),
      close: () => database.close(),
    }
  },
  'better-sqlite3'(path) {
    const database = new Database(path)
    return {
      option: database,
      exec: (sql) => database.exec(sql),
      all: (sql) => database.prepare(sql).all(),
      close: () => database.close(),
    }
  },
}

describe.each(Object.entries(libraries))('a transaction that is open on a handle of %s', (library, open) => {
  let application: Application
  let remove: () => void

  beforeEach(() => {
    const temporary = temporaryDatabase()
    remove = temporary.remove
    application = open(temporary.path)
    application.exec('CREATE TABLE event (seq INTEGER PRIMARY KEY, name TEXT)')
  })

  afterEach(() => {
    application.close()
    remove()
  })

  const names = () => application.all('SELECT name FROM event').map((row) => (row as { name: string }).name)

  it('keeps at its commit what was executed', () => {
    application.exec('BEGIN')
    execute(toTx(application.option), insert('kept'))
    application.exec('COMMIT')
    expect(names()).toEqual(['kept'])
  })

  it('loses it at its rollback', () => {
    application.exec('BEGIN')
    execute(toTx(application.option), insert('lost'))
    expect(names()).toEqual(['lost'])
    application.exec('ROLLBACK')
    expect(names()).toEqual([])
  })

  it('loses with a savepoint what was executed inside of it, and keeps the rest', () => {
    application.exec('BEGIN')
    const tx = toTx(application.option)
    execute(tx, insert('kept'))
    application.exec('SAVEPOINT inner')
    execute(tx, insert('lost'))
    application.exec('ROLLBACK TO inner; RELEASE inner')
    application.exec('COMMIT')
    expect(names()).toEqual(['kept'])
  })

  it('runs work, and gives rows and counts', () => {
    application.exec('BEGIN')
    const result = toTx(application.option).run(
      (function* () {
        const { sql, parameters } = insert('a')
        const changes = yield* exec(CompiledQuery.raw(sql, [...parameters]))
        const returned = yield* first(
          CompiledQuery.raw("INSERT INTO event (name) VALUES ('b') RETURNING seq"),
        )
        return { changes, returned, found: yield* rows(CompiledQuery.raw('SELECT name FROM event')) }
      })(),
    )
    application.exec('COMMIT')
    expect(result).toEqual({ changes: 1, returned: { seq: 2 }, found: [{ name: 'a' }, { name: 'b' }] })
  })

  it('takes and gives values as the store does: exact integers, truth values, no objects', () => {
    application.exec('BEGIN')
    const tx = toTx(application.option)
    const big = 2n ** 53n + 1n
    const query = { sql: 'SELECT ? AS big, ? AS truth, ? || ? AS text', parameters: [big, true, 1, '_'] }
    expect(execute(tx, query).rows).toEqual([{ big, truth: 1, text: '1_' }])
    expect(() => execute(tx, insert(new Date(0)))).toThrow(
      expect.objectContaining({ code: 'database_invalid' }),
    )
    expect(() => execute(tx, insert(undefined))).toThrow(
      expect.objectContaining({ code: 'database_invalid' }),
    )
    application.exec('COMMIT')
    expect(names()).toEqual([])
  })

  it('is refused where none is open', () => {
    expect(() => toTx(application.option)).toThrow(
      expect.objectContaining({
        code: 'transaction_invalid',
        field: 'tx',
        message: expect.stringContaining(library),
      }),
    )
    expect(() => toTx(application.option)).toThrow('leave `tx` out')
  })

  it('is refused once it has ended, instead of committing by itself', () => {
    application.exec('BEGIN')
    const tx = toTx(application.option)
    application.exec('ROLLBACK')
    expect(() => execute(tx, insert('stray'))).toThrow(
      expect.objectContaining({ code: 'transaction_invalid' }),
    )
    expect(names()).toEqual([])
  })
})

describe("better-sqlite3's own transaction function", () => {
  it('keeps or loses the event with its synchronous callback', () => {
    const { path, remove } = temporaryDatabase()
    const database = new Database(path)
    database.exec('CREATE TABLE event (seq INTEGER PRIMARY KEY, name TEXT)')
    // As `send` does: everything up to the insert runs before its first await.
    const send = async (name: string) => {
      execute(toTx(database), insert(name))
      await Promise.resolve()
    }
    database.transaction(() => void send('kept'))()
    expect(() =>
      database.transaction(() => {
        void send('lost')
        throw new Error('no')
      })(),
    ).toThrow('no')
    expect(database.prepare('SELECT name FROM event').all()).toEqual([{ name: 'kept' }])
    database.close()
    remove()
  })
})

describe('a transaction of Drizzle on better-sqlite3', () => {
  let database: Database.Database
  let remove: () => void
  const open = () => drizzleOver(database)

  beforeEach(() => {
    const temporary = temporaryDatabase()
    remove = temporary.remove
    database = new Database(temporary.path)
    database.exec('CREATE TABLE event (seq INTEGER PRIMARY KEY, name TEXT)')
  })

  afterEach(() => {
    database.close()
    remove()
  })

  const names = () =>
    database
      .prepare('SELECT name FROM event')
      .all()
      .map((row) => (row as { name: string }).name)

  it('keeps at its commit what was executed, and loses it at its rollback', () => {
    open().transaction((tx) => void execute(drizzle(tx), insert('kept')))
    expect(() =>
      open().transaction((tx) => {
        execute(drizzle(tx), insert('lost'))
        tx.rollback()
      }),
    ).toThrow('Rollback')
    expect(names()).toEqual(['kept'])
  })

  it('loses with a nested transaction what was executed inside of it, and keeps the rest', () => {
    open().transaction((tx) => {
      execute(drizzle(tx), insert('outer'))
      expect(() =>
        tx.transaction((nested) => {
          execute(drizzle(nested), insert('inner'))
          nested.rollback()
        }),
      ).toThrow('Rollback')
      tx.transaction((nested) => void execute(drizzle(nested), insert('second')))
    })
    expect(names()).toEqual(['outer', 'second'])
  })

  it('is refused after an await, when better-sqlite3 has rolled it back already', async () => {
    let late: Promise<unknown> | undefined
    expect(() =>
      open().transaction((tx) => {
        late = (async () => {
          await Promise.resolve()
          execute(drizzle(tx), insert('stray'))
        })()
        return late as never
      }),
    ).toThrow('promise')
    await expect(late).rejects.toMatchObject({ code: 'transaction_invalid' })
    expect(names()).toEqual([])
  })

  it('may also be given as the database that it is open on, but not without a transaction', () => {
    const db = open()
    db.transaction(() => void execute(drizzle(db), insert('kept')))
    expect(() => drizzle(db)).toThrow(expect.objectContaining({ code: 'transaction_invalid' }))
    expect(names()).toEqual(['kept'])
  })

  it('wants its helper: as it is, it is told so', () => {
    open().transaction((tx) => {
      expect(() => toTx(tx)).toThrow(/hookwright\/tx .* drizzle\(tx\)/)
    })
  })
})

describe('toTx', () => {
  it('takes what the helpers make, as it is', () => {
    const node = new DatabaseSync(':memory:')
    const better = new Database(':memory:')
    node.exec('BEGIN')
    better.exec('BEGIN')
    for (const tx of [nodeSqlite(node), betterSqlite3(better)] satisfies Tx[]) expect(toTx(tx)).toBe(tx)
    node.close()
    better.close()
  })

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['postgres://user:secret@host', 'a string'],
    [{ execute() {} }, 'an Object'],
    [new Map(), 'a Map'],
    [Promise.resolve(), 'a Promise'],
  ])('refuses %o, names it and says what it takes', (value, named) => {
    for (const convert of [toTx, drizzle]) {
      const error = (() => {
        try {
          convert(value as never)
        } catch (thrown) {
          return thrown as Error
        }
        return undefined
      })()
      expect(error).toMatchObject({ code: 'transaction_invalid', field: 'tx' })
      expect(error?.message).toContain(`tx: ${named} is no transaction`)
      expect(error?.message).not.toContain('secret')
    }
  })
})
