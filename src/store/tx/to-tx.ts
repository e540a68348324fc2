import type { DatabaseSync } from 'node:sqlite'
import { problem } from '../../core/errors.ts'
import { hasMethods, kindOf } from '../handles.ts'
import { type BetterSqlite3Database, isBetterSqlite3, isDatabaseSync } from '../sqlite/handles.ts'
import type { Store } from '../store.ts'
import { betterSqlite3 } from './better-sqlite3.ts'
import { isKyselyTransaction, type KyselyTransaction, kysely } from './kysely.ts'
import { nodeSqlite } from './node-sqlite.ts'
import { isPgClient, isPool, type PgTxClient, pg } from './pg.ts'
import type { Tx } from './tx.ts'

/**
 * What `tx` may be: the result of one of the helpers, or what is known without one: a database handle of better-sqlite3 or
 * node:sqlite, a client of pg, a transaction of Kysely.
 */
export type TxOption = Tx | BetterSqlite3Database | DatabaseSync | PgTxClient | KyselyTransaction

/**
 * A transaction from whatever the caller has.
 *
 * @throws `transaction_invalid` when it is nothing that hookwright knows, or when no transaction is open on it
 */
export function toTx(value: unknown): Tx {
  if (isTx(value)) return value
  if (isBetterSqlite3(value)) return betterSqlite3(value)
  if (isDatabaseSync(value)) return nodeSqlite(value)
  if (isKyselyTransaction(value)) return kysely(value)
  if (isPgClient(value) || isPool(value)) return pg(value as PgTxClient)
  throw problem('transaction_invalid', {
    field: 'tx',
    problem: `${kindOf(value)} is no transaction that hookwright knows`,
    cure:
      'Pass a client of pg, a transaction of Kysely, a better-sqlite3 Database, a node:sqlite DatabaseSync, or what the ' +
      'helper for your library in hookwright/tx makes of its transaction, such as prisma(tx) or drizzle(tx)',
  })
}

function isTx(value: unknown): value is Tx {
  return hasMethods(value, ['execute', 'run']) && 'dialect' in value && 'mode' in value
}

const DATABASES = { sqlite: 'SQLite', postgres: 'PostgreSQL' }

/**
 * The transaction that an event of this store can be part of.
 *
 * @throws `transaction_invalid` also when it is on another kind of database than the store
 */
export function txFor(store: Pick<Store, 'dialect'>, value: unknown): Tx {
  const tx = toTx(value)
  if (tx.dialect === store.dialect) return tx
  throw problem('transaction_invalid', {
    field: 'tx',
    problem: `this transaction of ${tx.library} is on ${DATABASES[tx.dialect]}, and hookwright's database is ${DATABASES[store.dialect]}`,
    cure: 'Pass a transaction on the database that hookwright lives in, or leave `tx` out',
  })
}
