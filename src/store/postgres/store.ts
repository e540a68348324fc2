import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type CompiledQuery,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import { problem } from '../../core/errors.ts'
import { createQueryBuilder, isRead } from '../query-builder.ts'
import type { Store, WriteOptions } from '../store.ts'
import { inSchema, TableNamesPlugin } from '../table-names-plugin.ts'
import type { Tables } from '../tables.ts'
import type { Watch } from '../watch.ts'
import { runAsync, type Work } from '../work.ts'
import { DatabaseClock } from './clock.ts'
import { explainError, isConnectionFault, isLocked, isRepeatable } from './errors.ts'
import { migrateTables, pendingMigration } from './migrate.ts'
import type { PostgresSource, Session } from './session.ts'
import { transaction } from './transaction.ts'
import { watchDatabase } from './watch.ts'

export interface PostgresSettings {
  schema: string
  /** How long to wait for locks that somebody else holds, in milliseconds. */
  patienceMs: number
  /** How often to look for something new while there is something to do, in milliseconds. */
  pollMs: number
  /** Who owns the functions of the triggers; false for the role that migrates. */
  captureRole: string | false
}

const LONGEST_PAUSE_MS = 200
/** A connection that its pool had kept may be dead when it is needed: that many are tried. */
const STALE_CONNECTIONS = 5

/** The store on PostgreSQL. */
export class PostgresStore implements Store {
  readonly dialect = 'postgres'
  readonly locks = 'rows'
  readonly schema: string
  readonly captureRole: string | false
  readonly clock = new DatabaseClock()
  readonly db: Kysely<Tables>
  // biome-ignore lint/suspicious/noExplicitAny: the tables are the application's own, and it alone knows their types
  readonly applicationDb: Kysely<any>
  readonly #source: PostgresSource
  readonly #settings: PostgresSettings
  #name: string
  #opening: Promise<void> | undefined
  readonly #running = new Set<Promise<unknown>>()
  readonly #watches = new Set<Watch>()

  constructor(source: PostgresSource, settings: PostgresSettings) {
    this.#source = source
    this.#settings = settings
    this.schema = settings.schema
    this.captureRole = settings.captureRole
    this.#name = this.#nameAt(source.place ?? 'PostgreSQL')
    const dialect = {
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    }
    this.db = createQueryBuilder<Tables>(dialect, (query) => this.#alone(query), [
      new TableNamesPlugin(inSchema(settings.schema)),
    ])
    this.applicationDb =
      (source.applicationDb as Kysely<unknown> | undefined) ??
      createQueryBuilder(dialect, ({ sql, parameters }) => source.queryAsApplication(sql, parameters), [])
  }

  get name(): string {
    return this.#name
  }

  #nameAt(place: string): string {
    return `${place}/${this.schema}`
  }

  async open(): Promise<void> {
    this.#opening ??= this.#connect().catch((error) => {
      this.#opening = undefined
      throw error
    })
    await this.#opening
  }

  async #connect(): Promise<void> {
    const { rows } = await this.#tracked(() =>
      this.#withSession(async (session) => {
        await this.clock.follow(session)
        return session.query(
          `select current_database()::text || '@' || coalesce(host(inet_server_addr()), 'local') || ':' || current_setting('port') as place,
            current_setting('server_version_num')::int as version, current_setting('server_version') as release`,
          [],
        )
      }),
    )
    const { place, version, release } = rows[0] as { place: string; version: number; release: string }
    if (version < 150_000) {
      throw problem('database_invalid', {
        field: 'database',
        value: release,
        problem: 'this PostgreSQL is too old',
        cure: 'Use PostgreSQL 15 or newer',
      })
    }
    if (this.#source.place === undefined) this.#name = this.#nameAt(place)
  }

  async read<T>(work: () => Work<T>): Promise<T> {
    return await this.#tracked(() =>
      this.#withSession(async (session) => {
        await this.clock.follow(session)
        return await runAsync(work(), ({ sql, parameters }) => session.query(sql, parameters))
      }),
    )
  }

  async write<T>(work: () => Work<T>, options: WriteOptions = {}): Promise<T> {
    return await this.#tracked(() => this.#persist(work, options))
  }

  /** Tries until somebody else's locks are gone, and repeats what the database wants repeated. */
  async #persist<T>(work: () => Work<T>, { durable = true }: WriteOptions): Promise<T> {
    const { patienceMs } = this.#settings
    const options = { durable, patienceMs, clock: this.clock }
    const started = performance.now()
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#withSession((session) => transaction(session, work, options))
      } catch (error) {
        const late = performance.now() - started >= patienceMs
        if (late || !(isRepeatable(error) || isLocked(error))) throw error
      }
      // Between half of the pause and all of it, so that those who met once do not meet again.
      const longest = Math.min(2 ** tries, LONGEST_PAUSE_MS)
      await pause(longest * (0.5 + Math.random() / 2))
    }
  }

  /**
   * Where the server was restarted meanwhile, the pool's connections are dead, and each says so only when it is used.
   *
   * @param repeatable whether the first query may run again although it may have run already
   */
  async #withSession<T>(use: (session: Session) => Promise<T>, repeatable = true): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      let used = false
      try {
        return await this.#source.withSession((session) =>
          use({
            query: async (sql, parameters) => {
              const result = await session.query(sql, parameters)
              used = true
              return result
            },
            script: async (statements) => {
              await session.script(statements)
              used = true
            },
            commit: () => session.commit(),
          }),
        )
      } catch (error) {
        if (used || !repeatable || tries > STALE_CONNECTIONS || !isStale(error)) throw error
      }
    }
  }

  async migrate(): Promise<void> {
    await this.open()
    await this.write(() => migrateTables(this.db, this.schema, this.clock.now()))
  }

  async planMigration(): Promise<string[]> {
    const { statements } = await this.read(() => pendingMigration(this.schema))
    return statements
  }

  verify(): void {}

  watch(listener: () => void): Watch {
    const watch = watchDatabase(
      {
        store: this,
        source: this.#source,
        worker: randomUUID(),
        pollMs: this.#settings.pollMs,
      },
      listener,
    )
    this.#watches.add(watch)
    return {
      looked: (found) => watch.looked(found),
      end: () => {
        this.#watches.delete(watch)
        watch.end()
      },
    }
  }

  explain(error: unknown): unknown {
    return explainError(error, this.name, this.schema)
  }

  async close(): Promise<void> {
    this.#opening = undefined
    for (const watch of this.#watches) watch.end()
    this.#watches.clear()
    // What is under way was promised to somebody.
    await Promise.allSettled(this.#running)
    await this.#source.close()
  }

  /** A query that was awaited by itself. */
  #alone(query: CompiledQuery): Promise<QueryResult<unknown>> {
    const { sql, parameters } = query
    return this.#tracked(() => this.#withSession((session) => session.query(sql, parameters), isRead(query)))
  }

  async #tracked<T>(action: () => Promise<T>): Promise<T> {
    const run = action()
    this.#running.add(run)
    try {
      return await run
    } catch (error) {
      throw this.explain(error)
    } finally {
      this.#running.delete(run)
    }
  }
}

/** Whether a connection was dead before it was used. One that cannot be made at all is another matter. */
function isStale(error: unknown): boolean {
  const refused = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENOENT|EHOSTUNREACH|ENETUNREACH)$/
  const { code, message } = error as { code?: string; message?: string }
  if (refused.test(code ?? '') || /timeout/i.test(message ?? '')) return false
  return isConnectionFault(error)
}
