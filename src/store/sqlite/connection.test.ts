import { DatabaseSync } from 'node:sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryDatabase } from '../../../test/support/database.ts'
import { connectBetterSqlite3, connectNodeSqlite, type SqliteConnection } from './connection.ts'

// Each test has a file of its own: no file is ever open in both libraries.
describe.each([
  ['node:sqlite', (path: string) => connectNodeSqlite(DatabaseSync, path)],
  ['better-sqlite3', (path: string) => connectBetterSqlite3(Database, path)],
] as const)('a connection through %s', (library, connect) => {
  let connection: SqliteConnection
  let path: string
  let remove: () => void

  beforeEach(() => {
    const temporary = temporaryDatabase()
    path = temporary.path
    remove = temporary.remove
    connection = connect(path)
  })

  afterEach(() => {
    connection.close()
    remove()
  })

  const run = (sql: string, ...parameters: unknown[]) => connection.execute({ sql, parameters })
  const rowsOf = (sql: string, ...parameters: unknown[]) => run(sql, ...parameters).rows

  it('names its library', () => expect(connection.library).toBe(library))

  it.each([
    ['a Date', new Date(0), 'a Date, "1970-01-01T00:00:00.000Z"'],
    ['an object', { a: 1 }, '{"a":1}'],
    ['an array', [1], '[1]'],
    ['undefined', undefined, 'undefined'],
    ['a function', () => 1, 'function'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
  ])('refuses %s as a parameter, in any place, and shifts nothing', (_, value, shown) => {
    connection.exec('CREATE TABLE pair (a, b)')
    for (const parameters of [
      [value, 'second'],
      ['first', value],
    ]) {
      const insert = () => run('INSERT INTO pair VALUES (?, ?)', ...parameters)
      expect(insert).toThrow(expect.objectContaining({ code: 'database_invalid' }))
      expect(insert).toThrow(shown)
    }
    expect(rowsOf('SELECT * FROM pair')).toEqual([])
  })

  it.each([
    ['a truth value', true, 1, 'integer'],
    ['a falsehood', false, 0, 'integer'],
    ['a whole number', 5, 5, 'integer'],
    ['the largest safe number', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'integer'],
    ['a fraction', 0.1, 0.1, 'real'],
    ['a whole number too large to be exact', 1e300, 1e300, 'real'],
    ['a small bigint', 5n, 5, 'integer'],
    ['a bigint beyond 2^53', 2n ** 53n + 1n, 2n ** 53n + 1n, 'integer'],
    ['the smallest bigint', -(2n ** 63n), -(2n ** 63n), 'integer'],
    ['null', null, null, 'null'],
    ['text with NUL', 'a\0b', 'a\0b', 'text'],
    ['text beyond the BMP', '🎉', '🎉', 'text'],
  ])('takes %s and gives it back', (_, value, back, type) => {
    expect(rowsOf('SELECT ? AS value, typeof(?) AS type', value, value)).toEqual([{ value: back, type }])
  })

  it('refuses a bigint beyond 64 bits', () => {
    expect(() => run('SELECT ?', 2n ** 63n)).toThrow(/too (large|big)/)
  })

  it('writes a whole number into text without a decimal point', () => {
    connection.exec('CREATE TABLE owned (owner TEXT)')
    run('INSERT INTO owned VALUES (?)', 5)
    expect(rowsOf("SELECT owner, ? || '_' || ? AS id FROM owned", 1, 2)).toEqual([{ owner: '5', id: '1_2' }])
  })

  it.each([
    ['a Uint8Array', Uint8Array.of(0, 255, 1)],
    ['a Buffer', Buffer.from([0, 255, 1])],
  ])('takes %s as a blob, also in the first place, and gives bytes back', (_, bytes) => {
    const [row] = rowsOf('SELECT ? AS bytes, ? AS second', bytes, 2) as {
      bytes: Uint8Array
      second: number
    }[]
    expect(row?.bytes).toBeInstanceOf(Uint8Array)
    expect([...(row?.bytes ?? [])]).toEqual([0, 255, 1])
    expect(row?.second).toBe(2)
  })

  it('tells the changes and the new row id of a statement without rows', () => {
    connection.exec('CREATE TABLE item (id INTEGER PRIMARY KEY)')
    expect(run('INSERT INTO item VALUES (7), (8)')).toEqual({ rows: [], numAffectedRows: 2n, insertId: 8n })
    expect(run('DELETE FROM item WHERE id = 9').numAffectedRows).toBe(0n)
    expect(run('DELETE FROM item RETURNING id')).toEqual({
      rows: [{ id: 7 }, { id: 8 }],
      numAffectedRows: 2n,
    })
  })

  it('keeps at most 200 statements prepared, and the ones that are in use', () => {
    const prepared: string[] = []
    const counting =
      library === 'node:sqlite'
        ? connectNodeSqlite(
            class extends DatabaseSync {
              override prepare(sql: string) {
                prepared.push(sql)
                return super.prepare(sql)
              }
            },
            path,
          )
        : connectBetterSqlite3(countingBetterSqlite3(prepared), path)
    const select = (value: number) =>
      counting.execute({ sql: `SELECT ${value} AS value`, parameters: [] }).rows

    for (let value = 0; value < 400; value += 1) {
      expect(select(value)).toEqual([{ value }])
      expect(select(-1)).toEqual([{ value: -1 }])
    }
    expect(prepared).toHaveLength(401)
    expect(select(399)).toEqual([{ value: 399 }])
    expect(select(0)).toEqual([{ value: 0 }])
    expect(prepared).toHaveLength(402)
    counting.close()
  })

  it('goes on with a statement that failed', () => {
    connection.exec('CREATE TABLE one (id INTEGER PRIMARY KEY)')
    run('INSERT INTO one VALUES (?)', 1)
    expect(() => run('INSERT INTO one VALUES (?)', 1)).toThrow(/UNIQUE/)
    run('INSERT INTO one VALUES (?)', 2)
    expect(rowsOf('SELECT id FROM one')).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('does not wait for a lock', () => {
    connection.exec('CREATE TABLE item (id)')
    const other = connect(path)
    other.exec('BEGIN IMMEDIATE')
    const started = performance.now()
    expect(() => connection.exec('BEGIN IMMEDIATE')).toThrow(/locked/)
    expect(performance.now() - started).toBeLessThan(50)
    other.close()
  })
})

function countingBetterSqlite3(prepared: string[]) {
  return class extends Database {
    override prepare(sql: string): never {
      prepared.push(sql)
      return super.prepare(sql) as never
    }
  }
}
