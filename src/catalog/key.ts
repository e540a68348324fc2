import { problem } from '../core/errors.ts'
import { isOptions } from './check-option.ts'
import type { Model } from './models.ts'
import { list } from './suggest.ts'

/** What a column of a primary key may hold. */
export type KeyValue = string | number | bigint

/**
 * The values of a row's key, in the order of its columns. A key of one column is given as it is, one of several as an
 * object by the names that user code knows; an object does for one column as well.
 *
 * @param columns the columns of the primary key
 * @throws `key_invalid`
 * @example
 * ```ts
 * keyOf(book, ['id'], 7) // [7]
 * keyOf(line, ['order_id', 'number'], { order_id: 7, number: 1 }) // [7, 1]
 * ```
 */
export function keyOf(model: Model, columns: readonly string[], key: unknown): KeyValue[] {
  const names = columns.map((column) => model.rename(column))
  if (names.length === 1 && isKeyValue(key)) return [key]
  if (!isOptions(key)) throw refused(model, names, key)
  const values = names.map((name) => key[name])
  if (Object.keys(key).length === names.length && values.every(isKeyValue)) return values
  throw refused(model, names, Object.keys(key))
}

function isKeyValue(value: unknown): value is KeyValue {
  return (
    typeof value === 'string' ||
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isFinite(value))
  )
}

function refused(model: Model, names: readonly string[], value: unknown): Error {
  return problem('key_invalid', {
    field: 'key',
    value,
    problem: `it names no row of "${model.name}"`,
    cure:
      names.length === 1
        ? `Give the value of ${list(names)}: a string, a number or a bigint`
        : `Give an object with ${list(names)}: each a string, a number or a bigint`,
  })
}
