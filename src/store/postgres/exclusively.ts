import { CompiledQuery } from 'kysely'
import { exec, type Work } from '../work.ts'

/**
 * Waits until nobody else does the same in this schema, and keeps others from it to the end of the transaction. The lock is
 * the transaction's and not the session's, so it works behind a pooler such as PgBouncer.
 */
export function* exclusively(schema: string, purpose: string): Work<void> {
  yield* exec(
    CompiledQuery.raw(
      `SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1::text, 0))::text`,
      [`hookwright/${schema}/${purpose}`],
    ),
  )
}
