import { type ColumnDataType, CompiledQuery, sql } from 'kysely'
import type { FieldType } from '../catalog/index.ts'
import { problem } from '../core/errors.ts'
import { exclusively } from '../store/exclusively.ts'
import type { Store } from '../store/store.ts'
import { TABLE_PREFIX } from '../store/table-names.ts'
import { exec, first, rows, type Work } from '../store/work.ts'
import type { FieldDefinition, FieldDefinitions } from './field.ts'

/** Types that every database knows, and that SQLite tells apart again when it is asked for them. */
const columnTypes: Record<FieldType, ColumnDataType> = {
  boolean: 'boolean',
  integer: 'bigint',
  number: 'double precision',
  string: 'text',
}

/**
 * Gives the table of hooks a column for each of the application's fields, and each hook a value in it. Columns that are
 * there already stay; a column whose field was taken out of the option stays too, with what is in it.
 *
 * @returns the names of the columns that were added
 * @throws `option_invalid` when there is such a column of another type, or when hooks exist that would have no value
 * @example
 * ```ts
 * await store.write(() => ensureFieldColumns(store, fields))
 * ```
 */
export function* ensureFieldColumns(store: Store, fields: FieldDefinitions): Work<string[]> {
  yield* exclusively(store, 'hooks')
  const existing = yield* columnsOf(store)
  const added: string[] = []
  for (const field of fields.values()) {
    const type = existing.get(field.name.toLowerCase())
    if (type === undefined) {
      yield* exec(addition(store, field))
      added.push(field.name)
    } else if (type !== columnTypes[field.type]) {
      throw problem('option_invalid', {
        field: `hook.fields.${field.name}.type`,
        value: field.type,
        problem: `the table of hooks has a column of that name and of type "${type}"`,
        cure: 'Give the field another name, or the type that it had',
      })
    }
    if (!field.nullable) yield* fill(store, field)
  }
  return added
}

/** The statements by which `ensureFieldColumns` would add columns, also while there is no table of hooks yet. */
export function* planFieldColumns(store: Store, fields: FieldDefinitions): Work<string[]> {
  const existing = yield* readColumns(store)
  return [...fields.values()]
    .filter(({ name }) => !existing.has(name.toLowerCase()))
    .map((field) => addition(store, field).sql)
}

function* readColumns(store: Store): Work<Map<string, string>> {
  const columns = yield* rows(columnsQuery(store) as CompiledQuery<{ name: string; type: string }>)
  return new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]))
}

function* columnsOf(store: Store): Work<Map<string, string>> {
  const columns = yield* readColumns(store)
  if (columns.size === 0) {
    throw problem('database_outdated', {
      problem: `the database ${store.name} has no table of hooks`,
      cure: 'Call migrate() before',
    })
  }
  return columns
}

function columnsQuery({ dialect, schema }: Store): CompiledQuery {
  if (dialect === 'sqlite') {
    return CompiledQuery.raw('SELECT name, lower(type) AS type FROM pragma_table_info(?)', [
      `${TABLE_PREFIX}hook`,
    ])
  }
  return CompiledQuery.raw(
    `SELECT column_name::text AS name, data_type::text AS type FROM information_schema.columns
     WHERE table_schema = $1 AND table_name = 'hook'`,
    [schema],
  )
}

function addition(store: Store, { name, type, default: fallback }: FieldDefinition): CompiledQuery {
  return store.db.schema
    .alterTable('hook')
    .addColumn(name, columnTypes[type], (column) => {
      if (fallback === undefined || fallback === null) return column
      // Statements that define tables take no parameters. Truth is 0 or 1 in SQLite.
      return column.defaultTo(
        sql.lit(typeof fallback === 'boolean' && store.dialect === 'sqlite' ? Number(fallback) : fallback),
      )
    })
    .compile()
}

/** Hooks from the time before the field, or when it could be null. */
function* fill({ db }: Store, field: FieldDefinition): Work<void> {
  const column = db.dynamic.ref<never>(field.name)
  if (field.default !== undefined) {
    yield* exec(
      db
        .updateTable('hook')
        .set(field.name as never, field.default as never)
        .where(column, 'is', null),
    )
    return
  }
  const hook = yield* first(
    db.selectFrom('hook').select('id').where(column, 'is', null).where('deleted_at', 'is', null).limit(1),
  )
  if (hook === undefined) return
  throw problem('option_invalid', {
    field: `hook.fields.${field.name}`,
    problem: `there are hooks without it, such as ${hook.id}`,
    cure: 'Give the field a default, or make it nullable',
  })
}
