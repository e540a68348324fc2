import { problem } from '../../core/errors.ts'
import { hasMethods, kindOf } from '../handles.ts'
import { connectionTx, requireOpen } from './connection-tx.ts'
import type { AsyncTx } from './tx.ts'

/** What hookwright uses of a Knex `Transaction`, which Objection's transactions are too. */
export interface KnexTransaction {
  isCompleted(): boolean
  readonly client: KnexClient
}

interface KnexClient {
  /** `postgresql`, `sqlite3`, … */
  readonly dialect: string
  /** `pg`, `better-sqlite3`, … */
  readonly driverName: string
  acquireConnection(): Promise<unknown>
}

/**
 * A Knex transaction, on the clients `pg` and `better-sqlite3`; also one of Objection's: what `Model.transaction()` gives to
 * its callback, or `knex()` of a model that is bound to it. A transaction within it is a savepoint.
 *
 * @throws `transaction_invalid` for `knex` instead of `trx`, and for a transaction that has ended
 * @example
 * ```ts
 * await db.transaction(async (trx) => {
 *   await trx('book').insert(book)
 *   await hooks.send('book.lent', data, { owner: 1, tx: knex(trx) })
 * })
 * ```
 */
export function knex(trx: KnexTransaction): AsyncTx {
  if (!isTransaction(trx)) {
    throw problem('transaction_invalid', {
      field: 'tx',
      problem: `${kindOf(trx)} is no transaction of Knex`,
      cure: CURE,
    })
  }
  const { client } = trx
  const check = () => requireOpen(!trx.isCompleted(), 'Knex', CURE)
  check()
  return connectionTx('Knex', dialectOf(client), async () => {
    // The transaction's client gives the same connection each time, also when another transaction has it already.
    const connection = await client.acquireConnection()
    check()
    return connection
  })
}

const CURE =
  'Pass the `trx` that knex.transaction() or Model.transaction() gives to its callback, before it ends'

function isTransaction(value: unknown): value is KnexTransaction {
  return hasMethods(value, ['isCompleted', 'raw', 'commit']) && 'client' in value
}

function dialectOf({ dialect, driverName }: KnexClient): AsyncTx['dialect'] {
  if (dialect === 'postgresql') return 'postgres'
  if (driverName === 'better-sqlite3') return 'sqlite'
  throw problem('transaction_invalid', {
    field: 'tx',
    problem: `hookwright has no part in transactions of Knex's client "${driverName}"`,
    cure: 'Use one of the clients pg and better-sqlite3, or leave `tx` out',
  })
}
