import type { DatabaseSync } from 'node:sqlite'
import { messageOf, problem } from '../../core/errors.ts'
import { kindOf } from '../handles.ts'
import { type BetterSqlite3Library, connectBetterSqlite3, connectNodeSqlite } from './connection.ts'
import { databaseFile } from './file-path.ts'
import { type BetterSqlite3Database, isBetterSqlite3, isDatabaseSync } from './handles.ts'
import { type SqliteSource, SqliteStore } from './store.ts'

export type { BetterSqlite3Database } from './handles.ts'
export type { SqliteStore } from './store.ts'

export interface SqliteOptions {
  /**
   * How long hookwright waits for the write lock while somebody else holds it, in milliseconds (30,000 by default). It
   * waits without blocking the event loop.
   */
  patienceMs?: number
}

/**
 * hookwright's store on SQLite. A path is opened with node:sqlite, which needs nothing installed. An application that opens
 * the file through better-sqlite3 (as Drizzle, Prisma, MikroORM and TypeORM do) gives its `Database` instead: hookwright
 * opens a second connection through that very library, because two SQLite libraries in one process corrupt the file.
 *
 * Nothing is opened before it is used.
 *
 * @param database a path, a `file:` URL, a better-sqlite3 `Database` or a node:sqlite `DatabaseSync`
 * @throws `database_invalid` for anything else, and for a database in memory, which no second connection can reach
 * @example
 * ```ts
 * createHooks({ database: sqlite('bookstore.db'), … })
 * createHooks({ database: sqlite(new Database('bookstore.db')), … }) // better-sqlite3
 * ```
 */
export function sqlite(
  database: string | URL | DatabaseSync | BetterSqlite3Database,
  options: SqliteOptions = {},
): SqliteStore {
  return new SqliteStore({ ...sourceOf(database), patienceMs: checkPatience(options.patienceMs ?? 30_000) })
}

function sourceOf(database: unknown): Omit<SqliteSource, 'patienceMs'> {
  if (typeof database === 'string' || database instanceof URL) {
    const path = databaseFile(database)
    return {
      path,
      library: 'node:sqlite',
      // Only now: merely loading it beside better-sqlite3 makes the process one with two libraries.
      connect: async () => connectNodeSqlite((await import('node:sqlite')).DatabaseSync, path),
    }
  }
  if (isBetterSqlite3(database)) {
    const path = databaseFile(whileOpen(() => mainFile(database.pragma('database_list'))))
    const library = database.constructor as BetterSqlite3Library
    return { path, library: 'better-sqlite3', connect: async () => connectBetterSqlite3(library, path) }
  }
  if (isDatabaseSync(database)) {
    const path = databaseFile(whileOpen(() => database.location() ?? ''))
    const library = database.constructor as typeof DatabaseSync
    return { path, library: 'node:sqlite', connect: async () => connectNodeSqlite(library, path) }
  }
  throw problem('database_invalid', {
    field: 'database',
    problem: `sqlite() takes a path, a better-sqlite3 Database or a node:sqlite DatabaseSync, not ${kindOf(database)}`,
    cure: "For example sqlite('app.db'); with Drizzle on better-sqlite3, sqlite(db.$client)",
  })
}

/** The file of the main database, as SQLite itself has made it absolute. */
function mainFile(databases: unknown): string {
  const [main] = databases as { file: string }[]
  return main?.file ?? ''
}

function whileOpen<T>(ask: () => T): T {
  try {
    return ask()
  } catch (cause) {
    throw problem('database_invalid', {
      field: 'database',
      problem: `the database handle does not tell its file: ${messageOf(cause)}`,
      cure: 'Give an open one, or the path of the file',
      cause,
    })
  }
}

function checkPatience(patienceMs: number): number {
  if (typeof patienceMs === 'number' && patienceMs >= 0) return patienceMs
  throw problem('option_invalid', {
    field: 'patienceMs',
    value: patienceMs,
    problem: 'it must be a number of milliseconds, 0 or more',
    cure: 'Leave it out for 30,000',
  })
}
