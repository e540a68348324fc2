import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type KyselyPlugin,
  type QueryResult,
} from 'kysely'
import { problem } from '../core/errors.ts'

/** Runs one compiled query by itself. */
export type Execute = (query: CompiledQuery) => Promise<QueryResult<unknown>>

/**
 * A Kysely instance whose queries, when they are awaited, run one by one through `execute`. It knows no transactions:
 * several statements that belong together are `Work` for the store.
 */
export function createQueryBuilder<DB>(
  dialect: Omit<Dialect, 'createDriver'>,
  execute: Execute,
  plugins: KyselyPlugin[],
): Kysely<DB> {
  const connection: DatabaseConnection = {
    executeQuery: (query) => execute(query) as Promise<QueryResult<never>>,
    streamQuery: () => {
      throw problem('transaction_invalid', { problem: 'queries on this connection cannot be streamed' })
    },
  }
  const driver: Driver = {
    async init() {},
    acquireConnection: async () => connection,
    beginTransaction: async () => {
      throw problem('transaction_invalid', {
        problem: "hookwright's own connection gives no transactions",
        cure: "Use the application's own database handle for that",
      })
    },
    async commitTransaction() {},
    async rollbackTransaction() {},
    async releaseConnection() {},
    async destroy() {},
  }
  return new Kysely<DB>({
    dialect: { ...bound(dialect), createDriver: () => driver },
    plugins,
  })
}

/** A dialect's methods live on its prototype, where a spread would lose them. */
function bound(dialect: Omit<Dialect, 'createDriver'>): Omit<Dialect, 'createDriver'> {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  }
}

/** Whether a query surely changes nothing, so that it needs no write lock. */
export function isRead(query: CompiledQuery): boolean {
  if (query.query.kind === 'SelectQueryNode') return true
  return query.query.kind === 'RawNode' && /^\s*(select|values|explain|pragma)\b/i.test(query.sql)
}
