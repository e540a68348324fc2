import type { DatabaseSync } from 'node:sqlite'
import type { CompiledQuery, QueryResult } from 'kysely'
import type { BetterSqlite3Database, SqliteLibrary } from './handles.ts'
import { betterStatement, nodeStatement, runStatement, type Statement } from './statement.ts'

/**
 * An open connection, the same for both libraries: integers beyond ±2^53 come as bigints, blobs as Uint8Array, truth values
 * go in as 0 and 1. Everything is synchronous, and nothing waits for a lock.
 */
export interface SqliteConnection {
  readonly library: SqliteLibrary
  /** Runs one statement. */
  execute(query: Pick<CompiledQuery, 'sql' | 'parameters'>): QueryResult<unknown>
  /** Runs statements without parameters or results. */
  exec(sql: string): void
  close(): void
}

/** Prepared statements are kept: the dispatcher runs the same few over and over. */
const STATEMENTS_KEPT = 200

function createConnection(
  library: SqliteLibrary,
  raw: { prepare(sql: string): Statement; exec(sql: string): void; close(): void },
): SqliteConnection {
  const statements = new Map<string, Statement>()

  /** The least recently used one is first in the map, and goes first. */
  function prepared(sql: string): Statement {
    let statement = statements.get(sql)
    if (statement === undefined) {
      statement = raw.prepare(sql)
      if (statements.size >= STATEMENTS_KEPT) statements.delete(statements.keys().next().value as string)
    } else {
      statements.delete(sql)
    }
    statements.set(sql, statement)
    return statement
  }

  return {
    library,
    execute: ({ sql, parameters }) => runStatement(prepared(sql), parameters),
    exec: (sql) => raw.exec(sql),
    close() {
      statements.clear()
      raw.close()
    },
  }
}

/** A connection of node:sqlite, which comes with Node and needs nothing installed. */
export function connectNodeSqlite(library: typeof DatabaseSync, path: string): SqliteConnection {
  const database = new library(path, { timeout: 0 })
  return createConnection('node:sqlite', {
    prepare: (sql) => nodeStatement(database.prepare(sql)),
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
  })
}

/** The class of the application's own better-sqlite3. */
export type BetterSqlite3Library = new (path: string, options: { timeout: number }) => BetterSqlite3Database

/** A connection of the application's own better-sqlite3. */
export function connectBetterSqlite3(library: BetterSqlite3Library, path: string): SqliteConnection {
  const database = new library(path, { timeout: 0 })
  return createConnection('better-sqlite3', {
    prepare: (sql) => betterStatement(database.prepare(sql)),
    exec: (sql) => void database.exec(sql),
    close: () => void database.close(),
  })
}
