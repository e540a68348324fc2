import pg from 'pg'
import { postgres } from '../../src/store/postgres/index.ts'
import { createTestDatabase } from '../support/postgres.ts'
import type { Harness } from './harness.ts'

/** PostgreSQL: the application has a client of its own, hookwright its URL. */
export function postgresHarness(): Harness {
  return {
    name: 'PostgreSQL',
    async createDatabase() {
      const { url, drop } = await createTestDatabase()
      const client = new pg.Client({ connectionString: url })
      await client.connect()
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
        async close() {
          await client.end()
          await drop()
        },
      }
    },
  }
}
