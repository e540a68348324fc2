import { type CompiledQuery, type QueryExecutorProvider, type QueryResult, sql } from 'kysely'
import { problem } from '../../core/errors.ts'
import { hasMethods, kindOf } from '../handles.ts'
import { asyncTx } from './async-tx.ts'
import type { AsyncTx } from './tx.ts'

/** What hookwright uses of a Kysely `Transaction`. */
export interface KyselyTransaction extends QueryExecutorProvider {
  readonly isTransaction: true
  withoutPlugins(): KyselyTransaction
  executeQuery(query: CompiledQuery): Promise<QueryResult<unknown>>
}

/**
 * A Kysely transaction, controlled or not; Kysely itself refuses one that has ended.
 *
 * @throws `transaction_invalid` for a Kysely instance that is no transaction
 * @example
 * ```ts
 * await db.transaction().execute(async (trx) => {
 *   await trx.insertInto('book').values(book).execute()
 *   await hooks.send('book.lent', data, { owner: 1, tx: kysely(trx) })
 * })
 * ```
 */
export function kysely(trx: KyselyTransaction): AsyncTx {
  if (!isKyselyTransaction(trx)) {
    throw problem('transaction_invalid', {
      field: 'tx',
      problem: `${kindOf(trx)} is no transaction of Kysely`,
      cure: 'Pass what db.transaction().execute() gives to its callback, or db.startTransaction().execute()',
    })
  }
  // Plugins of the application's might rename what comes back.
  const plain = trx.withoutPlugins()
  return asyncTx('Kysely', dialectOf(plain), async ({ sql: text, parameters }) => {
    const query = { ...sql.raw(text).compile(plain), parameters }
    return (await plain.executeQuery(query)).rows
  })
}

export function isKyselyTransaction(value: unknown): value is KyselyTransaction {
  return (
    hasMethods(value, ['executeQuery', 'getExecutor', 'withoutPlugins']) &&
    'isTransaction' in value &&
    value.isTransaction === true
  )
}

/** The way in which a database writes names and parameters is its own, and each dialect has a compiler for it. */
function dialectOf(trx: KyselyTransaction): AsyncTx['dialect'] {
  const written = sql`${sql.ref('name')} = ${0}`.compile(trx).sql
  if (written === '"name" = $1') return 'postgres'
  if (written === '"name" = ?') return 'sqlite'
  throw problem('transaction_invalid', {
    field: 'tx',
    problem: 'this transaction of Kysely is on a database that hookwright does not know',
    cure: 'Pass one on the database that hookwright lives in',
  })
}
