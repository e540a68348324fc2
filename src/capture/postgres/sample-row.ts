import { CompiledQuery } from 'kysely'
import type { SampleRow } from '../by-key.ts'
import { identifier, literal } from './quote.ts'
import type { Column } from './table.ts'

/**
 * A row that might be in the table, written as a trigger would write it.
 *
 * @param rowJson the SQL that writes `source`
 */
export function sampleRow(columns: readonly Column[], rowJson: string): CompiledQuery<SampleRow> {
  const values = columns.map((column) => `${sampleOf(column)} AS ${identifier(column.name)}`)
  const sql = `SELECT ${rowJson} AS row_json FROM (SELECT ${values.join(', ')}) AS source`
  return CompiledQuery.raw(sql) as CompiledQuery<SampleRow>
}

/** By the name of a type, where its category does not tell. */
const BY_NAME: Readonly<Record<string, string>> = {
  uuid: "'00000000-0000-4000-8000-000000000000'",
  json: "'{}'",
  jsonb: "'{}'",
  bytea: "''",
}

/** By the category of a type: https://www.postgresql.org/docs/current/catalog-pg-type.html#CATALOG-TYPCATEGORY-TABLE */
const BY_CATEGORY: Readonly<Record<string, string>> = {
  A: "'{}'",
  B: "'true'",
  I: "'192.0.2.1'",
  N: "'1'",
  T: "'1 day'",
}

function sampleOf({ name, type, typeName, category }: Column): string {
  if (category === 'D') return `pg_catalog.clock_timestamp()::${type}`
  if (category === 'E') return `pg_catalog.enum_first(NULL::${type})`
  const text = BY_NAME[typeName] ?? BY_CATEGORY[category] ?? (category === 'S' ? literal(name) : 'NULL')
  return `${text}::${type}`
}
