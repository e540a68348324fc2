import { type RawBuilder, sql } from 'kysely'
import type { Store } from './store.ts'

/**
 * Rows of the program's as a table that a query can read: one parameter, however many rows there are, so the statement
 * stays the same and is prepared once. Values may be numbers, strings, booleans and null.
 *
 * @param _store whose dialect it is to be written in; so far there is one
 * @param columns the columns that the query sees, in any order
 * @example
 * ```ts
 * db.updateTable('delivery').from(jsonRows(store, results, ['hook_id', 'status']).as('result'))
 *   .set((eb) => ({ status: eb.ref('result.status') })).whereRef('delivery.hook_id', '=', 'result.hook_id')
 * ```
 */
export function jsonRows<Row extends object, Column extends keyof Row & string>(
  _store: Store,
  rowsGiven: readonly Row[],
  columns: readonly Column[],
): RawBuilder<Pick<Row, Column>> {
  const compact = JSON.stringify(rowsGiven.map((row) => columns.map((column) => row[column] ?? null)))
  const extracted = columns.map(
    (column, index) => sql`json_extract(value, ${sql.lit(`$[${index}]`)}) as ${sql.ref(column)}`,
  )
  return sql<Pick<Row, Column>>`(select ${sql.join(extracted)} from json_each(${compact}))`
}
