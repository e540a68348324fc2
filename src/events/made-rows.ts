import { type Capture, type ColumnShape, decodeRow } from '../capture/index.ts'
import type { Model } from '../catalog/index.ts'
import type { Store } from '../store/store.ts'
import { first } from '../store/work.ts'

/** A model's columns, and rows that might be in its table. */
export interface MadeRows {
  readonly columns: readonly ColumnShape[]
  /** The same at each call: the time in it stands still. */
  readonly row: Readonly<Record<string, unknown>>
  /** Likewise, with null wherever a column may be null. */
  readonly sparse: Readonly<Record<string, unknown>>
}

/**
 * Makes up rows of a model's table, by the types of its columns. Where a number names a row, as keys do, it is 0: nobody's.
 *
 * @throws `capture_failed`, `database_unavailable`
 */
export async function madeRows(store: Store, capture: Capture, model: Model): Promise<MadeRows> {
  const { columns, made } = await store.read(function* () {
    yield* capture.describe(model)
    return { columns: capture.columns(model), made: yield* first(capture.sampleRow(model)) }
  })
  const row = decodeRow(made?.row_json ?? '{}')
  for (const { name, example } of columns) {
    if (example !== undefined) row[name] = example
    if (typeof row[name] === 'number' && namesARow(name, model)) row[name] = 0
  }
  const nulls = columns.filter(({ nullable }) => nullable).map(({ name }) => [name, null] as const)
  return { columns, row, sparse: { ...row, ...Object.fromEntries(nulls) } }
}

function namesARow(column: string, { key, owner }: Model): boolean {
  if (key?.includes(column) === true || column === owner) return true
  return (typeof owner === 'object' && owner.on === column) || /(?:^|_)id$|I[dD]$/.test(column)
}
