import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Store } from './store.ts'

type Dialected = Pick<Store, 'dialect'>

/**
 * Rows of the program's as a table that a query can read: a parameter or one a column, however many rows there are, so the
 * statement stays the same. Values may be numbers, strings and null.
 *
 * @param columns the columns that the query sees, in any order. Their names tell their types: see `typeOf`
 * @example
 * ```ts
 * db.updateTable('delivery').from(givenRows(store, results, ['hook_id', 'status']).as('result'))
 *   .set((eb) => ({ status: eb.ref('result.status') })).whereRef('delivery.hook_id', '=', 'result.hook_id')
 * ```
 */
export function givenRows<Row extends object, Column extends keyof Row & string>(
  { dialect }: Dialected,
  rowsGiven: readonly Row[],
  columns: readonly Column[],
): RawBuilder<Pick<Row, Column>> {
  if (dialect === 'postgres') {
    const arrays = columns.map((column) => {
      const values = rowsGiven.map((row) => row[column] ?? null)
      return sql`${values}::${sql.raw(typeOf(column))}[]`
    })
    const names = columns.map((column) => sql.ref(column))
    return sql<Pick<Row, Column>>`(select * from unnest(${sql.join(arrays)}) as given(${sql.join(names)}))`
  }
  const compact = JSON.stringify(rowsGiven.map((row) => columns.map((column) => row[column] ?? null)))
  const extracted = columns.map(
    (column, index) => sql`json_extract(value, ${sql.lit(`$[${index}]`)}) as ${sql.ref(column)}`,
  )
  return sql<Pick<Row, Column>>`(select ${sql.join(extracted)} from json_each(${compact}))`
}

/**
 * `column in (…)` with one parameter, however many values there are.
 *
 * @param column a column of ours, with or without its table
 */
export function isGiven(
  { dialect }: Dialected,
  column: string,
  values: Iterable<string | number>,
): RawBuilder<SqlBool> {
  const list = [...values]
  if (dialect === 'postgres') {
    return sql<SqlBool>`${sql.ref(column)} = any(${list}::${sql.raw(typeOf(column))}[])`
  }
  return sql<SqlBool>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(list)}))`
}

/** The numbers among the columns of our tables that fit into 32 bits, and what queries call such. */
const INTEGERS = new Set([
  'number',
  'attempts',
  'duration_ms',
  'status',
  'response_truncated',
  'broadcast',
  'cancelled',
  'tries',
  'excused',
  'manual',
  'failures',
  'warned',
  'opens',
  'filtered',
])
const BIGINTS =
  /^(id|seq|hook_id|event_seq|held_seq|cursor|fanout_cursor|tat|not_before|at|until|\w+_(?:at|until|since))$/

/** The type of a column of ours in PostgreSQL, and of what queries call like one; it tells it from no parameter. */
export function typeOf(column: string): string {
  const name = column.slice(column.lastIndexOf('.') + 1)
  if (BIGINTS.test(name)) return 'bigint'
  return INTEGERS.has(name) ? 'integer' : 'text'
}
