import { typeOf } from '../given-rows.ts'
import type { PgQuery } from './handles.ts'

/** PostgreSQL's numbers of the types that are more than text to hookwright. */
const parsers = new Map<number, (text: string) => unknown>([
  [16, (text) => text === 't'],
  [20, readInteger],
  [21, Number],
  [23, Number],
  [700, Number],
  [701, Number],
])

const asText = (text: string) => text

/** How hookwright reads its own tables, whatever parsers the application has set for itself. All else is text. */
export const ownTypes: NonNullable<PgQuery['types']> = {
  getTypeParser: (oid) => parsers.get(oid) ?? asText,
}

/** A bigint as a number, where that loses nothing. */
function readInteger(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

/**
 * Makes numbers of the bigints of our tables. Drivers that cannot be told how to read give most of them as text, and only the
 * column's name tells that it is one.
 */
export function narrowBigints(rows: readonly unknown[]): void {
  for (const row of rows as Record<string, unknown>[]) {
    for (const column in row) {
      const value = row[column]
      if (typeof value === 'bigint') row[column] = readInteger(String(value))
      else if (typeof value === 'string' && typeOf(column) === 'bigint' && /^-?\d+$/.test(value))
        row[column] = readInteger(value)
    }
  }
}
