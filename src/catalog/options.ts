import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Kysely } from 'kysely'
import type { RowType } from './row-type.ts'

/** A row as user code sees it: a plain object with its columns, renamed where `naming` or `columns` say so. */
export type Row = Readonly<Record<string, unknown>>

/** What a serializer gets beside the row. */
export interface SerializerContext {
  /** The event's name: `book.added`. */
  readonly event: string
  /** What happened to the model: `created`, `updated`, `deleted` or a custom action. */
  readonly action: string
  /** The row before the change, where it was updated. */
  readonly previous: Row | undefined
  /** Reads the application's database, as it is when the serializer runs: rows that belong to this one. */
  // biome-ignore lint/suspicious/noExplicitAny: the tables are the application's own, and it alone knows their types
  readonly db: Kysely<any>
}

/** Turns a row into the event's data: a function, or a Standard Schema that checks and transforms the row. */
export type Serializer =
  | ((row: Row, context: SerializerContext) => unknown)
  | StandardSchemaV1<unknown, unknown>

/** Whether a change of a row is the event. `before` is the row before the change, where it was updated. */
export type When = (row: Row, before: Row | undefined) => boolean

/**
 * The type of a serializer's row while it has none. Write it at the parameter, `serialize: (book: BookRow) => …`: it gives
 * every `when` its types as well.
 */
// biome-ignore lint/suspicious/noEmptyInterface: its name is what the compiler says when a column is read from it
export interface RowWithoutType {}

/** Written as a method, so that the parameter may have whatever type the user gives it. */
type SerializeOption = { bivariant(row: RowWithoutType, context: SerializerContext): unknown }['bivariant']

/** Whose row it is, where a related row says so: a book belongs to the user of its shelf. */
export interface OwnerRelation {
  /** The related table: `shelf`. */
  readonly table: string
  /** The column of the model's table that refers to it: `shelf_id`. */
  readonly on: string
  /** The column of the related table that names the owner: `user_id`. */
  readonly column: string
  /** The column of the related table that `on` refers to; its primary key unless told. */
  readonly key?: string
}

/** A table whose changes are events. */
export interface ModelOption {
  /** The table in the database. */
  readonly table: string
  /**
   * What says whose row it is: a column, or a column of a related row. Hooks of that owner hear of it. Needed unless every
   * event of the model has `+`.
   */
  readonly owner?: string | OwnerRelation
  /**
   * The column that marks a row as deleted by being no longer NULL: `deleted_at`. Such a change is `deleted`, its reverse
   * `created`, and changes while it is marked are no events.
   */
  readonly softDelete?: string
  /** The columns of the primary key, where it is not to be asked of the database. */
  readonly key?: string | readonly string[]
  /** Names the row's columns for user code: with `camel`, `read_pages` is `readPages`. */
  readonly naming?: 'camel'
  /** Names single columns for user code, before `naming` does: `{ createdAt: 'created_at' }`. */
  readonly columns?: Readonly<Record<string, string>>
  /** Turns the row into the event's data; without it, the data is the row. */
  readonly serialize?: SerializeOption | StandardSchemaV1
  /** The row's type, where no serializer tells it: `rowType<BookRow>()`. */
  readonly row?: RowType<unknown>
}

export type ModelsOption = Readonly<Record<string, ModelOption>>

/** `{ on: 'Book.updated', when: … }`: an event that only some changes are. */
export interface EventObject<On, ModelRow, Before, Previous> {
  /** `'Model.action'` or `'Model.action+'`. */
  readonly on: On
  /** Whether this change is the event. It runs in the dispatcher, once per change. */
  readonly when?: (row: ModelRow, before: Before) => boolean
  /**
   * Whether the event has, beside its data, those fields of it that were different before the update, as they were. For this
   * the serializer runs once more, on the row before.
   */
  readonly previous?: Previous
  /** What it means, for those who may subscribe to it: it is in the catalog and in the API's documents. */
  readonly description?: string
}

/** `{ payload: null, description: '…' }`: an event that only `send` makes, with a description. */
export interface PayloadObject<Payload> {
  /** Null for any payload, or a Standard Schema. */
  readonly payload: Payload
  /** What it means, for those who may subscribe to it. */
  readonly description?: string
}

/** The type of a hook's own field, and of its column. */
export type FieldType = 'boolean' | 'integer' | 'number' | 'string'

/** A field that the application adds to every hook. */
export type FieldOption =
  | FieldOf<'boolean', boolean>
  | FieldOf<'integer', number>
  | FieldOf<'number', number>
  | FieldOf<'string', string>

interface FieldOf<Type extends FieldType, Value> {
  readonly type: Type
  /** What a hook has that is created without it. */
  readonly default?: Value
  /** Whether it may be null, which is then its default. */
  readonly nullable?: boolean
}

export type FieldsOption = Readonly<Record<string, FieldOption>>
