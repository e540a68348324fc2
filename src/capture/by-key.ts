import type { CompiledQuery } from 'kysely'
import type { EventDefinition, JsonSchema, Model } from '../catalog/index.ts'
import type { Work } from '../store/work.ts'

/** Which row an event by hand is about, and how it is written. */
export interface InsertByKey {
  model: Model
  /** A built-in action or a custom one. */
  action: string
  /** The value of the key, or an object where it has several columns: see `keyOf` of the catalog. */
  key: unknown
  /** The events to write, a row for each. */
  events: readonly Pick<EventDefinition, 'name' | 'everyone'>[]
  /** Makes the uid of an event (32 hexadecimal digits); otherwise the database does. */
  uid?: () => string
  /** Instead of the owner that the row names; null for nobody, which only a broadcast event can have. */
  owner?: string | null
  /** Whether the hooks of every owner hear of it; otherwise what each event says. */
  broadcast?: boolean
  /** Whether events that no hook listens to are left out, as by a trigger. True by default. */
  onlyIfListening?: boolean
  /** Milliseconds since the epoch; otherwise by the database's clock. */
  createdAt?: number
}

/** A row as `readByKey` gives it. */
export interface CapturedRow {
  /** As a trigger would write it; `decodeRow` reads it. */
  row_json: string
  /** Null where the model names no owner's column, or the row's is null. */
  owner: string | null
}

/** A row that was made up. */
export type SampleRow = Pick<CapturedRow, 'row_json'>

/** What a row has in one of its columns, as `decodeRow` gives it. */
export interface ColumnShape {
  readonly name: string
  /** As JSON. */
  readonly schema: JsonSchema
  /** Whether it may be null. */
  readonly nullable: boolean
  /** In place of what `sampleRow` has, where that is another each time: the time. */
  readonly example?: string
}

/**
 * Reads single rows and writes events about them, exactly as a trigger would. What comes out is both a query to be yielded in
 * `Work` and plain `{ sql, parameters }` for the caller's own transaction.
 */
export interface ByKey {
  /**
   * Learns the table of a model; the other functions need that. Run it in the same transaction before each use: as long as
   * the schema stays the same it is one query: of a few microseconds on SQLite, a few milliseconds on PostgreSQL.
   *
   * @throws `capture_failed` when the table or a column that the model names is missing
   */
  describe(model: Model): Work<void>
  /**
   * A query for the row of that key; it gives none when there is no such row.
   *
   * @throws `key_invalid`
   */
  readByKey(model: Model, key: unknown): CompiledQuery<CapturedRow>
  /** The columns of a model's key as the database writes them; none where it has no key. */
  keyColumns(model: Model): readonly string[]
  /** A query for a row that might be in the model's table, with a value in each column, by its type. */
  sampleRow(model: Model): CompiledQuery<SampleRow>
  /** The columns of the model's table, in their order. */
  columns(model: Model): ColumnShape[]
  /**
   * Statements that write events about the row of that key, one for each event. One that is not broadcast and has no owner
   * is not written; nor is any when there is no such row.
   *
   * @throws `key_invalid`
   */
  insertByKey(request: InsertByKey): CompiledQuery[]
}
