import type { BetterSqlite3Database } from '../sqlite/handles.ts'
import { betterStatement } from '../sqlite/statement.ts'
import { syncTx } from './sync-tx.ts'
import type { SyncTx } from './tx.ts'

/** The open transaction of a better-sqlite3 `Database`. @throws `transaction_invalid` */
export function betterSqlite3(database: BetterSqlite3Database): SyncTx {
  const isOpen = () => database.inTransaction
  return syncTx('better-sqlite3', isOpen, (sql) => betterStatement(database.prepare(sql)))
}
