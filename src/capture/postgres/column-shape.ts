import type { JsonSchema } from '../../catalog/index.ts'
import type { ColumnShape } from '../by-key.ts'
import type { Column } from './table.ts'

/** What rows have in a column, by its type. */
export function columnShape({ name, typeName, category, notNull }: Column): ColumnShape {
  const schema = BY_NAME[typeName] ?? BY_CATEGORY[category] ?? {}
  const example = TIMES[typeName]
  return { name, schema, nullable: !notNull, ...(example !== undefined && { example }) }
}

const INTEGER: JsonSchema = { type: 'integer' }
const TEXT: JsonSchema = { type: 'string' }

const BY_NAME: Readonly<Record<string, JsonSchema>> = {
  int2: INTEGER,
  int4: INTEGER,
  int8: INTEGER,
  oid: INTEGER,
  float4: { type: 'number' },
  float8: { type: 'number' },
  // A fraction that a number would lose digits of is text.
  numeric: { type: ['number', 'string'] },
  money: TEXT,
  uuid: { type: 'string', format: 'uuid' },
  bytea: { type: 'string', contentEncoding: 'base64' },
  // Whatever JSON it holds.
  json: {},
  jsonb: {},
  date: { type: 'string', format: 'date' },
  timestamptz: { type: 'string', format: 'date-time' },
}

/** https://www.postgresql.org/docs/current/catalog-pg-type.html#CATALOG-TYPCATEGORY-TABLE */
const BY_CATEGORY: Readonly<Record<string, JsonSchema>> = {
  A: { type: 'array' },
  B: { type: 'boolean' },
  C: { type: 'object' },
  D: TEXT,
  E: TEXT,
  I: TEXT,
  R: TEXT,
  S: TEXT,
  T: TEXT,
  V: TEXT,
}

const TIMES: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  timestamp: '2026-01-31T12:00:00',
  timestamptz: '2026-01-31T12:00:00+00:00',
  time: '12:00:00',
  timetz: '12:00:00+00',
}
