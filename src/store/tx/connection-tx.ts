import { problem } from '../../core/errors.ts'
import type { BetterSqlite3Database } from '../sqlite/handles.ts'
import { runAsync } from '../work.ts'
import { betterSqlite3 } from './better-sqlite3.ts'
import { type PgTxClient, pg } from './pg.ts'
import type { AsyncTx, TxQuery } from './tx.ts'

/**
 * The transaction of a library that keeps a connection of `pg` or better-sqlite3 underneath. Statements go to that
 * connection directly: each library has its own way to write parameters, reads some `?` and `$` of a name as one, renames
 * columns or reads numbers as it is told to, and none of that may touch an event. What they lose is a line in its log.
 *
 * @param connection the connection, asked for at each statement. It throws when it can see that the transaction has ended,
 * and looks last of all, so that nothing can end it between that and the statement
 */
export function connectionTx(
  library: string,
  dialect: AsyncTx['dialect'],
  connection: () => Promise<unknown>,
): AsyncTx {
  async function execute(query: TxQuery): ReturnType<AsyncTx['execute']> {
    const given = await connection()
    return dialect === 'postgres'
      ? await pg(given as PgTxClient).execute(query)
      : betterSqlite3(given as BetterSqlite3Database).execute(query)
  }
  return { mode: 'async', dialect, library, execute, run: (work) => runAsync(work, execute) }
}

/** @throws `transaction_invalid` unless it is open */
export function requireOpen(open: boolean, library: string, cure: string): void {
  if (open) return
  throw problem('transaction_invalid', {
    field: 'tx',
    problem: `no transaction of ${library}'s is open here, or it has ended`,
    cure,
  })
}
