import type { JsonSchema } from '../../catalog/index.ts'
import type { ColumnShape } from '../by-key.ts'
import type { Table } from './table.ts'

/**
 * What rows have in the columns, by the types that these are declared with. SQLite keeps other values in them all the same,
 * unless the table is STRICT.
 */
export function columnShapes({ columns, declared, notNull }: Table): ColumnShape[] {
  return columns.map((name) => {
    const [, schema = {}, example] =
      SHAPES.find(([word]) => word.test((declared?.get(name) ?? '').toUpperCase())) ?? []
    const nullable = notNull?.has(name) !== true
    return { name, schema, nullable, ...(example !== undefined && { example }) }
  })
}

const text: JsonSchema = { type: 'string' }

/** The first that fits, in the order of `sampleRow`. A time has no format: applications write it in several ways. */
const SHAPES: readonly (readonly [RegExp, JsonSchema, string?])[] = [
  [/BOOL/, { type: 'integer', enum: [0, 1] }],
  [/JSON/, text],
  [/^DATE$/, text, '2026-01-31'],
  [/DATE|TIMESTAMP/, text, '2026-01-31T12:00:00Z'],
  [/^TIME/, text, '12:00:00'],
  [/INT/, { type: 'integer' }],
  [/CHAR|CLOB|TEXT|UUID/, text],
  [/BLOB/, { type: 'string', contentEncoding: 'base64' }],
  [/REAL|FLOA|DOUB/, { type: 'number' }],
  [/NUM|DEC/, { type: 'number' }],
]
