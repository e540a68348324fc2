import { problem } from '../../core/errors.ts'
import { hasMethods, kindOf } from '../handles.ts'
import { isBetterSqlite3 } from '../sqlite/handles.ts'
import { asyncTx } from './async-tx.ts'
import { betterSqlite3 } from './better-sqlite3.ts'
import { isPgClient, isPool, type PgTxClient, pg } from './pg.ts'
import type { Tx } from './tx.ts'

/** What the sessions of Drizzle on postgres.js keep, in a transaction and in a savepoint of it. */
interface PostgresJsTransaction {
  unsafe(sql: string, parameters: unknown[]): PromiseLike<unknown[]>
  savepoint(work: unknown): unknown
}

/**
 * A Drizzle transaction on better-sqlite3, node-postgres or postgres.js, so that an event commits with it and is gone with
 * its rollback, savepoints included. On better-sqlite3 it is synchronous, as Drizzle is there: nothing is awaited.
 *
 * @throws `transaction_invalid` for a driver that hookwright does not know, and for what is no open transaction
 * @example
 * ```ts
 * await db.transaction(async (tx) => {
 *   await tx.insert(users).values(user)
 *   await hooks.send('user.added', user, { owner: user.id, tx: drizzle(tx) })
 * })
 * ```
 */
export function drizzle(tx: object): Tx {
  // The session's client is the connection with the open transaction. Drizzle's own `execute` would do as well, but cannot
  // tell whether the transaction is still open, which better-sqlite3 and pg do.
  const client = (tx as { session?: { client?: unknown } } | undefined)?.session?.client
  if (isBetterSqlite3(client)) return betterSqlite3(client)
  if (isPgClient(client) || isPool(client)) return pg(client as PgTxClient)
  if (isPostgresJsTransaction(client)) {
    return asyncTx('Drizzle on postgres.js', 'postgres', ({ sql, parameters }) =>
      Promise.resolve(client.unsafe(sql, [...parameters])),
    )
  }
  throw problem('transaction_invalid', {
    field: 'tx',
    problem: `${kindOf(tx)} is no transaction of Drizzle on better-sqlite3, node-postgres or postgres.js`,
    cure: 'Pass what db.transaction() gives to its callback',
  })
}

function isPostgresJsTransaction(value: unknown): value is PostgresJsTransaction {
  return hasMethods(value, ['unsafe', 'savepoint'])
}
