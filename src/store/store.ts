import type { Kysely } from 'kysely'
import type { Clock } from '../core/clock.ts'
import type { Tables } from './tables.ts'
import type { Watch } from './watch.ts'
import type { Work } from './work.ts'

/** The SQL database that hookwright lives in, on a connection of its own. */
export interface Store {
  readonly dialect: 'sqlite' | 'postgres'
  /** Where it is, as it may be shown to people: no password. Two stores of one database have the same. */
  readonly name: string
  /**
   * What a transaction that writes keeps others from: writing at all (`database`), or the rows that it has locked (`rows`).
   * With `rows`, whoever looks at something and then acts on it must lock it first.
   */
  readonly locks: 'database' | 'rows'
  /** The schema of hookwright's tables; undefined on databases that have none. */
  readonly schema: string | undefined
  /** The time that leases go by. Where several machines share the database, it is the database's. */
  readonly clock: Clock
  /** Builds and compiles queries over hookwright's tables. Awaited by itself, a query runs alone; in `Work`, yield it. */
  readonly db: Kysely<Tables>
  /** The application's tables, as serializers read them. */
  // biome-ignore lint/suspicious/noExplicitAny: the tables are the application's own, and it alone knows their types
  readonly applicationDb: Kysely<any>
  /** Opens the connection unless it is open. Reading, writing and migrating do so too. */
  open(): Promise<void>
  /** Runs queries that change nothing. */
  read<T>(work: () => Work<T>): Promise<T>
  /**
   * Runs `work` as one transaction. Where somebody else holds a lock it waits without blocking the event loop, and where the
   * database asks for it, the transaction starts anew: `work` may run several times.
   *
   * @throws `database_busy` when a lock was not to be had for longer than the store's patience, `database_unavailable` when
   * the database cannot be reached
   */
  write<T>(work: () => Work<T>, options?: WriteOptions): Promise<T>
  /** Brings hookwright's own tables to the newest version; safe when several processes do so at once. */
  migrate(): Promise<void>
  /** The statements that `migrate` would run now. */
  planMigration(): Promise<string[]>
  /**
   * Looks whether it has become unsafe to go on, such as by a second SQLite library in the process.
   *
   * @throws `sqlite_libraries`
   */
  verify(): void
  /** Calls `listener` soon after anybody may have committed something. The store must be open. */
  watch(listener: () => void): Watch
  /** An error of the database's as its users are to see it. */
  explain(error: unknown): unknown
  close(): Promise<void>
}

export interface WriteOptions {
  /**
   * Whether the commit must survive a power failure (the default), or only the end of the process. What can be found out
   * again, such as the result of an attempt, need not wait for the disk.
   */
  durable?: boolean
}
