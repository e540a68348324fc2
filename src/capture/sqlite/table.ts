import { CompiledQuery } from 'kysely'
import { first, rows, type Work } from '../../store/work.ts'
import type { Fault } from '../drift.ts'
import { TRIGGER_PREFIX } from './names.ts'
import { lowerCase } from './quote.ts'

/** A table of the application, as the database has it. */
export interface Table {
  readonly name: string
  /** All columns that `SELECT *` gives, in their order. */
  readonly columns: readonly string[]
  /** The type that each column is declared with. */
  readonly declared?: ReadonlyMap<string, string>
  /** The columns that are never NULL. */
  readonly notNull?: ReadonlySet<string>
  /** The columns that are computed from others. */
  readonly generated: ReadonlySet<string>
  /** The columns of the primary key; none where the table has no such key. */
  readonly key: readonly string[]
}

/** How SQLite finds a column: ASCII letters in either case. */
export function findColumn({ columns }: Table, name: string): string | undefined {
  return (
    columns.find((column) => column === name) ??
    columns.find((column) => lowerCase(column) === lowerCase(name))
  )
}

export type Found = { table: Table } | { fault: Omit<Fault, 'field' | 'value'> }

/** Looks at a table by its name. */
export function* readTable(name: string): Work<Found> {
  const object = yield* first(
    CompiledQuery.raw(
      `SELECT name, type, sql FROM sqlite_schema WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')`,
      [name],
    ) as CompiledQuery<{ name: string; type: string; sql: string | null }>,
  )
  if (object === undefined) {
    return {
      fault: {
        kind: 'table_missing',
        problem: 'the database has no such table',
        cure:
          'Correct the name, or create the table before hooks.migrate(). Tables of attached databases cannot be captured, ' +
          'and a schema is not part of the name',
      },
    }
  }
  const unusable = whyUnusable(object)
  if (unusable !== undefined) return { fault: { kind: 'table_unusable', ...unusable } }
  const columns = yield* rows(
    CompiledQuery.raw(
      `SELECT name, type, pk, hidden, "notnull" AS not_null FROM pragma_table_xinfo(?) ORDER BY cid`,
      [object.name],
    ) as CompiledQuery<{ name: string; type: string; pk: number; hidden: number; not_null: number }>,
  )
  return {
    table: {
      name: object.name,
      columns: columns.map((column) => column.name),
      declared: new Map(columns.map((column) => [column.name, column.type])),
      // A key of one INTEGER column is the rowid, whether it says NOT NULL or not.
      notNull: new Set(
        columns
          .filter(({ not_null, pk, type }) => not_null === 1 || (pk === 1 && /^INTEGER$/i.test(type)))
          .map((column) => column.name),
      ),
      generated: new Set(columns.filter(({ hidden }) => hidden !== 0).map((column) => column.name)),
      key: columns.filter(({ pk }) => pk > 0).map((column) => column.name),
    },
  }
}

function whyUnusable({ name, type, sql }: { name: string; type: string; sql: string | null }) {
  if (type === 'view') {
    return {
      problem: 'it is a view, and SQLite tells no trigger what changes behind a view',
      cure: 'Name the table that the view reads',
    }
  }
  if (/^CREATE VIRTUAL TABLE/i.test(sql ?? '')) {
    return {
      problem: 'it is a virtual table, and SQLite has no triggers on these',
      cure: "Name an ordinary table, or call hooks.trigger('Model.created', key) where the application writes",
    }
  }
  if (lowerCase(name).startsWith('sqlite_')) {
    return { problem: 'it is a table of SQLite itself', cure: "Name a table of the application's" }
  }
  if (lowerCase(name).startsWith(TRIGGER_PREFIX)) {
    return { problem: "it is one of hookwright's own tables", cure: "Name a table of the application's" }
  }
  return undefined
}
