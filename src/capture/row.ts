import { parseExact } from '../core/json.ts'
import { decodeHinted } from './hinted-row.ts'

/**
 * Reads a row as a trigger has written it: an object by column, in JSON that loses nothing.
 *
 * Integers beyond ±2^53 become bigints, blobs base64 text, real numbers numbers (also `Infinity`, which JSON does not know);
 * text, `null` and all else are as the database has them. On PostgreSQL a `numeric` with a fraction is a number where that
 * loses no digit, and otherwise its text.
 *
 * @param text `row_json` or `previous_json` of an event: an object, or on PostgreSQL `[hints, object]` where columns need them
 * @example
 * ```ts
 * decodeRow('{"id":9007199254740993,"cover":{"$blob":"00FF"}}') // { id: 9007199254740993n, cover: 'AP8=' }
 * decodeRow('[{"cover":"blob"},{"id":1,"cover":"\\\\x00ff"}]') // { id: 1, cover: 'AP8=' }
 * ```
 */
export function decodeRow(text: string): Record<string, unknown> {
  if (text.startsWith('[')) return decodeHinted(text)
  const row = parseRow(text)
  for (const column of Object.keys(row)) {
    const value = row[column]
    if (typeof value === 'object' && value !== null) row[column] = decodeValue(value)
  }
  return row
}

/** The exact way is several times slower, and few rows need it. */
function parseRow(text: string): Record<string, unknown> {
  const row = JSON.parse(text) as Record<string, unknown>
  return Object.values(row).some(isInexact) ? (parseExact(text) as Record<string, unknown>) : row
}

function isInexact(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
}

function decodeValue(value: object): unknown {
  if ('$blob' in value) return Buffer.from(String(value.$blob), 'hex').toString('base64')
  if ('$real' in value) return Number(value.$real)
  return value
}
