import { problem } from '../../core/errors.ts'
import { hasMethods, kindOf } from '../handles.ts'
import { connectionTx, requireOpen } from './connection-tx.ts'
import type { AsyncTx } from './tx.ts'

/** What hookwright uses of a Sequelize 6 `Transaction`; more than its methods is not among Sequelize's types. */
export interface SequelizeTransaction {
  commit(): Promise<void>
  rollback(): Promise<void>
  afterCommit(work: never): unknown
}

interface Inside extends SequelizeTransaction {
  readonly sequelize: { getDialect(): string }
  /** Undefined before it has begun. */
  readonly connection?: unknown
  readonly finished?: 'commit' | 'rollback'
  /** The transaction that this one is a savepoint in. */
  readonly parent?: Inside
}

/**
 * A Sequelize transaction on PostgreSQL. One with `{ transaction }` is a savepoint of that.
 *
 * Not on SQLite: there Sequelize uses the npm package `sqlite3`, which is a second SQLite library in the process, and two of
 * them corrupt the file; hookwright refuses to start beside it. Run hookwright in another process there: the triggers hear
 * what Sequelize writes.
 *
 * @throws `transaction_invalid` for the Sequelize instance, and for a transaction that has ended
 * @example
 * ```ts
 * import { sequelize as sequelizeTx } from 'hookwright/tx'
 *
 * await sequelize.transaction(async (transaction) => {
 *   await Book.create(book, { transaction })
 *   await hooks.send('book.lent', data, { owner: 1, tx: sequelizeTx(transaction) })
 * })
 * ```
 */
export function sequelize(transaction: SequelizeTransaction): AsyncTx {
  if (!isTransaction(transaction)) {
    throw problem('transaction_invalid', {
      field: 'tx',
      problem: `${kindOf(transaction)} is no transaction of Sequelize`,
      cure: CURE,
    })
  }
  const dialect = transaction.sequelize.getDialect()
  if (dialect !== 'postgres') {
    throw problem('transaction_invalid', {
      field: 'tx',
      problem: `hookwright has no part in transactions of Sequelize on "${dialect}"`,
      cure: 'Use Sequelize on PostgreSQL, or leave `tx` out',
    })
  }
  const check = () => requireOpen(isOpen(transaction), 'Sequelize', CURE)
  check()
  return connectionTx('Sequelize', 'postgres', async () => {
    check()
    return transaction.connection
  })
}

const CURE = 'Pass what sequelize.transaction() gives, before it is committed or rolled back'

/** With the outer one everything in it ends, though Sequelize does not say so of the inner. */
function isOpen({ connection, finished, parent }: Inside): boolean {
  return connection !== undefined && finished === undefined && (parent === undefined || isOpen(parent))
}

function isTransaction(value: unknown): value is Inside {
  return hasMethods(value, ['commit', 'rollback', 'afterCommit']) && 'sequelize' in value
}
