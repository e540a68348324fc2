import { DatabaseSync } from 'node:sqlite'
import { temporaryDatabase } from '../support/database.ts'
import { commandSuite } from './commands.suite.ts'

commandSuite('SQLite', async () => {
  const { path, remove } = temporaryDatabase()
  const database = new DatabaseSync(path, { timeout: 5_000 })
  return {
    url: path,
    exec: async (sql) => database.exec(sql),
    async close() {
      database.close()
      remove()
    },
  }
})
