import pg from 'pg'
import { createTestDatabase, describePostgres } from '../support/postgres.ts'
import { commandSuite } from './commands.suite.ts'

describePostgres('PostgreSQL', () => {
  commandSuite('PostgreSQL', async () => {
    const { url, drop } = await createTestDatabase()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    return {
      url,
      async exec(sql) {
        await client.query(sql)
      },
      async close() {
        await client.end()
        await drop()
      },
    }
  })
})
