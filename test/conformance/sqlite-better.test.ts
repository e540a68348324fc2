import Database from 'better-sqlite3'
import { allSuites } from './all.ts'
import { sqliteHarness } from './sqlite.ts'
import { syncTransactionSuite } from './sync-transaction.suite.ts'

const harness = sqliteHarness(
  'SQLite through better-sqlite3',
  (path) => new Database(path),
  (handle, work) => handle.transaction(work).immediate(),
)

allSuites(harness)
syncTransactionSuite(harness)
