import pg from 'pg'
import { afterAll } from 'vitest'
import { postgres } from '../../src/store/postgres/index.ts'
import { createTestDatabase } from '../support/postgres.ts'
import type { Harness } from './harness.ts'

/**
 * PostgreSQL: the application has a client of its own, hookwright its URL. All tests of a file share one database, emptied
 * for each, because making one takes longer than most tests.
 */
export function postgresHarness(): Harness {
  let making: ReturnType<typeof createTestDatabase> | undefined
  afterAll(async () => (await making)?.drop())

  return {
    name: 'PostgreSQL',
    async createDatabase() {
      making ??= createTestDatabase()
      const { url, name } = await making
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(`DROP SCHEMA IF EXISTS hookwright CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;
        ALTER DATABASE ${name} SET synchronous_commit = off`)
      return {
        store: () => postgres(url, { maxConnections: 3 }),
        async exec(sql) {
          await client.query(sql)
        },
        async transaction(work) {
          await client.query('BEGIN')
          try {
            await work(client as never)
            await client.query('COMMIT')
          } catch (error) {
            await client.query('ROLLBACK')
            throw error
          }
        },
        bytes: { type: 'BYTEA', literal: (hex) => `'\\x${hex}'` },
        close: () => client.end(),
      }
    },
  }
}
