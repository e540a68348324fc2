import Database from 'better-sqlite3'
import { sqlite } from '../../src/store/sqlite/index.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryDatabase } from '../support/database.ts'
import { DDL } from './orm.suite.ts'

/** A new SQLite file with the application's tables, for ORMs on better-sqlite3. */
export function betterDatabase(): {
  path: string
  store: () => Store
  /** A connection with the tables; it is open until `remove`. */
  handle: Database.Database
  remove: () => void
} {
  const { path, remove } = temporaryDatabase()
  const handle = new Database(path)
  for (const statement of DDL) handle.exec(statement)
  return {
    path,
    handle,
    store: () => sqlite(handle),
    remove() {
      handle.close()
      remove()
    },
  }
}
