import type { Store } from '../../src/store/store.ts'
import type { TxOption } from '../../src/store/tx/index.ts'

/** A database that the suites run on. A further one joins by another harness and an entry file. */
export interface Harness {
  readonly name: string
  /** A new, empty database. */
  createDatabase(): Promise<TestDatabase> | TestDatabase
}

/** One database, with the application's own connection to it. */
export interface TestDatabase {
  /** What `createHooks` gets: each call gives a store with a connection of its own, as another process would have. */
  store(): Store
  /** Runs statements on the application's connection. */
  exec(sql: string): Promise<void> | void
  /** Runs `work` in a transaction of the application's: committed, or rolled back if it throws. */
  transaction(work: (tx: TxOption) => unknown): Promise<void> | void
  /** A column's type for bytes, and bytes as a literal. */
  readonly bytes: { type: string; literal: (hex: string) => string }
  close(): Promise<void> | void
}
