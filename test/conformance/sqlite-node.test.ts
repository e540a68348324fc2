import { DatabaseSync } from 'node:sqlite'
import { allSuites } from './all.ts'
import { sqliteHarness } from './sqlite.ts'
import { syncTransactionSuite } from './sync-transaction.suite.ts'

const harness = sqliteHarness(
  'SQLite through node:sqlite',
  (path) => new DatabaseSync(path),
  (handle, work) => {
    handle.exec('BEGIN IMMEDIATE')
    try {
      work()
      handle.exec('COMMIT')
    } catch (error) {
      handle.exec('ROLLBACK')
      throw error
    }
  },
)

allSuites(harness)
syncTransactionSuite(harness)
