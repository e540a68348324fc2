import { problem } from '../../core/errors.ts'
import { hasMethods, kindOf } from '../handles.ts'
import { runAsync } from '../work.ts'
import { requireOpen } from './connection-tx.ts'
import { isKyselyTransaction, kysely } from './kysely.ts'
import type { AsyncTx } from './tx.ts'

/** What hookwright uses of a MikroORM 7 `EntityManager`. */
export interface MikroOrmEntityManager {
  getTransactionContext(): unknown
}

/**
 * A MikroORM transaction: the `em` that `em.transactional()` gives to its callback, or any `em` between `begin()` and
 * `commit()`; on PostgreSQL and on SQLite. A nested one is a savepoint of it. What was persisted is not written before
 * `em.flush()`: flush before `hooks.trigger` reads the row.
 *
 * @throws `transaction_invalid` for an `em` that has no transaction, and for one that has ended
 * @example
 * ```ts
 * await orm.em.transactional(async (em) => {
 *   const book = em.create(Book, data)
 *   await em.flush()
 *   await hooks.trigger('Book.read', book.id, { tx: mikroOrm(em) })
 * })
 * ```
 */
export function mikroOrm(em: MikroOrmEntityManager): AsyncTx {
  if (!hasMethods(em, ['getTransactionContext', 'transactional'])) {
    throw problem('transaction_invalid', {
      field: 'tx',
      problem: `${kindOf(em)} is no EntityManager of MikroORM`,
      cure: CURE,
    })
  }
  // MikroORM 7 runs its SQL through Kysely.
  const trx = em.getTransactionContext()
  const check = () => requireOpen(isKyselyTransaction(trx) && !hasEnded(trx), 'MikroORM', CURE)
  check()
  const tx = kysely(trx as never)
  const execute: AsyncTx['execute'] = async (query) => {
    check()
    return await tx.execute(query)
  }
  return { ...tx, library: 'MikroORM', execute, run: (work) => runAsync(work, execute) }
}

const CURE =
  'Pass the `em` that em.transactional() gives to its callback, before it ends, or an `em` after begin()'

/** A transaction of Kysely's that is committed by a call knows it. */
function hasEnded(trx: object): boolean {
  const { isCommitted, isRolledBack } = trx as { isCommitted?: boolean; isRolledBack?: boolean }
  return isCommitted === true || isRolledBack === true
}
