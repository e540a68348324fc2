import type { DatabaseSync } from 'node:sqlite'
import type { BetterSqlite3Database } from '../../src/store/sqlite/handles.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'
import { temporaryDatabase } from '../support/database.ts'
import type { Harness } from './harness.ts'

type Handle = DatabaseSync | BetterSqlite3Database

/** SQLite through one of its libraries; each has an entry file, and so a process, of its own. */
export function sqliteHarness<H extends Handle>(
  name: string,
  openHandle: (path: string) => H,
  inTransaction: (handle: H, work: () => void) => void,
): Harness {
  return {
    name,
    createDatabase() {
      const { path, remove } = temporaryDatabase()
      const handle = openHandle(path)
      return {
        store: () => sqlite(handle),
        exec: (sql) => void handle.exec(sql),
        transaction: (work) => inTransaction(handle, () => work(handle)),
        bytes: { type: 'BLOB', literal: (hex) => `x'${hex}'` },
        close() {
          handle.close()
          remove()
        },
      }
    },
  }
}
