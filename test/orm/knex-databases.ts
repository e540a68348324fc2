import type { Knex } from 'knex'
import { type OrmDatabase, ormSuite } from './orm.suite.ts'
import { describePostgres, postgresDatabase, STRANGE_NAME } from './postgres.ts'
import { betterDatabase } from './sqlite.ts'

/** Runs the suite on each database that Knex, and what is built on it, has in common with hookwright. */
export function onKnexDatabases<Transaction>(
  library: string,
  adapter: (config: Knex.Config) => Pick<OrmDatabase<Transaction>, 'transactions' | 'writes' | 'close'>,
): void {
  const server = postgresDatabase({ schema: STRANGE_NAME })

  ormSuite<Transaction>({
    name: `${library} on PostgreSQL`,
    describe: describePostgres,
    async open() {
      await server.reset()
      return { ...adapter({ client: 'pg', connection: server.url }), store: server.store }
    },
  })

  ormSuite<Transaction>({
    name: `${library} on SQLite`,
    async open() {
      const { path, store, remove } = betterDatabase()
      const opened = adapter({ client: 'better-sqlite3', connection: { filename: path } })
      await opened.writes.raw('PRAGMA foreign_keys = ON')
      return {
        ...opened,
        store,
        async close() {
          await opened.close()
          remove()
        },
      }
    },
  })
}
