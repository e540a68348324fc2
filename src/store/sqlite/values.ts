import { isUint8Array } from 'node:util/types'
import { problem, show } from '../../core/errors.ts'

/** What SQLite can be given. */
export type SqlValue = null | number | bigint | string | Uint8Array

/**
 * A parameter as SQLite gets it. What SQLite has no type for is refused: an object in the first place would be taken for
 * the bag of named parameters, and would shift all others by one in silence.
 *
 * @throws `database_invalid`
 */
export function toSqlValue(value: unknown): SqlValue {
  switch (typeof value) {
    case 'string':
    case 'bigint':
      return value
    case 'number':
      // Both libraries bind every number as a floating point value: 5 would read '5.0' in a text.
      return Number.isSafeInteger(value) ? BigInt(value) : value
    case 'boolean':
      return value ? 1n : 0n
    default:
      if (value === null || isUint8Array(value)) return value
      throw problem('database_invalid', {
        field: 'query parameter',
        problem: `SQLite cannot store ${value instanceof Date ? `a Date, ${show(value)}` : show(value)}`,
        cure: 'Pass a string, number, bigint, boolean, Uint8Array or null',
      })
  }
}

/**
 * Both libraries are asked for every integer as a bigint, because otherwise one fails beyond ±2^53 and the other loses digits.
 * Those that fit become numbers again.
 */
export function narrowIntegers(row: Record<string, unknown>): void {
  for (const column in row) {
    const value = row[column]
    if (typeof value !== 'bigint') continue
    const number = Number(value)
    if (Number.isSafeInteger(number)) row[column] = number
  }
}
