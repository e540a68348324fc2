import { problem } from '../../core/errors.ts'
import { isBetterSqlite3, kindOf } from '../sqlite/handles.ts'
import { betterSqlite3 } from './better-sqlite3.ts'
import type { Tx } from './tx.ts'

/**
 * A Drizzle transaction, so that an event commits with it and is gone with its rollback, savepoints included.
 *
 * @throws `transaction_invalid` for a driver that hookwright does not know, and when no transaction is open
 * @example
 * ```ts
 * db.transaction((tx) => {
 *   tx.insert(users).values(user).run()
 *   void hooks.send('user.added', user, { owner: user.id, tx: drizzle(tx) })
 * })
 * ```
 */
export function drizzle(tx: object): Tx {
  // better-sqlite3's transactions belong to the connection, which Drizzle keeps as `client` of the session. Drizzle's own
  // `run` would do as well, but does not tell whether the transaction is still open.
  const client = (tx as { session?: { client?: unknown } } | undefined)?.session?.client
  if (isBetterSqlite3(client)) return betterSqlite3(client)
  throw problem('transaction_invalid', {
    field: 'tx',
    problem: `${kindOf(tx)} is no transaction of Drizzle on better-sqlite3`,
    cure: 'Pass what db.transaction() gives to its callback',
  })
}
