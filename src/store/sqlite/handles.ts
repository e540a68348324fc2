import type { DatabaseSync } from 'node:sqlite'
import { hasMethods } from '../handles.ts'

/** The two libraries that hookwright can run SQLite through. */
export type SqliteLibrary = 'node:sqlite' | 'better-sqlite3'

/** What hookwright uses of a better-sqlite3 `Database`. Its types are not needed where it is not installed. */
export interface BetterSqlite3Database {
  readonly memory: boolean
  readonly inTransaction: boolean
  prepare(sql: string): BetterSqlite3Statement
  exec(sql: string): unknown
  pragma(sql: string): unknown
  close(): unknown
}

export interface BetterSqlite3Statement {
  /** Whether it returns rows. */
  readonly reader: boolean
  all(...parameters: unknown[]): unknown[]
  run(...parameters: unknown[]): { changes: number; lastInsertRowid: number | bigint }
  safeIntegers(on: boolean): unknown
}

export function isBetterSqlite3(value: unknown): value is BetterSqlite3Database {
  return hasMethods(value, ['prepare', 'exec', 'pragma']) && 'inTransaction' in value && 'memory' in value
}

export function isDatabaseSync(value: unknown): value is DatabaseSync {
  // Named without being read: on a closed database `isTransaction` throws.
  return hasMethods(value, ['prepare', 'exec', 'location']) && 'isTransaction' in value
}
