import type { DatabaseSync } from 'node:sqlite'
import { problem } from '../../core/errors.ts'
import {
  type BetterSqlite3Database,
  hasMethods,
  isBetterSqlite3,
  isDatabaseSync,
  kindOf,
} from '../sqlite/handles.ts'
import { betterSqlite3 } from './better-sqlite3.ts'
import { nodeSqlite } from './node-sqlite.ts'
import type { Tx } from './tx.ts'

/** What `tx` may be: the result of one of the helpers, or a database handle of better-sqlite3 or node:sqlite. */
export type TxOption = Tx | BetterSqlite3Database | DatabaseSync

/**
 * A transaction from whatever the caller has.
 *
 * @throws `transaction_invalid` when it is nothing that hookwright knows, or when no transaction is open on it
 */
export function toTx(value: unknown): Tx {
  if (isTx(value)) return value
  if (isBetterSqlite3(value)) return betterSqlite3(value)
  if (isDatabaseSync(value)) return nodeSqlite(value)
  throw problem('transaction_invalid', {
    field: 'tx',
    problem: `${kindOf(value)} is no transaction that hookwright knows`,
    cure: 'Pass a better-sqlite3 Database, a node:sqlite DatabaseSync, or drizzle(tx) from hookwright/tx',
  })
}

function isTx(value: unknown): value is Tx {
  return hasMethods(value, ['execute', 'run']) && 'dialect' in value
}
