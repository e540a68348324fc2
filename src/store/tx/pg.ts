import { problem } from '../../core/errors.ts'
import { hasMethods, kindOf } from '../handles.ts'
import { asyncTx } from './async-tx.ts'
import type { AsyncTx } from './tx.ts'

/** What hookwright uses of a `Client` or `PoolClient` of the npm package `pg`. */
export interface PgTxClient {
  query(sql: string, parameters?: unknown[]): Promise<{ rows: unknown[] }>
}

/**
 * The transaction that is open on a client of `pg`: after `BEGIN`, before `COMMIT` or `ROLLBACK`. Every statement looks
 * whether it still is, because otherwise it would be committed by itself.
 *
 * @throws `transaction_invalid` for a Pool, where every query may run on another connection
 * @example
 * ```ts
 * const client = await pool.connect()
 * await client.query('BEGIN')
 * await client.query('INSERT INTO book …')
 * await hooks.send('book.lent', data, { owner: 1, tx: pg(client) })
 * await client.query('COMMIT')
 * ```
 */
export function pg(client: PgTxClient): AsyncTx {
  if (!isPgClient(client)) {
    throw problem('transaction_invalid', {
      field: 'tx',
      problem: isPool(client)
        ? 'a Pool of pg is no transaction: each of its queries may run on another connection'
        : `${kindOf(client)} is no client of pg`,
      cure: 'Pass the client of pool.connect() that has run BEGIN',
    })
  }
  return asyncTx('pg', 'postgres', async ({ sql, parameters }) => {
    if (!isKnownOpen(client)) await requireOpen(client)
    return (await client.query(sql, [...parameters])).rows
  })
}

export function isPgClient(value: unknown): value is PgTxClient {
  return hasMethods(value, ['query', 'connect', 'escapeIdentifier', 'escapeLiteral'])
}

/** A pool of pg, which is given in the place of a client often enough to be told so. */
export function isPool(value: unknown): boolean {
  return hasMethods(value, ['query', 'connect']) && 'totalCount' in value && 'idleCount' in value
}

/** Newer versions of pg keep what the server has last said of the transaction; `E` is one that has failed, as SQL will say. */
function isKnownOpen(client: PgTxClient): boolean {
  if (!hasMethods(client, ['getTransactionStatus'])) return false
  const status = (client as unknown as { getTransactionStatus(): unknown }).getTransactionStatus()
  return status === 'T' || status === 'E'
}

const NO_ACTIVE_TRANSACTION = '25P01'

/** Asks the server, which knows it also when a BEGIN is still on its way: it refuses a savepoint outside of a transaction. */
async function requireOpen(client: PgTxClient): Promise<void> {
  try {
    await client.query('SAVEPOINT hookwright; RELEASE SAVEPOINT hookwright')
  } catch (error) {
    if ((error as { code?: unknown } | undefined)?.code !== NO_ACTIVE_TRANSACTION) throw error
    throw problem('transaction_invalid', {
      field: 'tx',
      problem: 'no transaction is open on this client of pg, or it has ended',
      cure: 'Run BEGIN on the client first, and await what is sent before COMMIT; or leave `tx` out',
      cause: error,
    })
  }
}
