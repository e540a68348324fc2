import type { CompiledQuery, QueryResult } from 'kysely'
import type { Work } from '../work.ts'

/** A way into a transaction that the caller has open: synchronous or not, as the caller's driver is. */
export type Tx = SyncTx | AsyncTx

/** SQL as the store compiles it: `?` stands for a parameter on SQLite, `$1` on PostgreSQL. */
export type TxQuery = Pick<CompiledQuery, 'sql' | 'parameters'>

/** A transaction of a synchronous driver: what was asked for has happened when the call returns. */
export interface SyncTx {
  readonly mode: 'sync'
  readonly dialect: 'sqlite'
  /** Who it comes from, for messages. */
  readonly library: string
  /** Runs one statement. @throws `transaction_invalid` when the transaction has ended meanwhile */
  execute(query: TxQuery): QueryResult<unknown>
  /** Runs work to its end inside the transaction. */
  run<T>(work: Work<T>): T
}

/** A transaction of an asynchronous driver; the caller awaits what is done in it before it commits. */
export interface AsyncTx {
  readonly mode: 'async'
  readonly dialect: 'sqlite' | 'postgres'
  /** Who it comes from, for messages. */
  readonly library: string
  /**
   * Runs one statement. The result says nothing about how many rows a statement changed: few libraries tell.
   *
   * @throws `transaction_invalid` when it can be seen that no transaction is open any more
   */
  execute(query: TxQuery): Promise<QueryResult<unknown>>
  /** Runs work to its end inside the transaction, a round trip for each query. Nothing is repeated. */
  run<T>(work: Work<T>): Promise<T>
}
