import { CompiledQuery } from 'kysely'
import type { SampleRow } from '../by-key.ts'
import { identifier, literal } from './quote.ts'
import { rowExpression } from './row-expression.ts'
import type { Table } from './table.ts'

/** A row that might be in the table, written as a trigger would write it. */
export function sampleRow({ columns, declared }: Table): CompiledQuery<SampleRow> {
  const values = columns.map(
    (column) => `${sampleOf(column, declared?.get(column) ?? '')} AS ${identifier(column)}`,
  )
  const sql = `SELECT ${rowExpression(columns, 'source')} AS row_json FROM (SELECT ${values.join(', ')}) AS source`
  return CompiledQuery.raw(sql) as CompiledQuery<SampleRow>
}

/** What the words in a declared type stand for, the first that fits: SQLite's own rules, after what ORMs write. */
const SAMPLES: readonly (readonly [RegExp, string])[] = [
  [/BOOL/, '1'],
  [/JSON/, "'{}'"],
  [/^DATE$/, "strftime('%Y-%m-%d', 'now')"],
  [/DATE|TIMESTAMP/, "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"],
  [/^TIME/, "strftime('%H:%M:%S', 'now')"],
  [/INT/, '1'],
  [/CHAR|CLOB|TEXT|UUID/, ''],
  [/BLOB/, "x''"],
  [/REAL|FLOA|DOUB/, '1.5'],
  [/NUM|DEC/, '1'],
]

function sampleOf(column: string, declared: string): string {
  const [, sample = ''] = SAMPLES.find(([word]) => word.test(declared.toUpperCase())) ?? []
  return sample === '' ? literal(column) : sample
}
