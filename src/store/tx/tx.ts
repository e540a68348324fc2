import type { DatabaseSync } from 'node:sqlite'
import type { CompiledQuery, QueryResult } from 'kysely'
import { problem } from '../../core/errors.ts'
import {
  type BetterSqlite3Database,
  hasMethods,
  isBetterSqlite3,
  isDatabaseSync,
  kindOf,
} from '../sqlite/handles.ts'
import type { Work } from '../work.ts'
import { betterSqlite3 } from './better-sqlite3.ts'
import { nodeSqlite } from './node-sqlite.ts'

/**
 * A way into a transaction that the caller has open. On SQLite everything is synchronous: what was asked for has happened
 * when the call returns.
 */
export interface Tx {
  readonly dialect: 'sqlite'
  /** Runs one statement. @throws `transaction_invalid` when the transaction has ended meanwhile */
  execute(query: Pick<CompiledQuery, 'sql' | 'parameters'>): QueryResult<unknown>
  /** Runs work to its end inside the transaction. */
  run<T>(work: Work<T>): T
}

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
