import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { postgres } from '../../src/store/postgres/index.ts'
import type { Store } from '../../src/store/store.ts'
import { createTestDatabase, postgresAvailable } from '../support/postgres.ts'
import { DDL } from './orm.suite.ts'

export { describePostgres } from '../support/postgres.ts'

/** Each ORM has its own idea of what is a parameter, and some look for it in names too: for `schema`. */
export const STRANGE_NAME = 'hook ?? \\? $1 $$x :id'

/**
 * A database of PostgreSQL for the tests of this file, which are in `describePostgres`. `reset` makes it as new: the
 * application's tables, empty, and none of hookwright's.
 */
export function postgresDatabase({ schema = 'hookwright' } = {}): {
  readonly url: string
  store: () => Store
  reset: () => Promise<void>
} {
  let database: Awaited<ReturnType<typeof createTestDatabase>> | undefined
  beforeAll(async () => {
    if (!postgresAvailable) return
    database = await createTestDatabase()
  })
  afterAll(async () => {
    await database?.drop()
  })
  const url = () => {
    if (database === undefined) throw new Error('A test of PostgreSQL is outside of describePostgres')
    return database.url
  }
  return {
    get url() {
      return url()
    },
    store: () => postgres(url(), { schema }),
    async reset() {
      const client = new pg.Client({ connectionString: url() })
      await client.connect()
      try {
        await client.query(
          `DROP SCHEMA IF EXISTS "${schema}", hookwright CASCADE; DROP TABLE IF EXISTS book, shelf, note CASCADE`,
        )
        for (const statement of DDL) await client.query(statement)
      } finally {
        await client.end()
      }
    },
  }
}
