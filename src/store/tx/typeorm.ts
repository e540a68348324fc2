import { problem } from '../../core/errors.ts'
import { hasMethods, kindOf } from '../handles.ts'
import { connectionTx, requireOpen } from './connection-tx.ts'
import type { AsyncTx } from './tx.ts'

/** What hookwright uses of a TypeORM `QueryRunner`. */
export interface TypeormQueryRunner {
  readonly isTransactionActive: boolean
  readonly isReleased: boolean
  readonly dataSource: { readonly options: { readonly type: string } }
  connect(): Promise<unknown>
}

/** What hookwright uses of a TypeORM `EntityManager`. */
export interface TypeormManager {
  readonly queryRunner?: TypeormQueryRunner | undefined
}

const DIALECTS: Record<string, AsyncTx['dialect']> = { postgres: 'postgres', 'better-sqlite3': 'sqlite' }

/**
 * A TypeORM transaction: the manager that `transaction()` gives to its callback, or a query runner after
 * `startTransaction()`; on the drivers `postgres` and `better-sqlite3`. A nested transaction is a savepoint of it.
 *
 * @throws `transaction_invalid` for the manager of the DataSource, which has no transaction, and where none is open
 * @example
 * ```ts
 * await dataSource.transaction(async (manager) => {
 *   await manager.save(Book, book)
 *   await hooks.send('book.lent', data, { owner: 1, tx: typeorm(manager) })
 * })
 * ```
 */
export function typeorm(transaction: TypeormManager | TypeormQueryRunner): AsyncTx {
  const runner = isRunner(transaction) ? transaction : transaction?.queryRunner
  if (!isRunner(runner)) {
    throw problem('transaction_invalid', {
      field: 'tx',
      problem: `${kindOf(transaction)} without a query runner is no transaction of TypeORM's`,
      cure: CURE,
    })
  }
  const { type } = runner.dataSource.options
  const dialect = DIALECTS[type]
  if (dialect === undefined) {
    throw problem('transaction_invalid', {
      field: 'tx',
      problem: `hookwright has no part in transactions of TypeORM's driver "${type}"`,
      cure: `Use one of the drivers ${Object.keys(DIALECTS).join(' and ')}, or leave \`tx\` out`,
    })
  }
  const check = () => requireOpen(runner.isTransactionActive && !runner.isReleased, 'TypeORM', CURE)
  check()
  return connectionTx('TypeORM', dialect, async () => {
    // A runner that was released would take another connection.
    check()
    const connection = await runner.connect()
    check()
    return connection
  })
}

const CURE =
  'Pass the manager that dataSource.transaction() gives to its callback, not the one of the DataSource, or a query runner ' +
  'between startTransaction() and commitTransaction()'

function isRunner(value: unknown): value is TypeormQueryRunner {
  return hasMethods(value, ['connect', 'startTransaction']) && 'isTransactionActive' in value
}
