import { accessSync, constants } from 'node:fs'
import type { CompiledQuery, Kysely, QueryResult } from 'kysely'
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { type Clock, systemClock } from '../../core/clock.ts'
import { HookwrightError, messageOf, problem } from '../../core/errors.ts'
import { systemRandom } from '../../core/random.ts'
import { createQueryBuilder, isRead } from '../query-builder.ts'
import type { Store, WriteOptions } from '../store.ts'
import { TableNamesPlugin, withPrefix } from '../table-names-plugin.ts'
import type { Tables } from '../tables.ts'
import type { Watch } from '../watch.ts'
import { runSync, type Work } from '../work.ts'
import { untilFree } from './busy.ts'
import type { SqliteConnection } from './connection.ts'
import type { SqliteLibrary } from './handles.ts'
import { refuseSecondLibrary } from './libraries.ts'
import { migrateTables, planMigration } from './migrate.ts'
import { watchCommits } from './wal-watch.ts'

/** What `sqlite()` found out about the database that it was given. */
export interface SqliteSource {
  /** The file, as an absolute path. */
  path: string
  library: SqliteLibrary
  /** Opens a connection of hookwright's own. */
  connect(): Promise<SqliteConnection>
  /** How long to wait for the lock, in milliseconds. */
  patienceMs: number
}

/** How long a dispatcher sleeps at the most. */
const LONGEST_SLEEP_MS = 1_000

/** The store on SQLite. Each transaction is one synchronous call: no lock of ours is held while anything is awaited. */
export class SqliteStore implements Store {
  readonly dialect = 'sqlite'
  readonly locks = 'database'
  readonly schema = undefined
  readonly clock: Clock = systemClock
  readonly name: string
  readonly db: Kysely<Tables>
  // biome-ignore lint/suspicious/noExplicitAny: the tables are the application's own, and it alone knows their types
  readonly applicationDb: Kysely<any>
  readonly #source: SqliteSource
  #opening: Promise<SqliteConnection> | undefined
  #connection: SqliteConnection | undefined
  #durable = true
  readonly #running = new Set<Promise<unknown>>()
  readonly #watches = new Set<() => void>()

  constructor(source: SqliteSource) {
    this.#source = source
    this.name = source.path
    const dialect = {
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    }
    this.db = createQueryBuilder<Tables>(dialect, (query) => this.#alone(query), [
      new TableNamesPlugin(withPrefix),
    ])
    this.applicationDb = this.db.withoutPlugins()
  }

  async open(): Promise<void> {
    await this.#open()
  }

  async read<T>(work: () => Work<T>): Promise<T> {
    const connection = await this.#open()
    return await this.#untilFree(() => runSync(work(), (query) => connection.execute(query)))
  }

  async write<T>(work: () => Work<T>, { durable = true }: WriteOptions = {}): Promise<T> {
    const connection = await this.#open()
    return await this.#untilFree(() => {
      this.#setDurable(connection, durable)
      return transaction(connection, work)
    })
  }

  async migrate(): Promise<void> {
    await this.write(() => migrateTables(this.db, systemClock.now()))
  }

  async planMigration(): Promise<string[]> {
    return await this.read(() => planMigration())
  }

  verify(): void {
    refuseSecondLibrary(this.#source.library, this.name)
  }

  watch(listener: () => void): Watch {
    const connection = this.#connection
    if (connection === undefined) {
      throw problem('database_invalid', {
        problem: `the database ${this.name} is not open`,
        cure: 'Call open() before watch()',
      })
    }
    const query = { sql: 'PRAGMA data_version', parameters: [] }
    const dataVersion = () => (connection.execute(query).rows[0] as { data_version: number }).data_version
    const end = watchCommits(this.name, dataVersion, listener)
    this.#watches.add(end)
    return {
      // A commit of somebody else's calls the listener within milliseconds; nobody calls after a fault elsewhere.
      looked: () => LONGEST_SLEEP_MS,
      end: () => {
        this.#watches.delete(end)
        end()
      },
    }
  }

  explain(error: unknown): unknown {
    return explained(error)
  }

  async close(): Promise<void> {
    const opening = this.#opening
    this.#opening = undefined
    this.#connection = undefined
    for (const end of this.#watches) end()
    this.#watches.clear()
    const connection = await opening?.catch(() => undefined)
    // What still waits for the lock was promised to somebody.
    await Promise.allSettled(this.#running)
    connection?.close()
  }

  #open(): Promise<SqliteConnection> {
    if (this.#opening !== undefined) return this.#opening
    const opening = this.#connect()
    this.#opening = opening
    opening.then(
      (connection) => {
        if (this.#opening === opening) this.#connection = connection
      },
      () => {
        if (this.#opening === opening) this.#opening = undefined
      },
    )
    return opening
  }

  async #connect(): Promise<SqliteConnection> {
    const { path, library } = this.#source
    refuseSecondLibrary(library, path)
    let connection: SqliteConnection | undefined
    try {
      const opened = await this.#source.connect()
      connection = opened
      // Where it may not write, SQLite opens a file for reading, and only the first write would tell.
      accessSync(path, constants.R_OK | constants.W_OK)
      await this.#untilFree(() => prepareConnection(opened, path))
    } catch (error) {
      connection?.close()
      if (error instanceof HookwrightError) throw error
      throw problem('database_invalid', {
        field: 'database',
        value: path,
        problem: `SQLite cannot open it: ${messageOf(error)}`,
        cure: 'Check that the folder exists, that this process may write there, and that the file is a database',
        cause: error,
      })
    }
    this.#durable = true
    return connection
  }

  /** A query that was awaited by itself, such as one of a serializer's. */
  async #alone(query: CompiledQuery): Promise<QueryResult<unknown>> {
    const connection = await this.#open()
    return await this.#untilFree(() => {
      if (!isRead(query)) this.#setDurable(connection, true)
      return connection.execute(query)
    })
  }

  #setDurable(connection: SqliteConnection, durable: boolean): void {
    if (this.#durable === durable) return
    // In WAL mode FULL waits for the disk at each commit, and that also secures all commits before it; NORMAL does not wait.
    connection.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`)
    this.#durable = durable
  }

  #untilFree<T>(action: () => T): Promise<T> {
    const { patienceMs, path } = this.#source
    const run = untilFree(action, { random: systemRandom, patienceMs, name: path }).catch(
      (error: unknown) => {
        throw explained(error)
      },
    )
    this.#running.add(run)
    const end = () => void this.#running.delete(run)
    run.then(end, end)
    return run
  }
}

/** An application that has not migrated, or whose tables a schema tool has dropped, is told so. */
function explained(error: unknown): unknown {
  if (!/^no such table: (main\.)?hookwright_/.test(messageOf(error))) return error
  return problem('database_outdated', {
    problem: messageOf(error),
    cure: 'Run `await hooks.migrate()`',
    cause: error,
  })
}

function transaction<T>(connection: SqliteConnection, work: () => Work<T>): T {
  connection.exec('BEGIN IMMEDIATE')
  try {
    const result = runSync(work(), (query) => connection.execute(query))
    connection.exec('COMMIT')
    return result
  } catch (error) {
    // Some errors (disk full, for one) have rolled back already.
    try {
      connection.exec('ROLLBACK')
    } catch {}
    throw error
  }
}

function prepareConnection(connection: SqliteConnection, path: string): void {
  const [row] = connection.execute({ sql: 'PRAGMA journal_mode = WAL', parameters: [] }).rows
  const mode = (row as { journal_mode: string }).journal_mode
  if (mode !== 'wal') {
    throw problem('database_invalid', {
      field: 'database',
      value: path,
      problem: `SQLite cannot use write-ahead logging there (the journal mode stays "${mode}")`,
      cure: 'Put the file on a local disk',
    })
  }
  connection.exec('PRAGMA synchronous = FULL')
  connection.exec('PRAGMA foreign_keys = OFF')
  // Reading something makes the -wal file, which is watched.
  connection.execute({ sql: 'SELECT count(*) FROM sqlite_schema', parameters: [] })
}
