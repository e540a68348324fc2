import type { Kysely, QueryResult } from 'kysely'

/** One connection, for as long as a piece of work needs it. */
export interface Session {
  /** Runs one statement. */
  query(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>>
  /** Runs statements without parameters and without results, in as few round trips as can be. */
  script(statements: readonly string[]): Promise<void>
  /** Ends a transaction. @throws when the server rolled it back instead */
  commit(): Promise<void>
}

/** Where connections come from. */
export interface PostgresSource {
  /** Where the database is, for messages; undefined where only the server itself can tell. */
  readonly place: string | undefined
  /**
   * Gives `use` a connection of its own. A connection on which something has gone wrong that is not over with the statement
   * is thrown away.
   */
  withSession<T>(use: (session: Session) => Promise<T>): Promise<T>
  /**
   * Listens to a channel on a connection of its own, as long as that lives.
   *
   * @param onEnd called once, when nothing will be heard any more
   * @returns a function that ends it; undefined where this source has no such connection
   */
  listen(channel: string, onNotify: () => void, onEnd: () => void): Promise<(() => void) | undefined>
  /** The application's own Kysely instance, where it gave one. */
  readonly applicationDb?: Kysely<unknown>
  /** Runs a statement as the application would, its values as its own driver gives them. */
  queryAsApplication(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>>
  /** Ends the connections that are hookwright's own. */
  close(): Promise<void>
}
