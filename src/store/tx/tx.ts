import type { CompiledQuery, QueryResult } from 'kysely'
import type { Work } from '../work.ts'

/**
 * A way into a transaction that the caller has open. On SQLite everything is synchronous: what was asked for has happened
 * when the call returns.
 */
export interface Tx {
  readonly dialect: 'sqlite'
  /** Runs one statement. @throws `transaction_invalid` when the transaction has ended meanwhile */
  execute(query: Pick<CompiledQuery, 'sql' | 'parameters'>): QueryResult<unknown>
  /** Runs work to its end inside the transaction. */
  run<T>(work: Work<T>): T
}
