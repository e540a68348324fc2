/** A process of its own for each database: two SQLite libraries must not meet, and none inherits another's heap. */
import type { BenchOptions } from '../section.ts'
import { measurePostgres } from './measure-postgres.ts'
import { measureSqlite } from './measure-sqlite.ts'

const [database, given = '{}'] = process.argv.slice(2)
const options: BenchOptions = {
  ...JSON.parse(given),
  progress: (progress) => process.send?.({ progress }),
}
const result =
  database === 'postgres'
    ? await measurePostgres(options)
    : await measureSqlite(database as 'node:sqlite' | 'better-sqlite3', options)
process.send?.({ result }, () => process.disconnect())
