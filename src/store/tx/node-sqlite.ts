import type { DatabaseSync } from 'node:sqlite'
import { nodeStatement } from '../sqlite/statement.ts'
import { syncTx } from './sync-tx.ts'
import type { SyncTx } from './tx.ts'

/** The open transaction of a node:sqlite `DatabaseSync`. @throws `transaction_invalid` */
export function nodeSqlite(database: DatabaseSync): SyncTx {
  const isOpen = () => database.isTransaction
  return syncTx('node:sqlite', isOpen, (sql) => nodeStatement(database.prepare(sql)))
}
