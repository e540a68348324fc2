import { DatabaseSync } from 'node:sqlite'
import { type Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { createQueryBuilder } from '../../src/store/query-builder.ts'
import { connectNodeSqlite, type SqliteConnection } from '../../src/store/sqlite/connection.ts'
import { migrations } from '../../src/store/sqlite/migrations/index.ts'
import { TableNamesPlugin, withPrefix } from '../../src/store/table-names-plugin.ts'
import type { Tables } from '../../src/store/tables.ts'
import { runSync, type Work } from '../../src/store/work.ts'
import type { Machine } from './machine.ts'

/** Compiles queries; one for all simulations, for it keeps nothing. */
export const queries: Kysely<Tables> = createQueryBuilder<Tables>({
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
}, async () => {
  throw new Error('a simulated store runs no query by itself')
}, [new TableNamesPlugin(withPrefix)])

/** Changes statements, to see that a mistake in them is found. */
export type Sabotage = (sql: string) => string

/** The database that all simulated processes share. Transactions come one after the other, each in a moment of its own. */
export class Database {
  readonly connection: SqliteConnection
  /** The application's handle. */
  readonly handle: DatabaseSync
  /** Called after each transaction that has changed something. */
  onCommit: (by: Machine) => void = () => {}

  readonly #sabotage: Sabotage

  constructor(sabotage: Sabotage) {
    this.#sabotage = sabotage
    let handle: DatabaseSync | undefined
    class Kept extends DatabaseSync {
      constructor(path: string) {
        super(path)
        handle = this
      }
    }
    this.connection = connectNodeSqlite(Kept, ':memory:')
    this.handle = handle as unknown as DatabaseSync
    for (const { statements } of migrations) {
      for (const statement of statements) this.connection.exec(statement)
    }
  }

  read<T>(work: () => Work<T>): T {
    return runSync(work(), ({ sql, parameters }) =>
      this.connection.execute({ sql: this.#sabotage(sql), parameters }),
    )
  }

  /** @param repeat whether it is rolled back the first time, as a database does that finds two in each other's way */
  write<T>(by: Machine, work: () => Work<T>, repeat: boolean): T {
    if (repeat) {
      this.connection.exec('BEGIN IMMEDIATE')
      try {
        this.read(work)
      } finally {
        this.connection.exec('ROLLBACK')
      }
    }
    return this.transaction(by, () => this.read(work))
  }

  transaction<T>(by: Machine, run: () => T): T {
    const before = this.#changes()
    this.connection.exec('BEGIN IMMEDIATE')
    let value: T
    try {
      value = run()
      this.connection.exec('COMMIT')
    } catch (error) {
      this.connection.exec('ROLLBACK')
      throw error
    }
    if (this.#changes() !== before) this.onCommit(by)
    return value
  }

  #changes(): number {
    const { rows } = this.connection.execute({ sql: 'SELECT total_changes() AS n', parameters: [] })
    return (rows[0] as { n: number }).n
  }
}
