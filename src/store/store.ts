import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'
import type { Work } from './work.ts'

/** The SQL database that hookwright lives in, on a connection of its own. */
export interface Store {
  readonly dialect: 'sqlite' | 'postgres' | 'mysql'
  /** Where it is, as it may be shown to people: no password. Two stores of one database have the same. */
  readonly name: string
  /** Builds and compiles queries over hookwright's tables. Awaited by itself, a query runs alone; in `Work`, yield it. */
  readonly db: Kysely<Tables>
  /** Opens the connection unless it is open. Reading, writing and migrating do so too. */
  open(): Promise<void>
  /** Runs queries that change nothing. */
  read<T>(work: () => Work<T>): Promise<T>
  /**
   * Runs `work` as one transaction. Where somebody else holds the lock it waits without blocking the event loop and starts
   * anew, so `work` may run several times.
   *
   * @throws `database_busy` when the lock was not to be had for longer than the store's patience
   */
  write<T>(work: () => Work<T>, options?: WriteOptions): Promise<T>
  /** Brings hookwright's own tables to the newest version; safe when several processes do so at once. */
  migrate(): Promise<void>
  /**
   * Looks whether it has become unsafe to go on, such as by a second SQLite library in the process.
   *
   * @throws `sqlite_libraries`
   */
  verify(): void
  /** Calls `listener` soon after anybody, in this process or another, has committed something. Call the result to end it. The store must be open. */
  watch(listener: () => void): () => void
  close(): Promise<void>
}

export interface WriteOptions {
  /**
   * Whether the commit must survive a power failure (the default), or only the end of the process. What can be found out
   * again, such as the result of an attempt, need not wait for the disk.
   */
  durable?: boolean
}
