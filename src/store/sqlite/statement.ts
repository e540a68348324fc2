import type { SQLInputValue, StatementSync } from 'node:sqlite'
import type { QueryResult } from 'kysely'
import type { BetterSqlite3Statement } from './handles.ts'
import { narrowIntegers, type SqlValue, toSqlValue } from './values.ts'

/** What the prepared statements of both libraries can do, under one name. Every integer comes as a bigint. */
export interface Statement {
  readonly returnsRows: boolean
  all(parameters: readonly SqlValue[]): unknown[]
  run(parameters: readonly SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint }
}

export function nodeStatement(statement: StatementSync): Statement {
  statement.setReadBigInts(true)
  return {
    returnsRows: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
  }
}

export function betterStatement(statement: BetterSqlite3Statement): Statement {
  statement.safeIntegers(true)
  return {
    returnsRows: statement.reader,
    all: (parameters) => statement.all(...parameters),
    run: (parameters) => statement.run(...parameters),
  }
}

/** Runs a statement; every value goes in and comes out as `SqliteConnection` says. */
export function runStatement(statement: Statement, parameters: readonly unknown[]): QueryResult<unknown> {
  const values = parameters.map(toSqlValue)
  if (!statement.returnsRows) {
    const { changes, lastInsertRowid } = statement.run(values)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }
  const rows = statement.all(values)
  for (const row of rows) narrowIntegers(row as Record<string, unknown>)
  return { rows, numAffectedRows: BigInt(rows.length) }
}
