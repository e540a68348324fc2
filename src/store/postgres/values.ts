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

/** Drivers that cannot be told how to read give most bigints as text; the column's name tells that it is one. */
const BIGINT_COLUMN =
  /^(id|seq|hook_id|event_seq|cursor|fanout_cursor|\w+_at|\w+_until|at|now|hooks|dueDelivery|dueLane|dueEvent|delivery|lane|nextEvent)$/

/** Makes numbers of the bigints of our tables that came as text, or as bigint. */
export function narrowBigints(rows: readonly unknown[]): void {
  for (const row of rows as Record<string, unknown>[]) {
    for (const column in row) {
      const value = row[column]
      if (typeof value === 'bigint') row[column] = readInteger(String(value))
      else if (typeof value === 'string' && BIGINT_COLUMN.test(column) && /^-?\d+$/.test(value))
        row[column] = readInteger(value)
    }
  }
}
