/** From the registry of symbols, so that a second copy of this module in the process knows it too. */
const brand: unique symbol = Symbol.for('hookwright.rowType')

/** A row's type, carried by a value that is nothing else. Made by {@link rowType}. */
export interface RowType<out ModelRow> {
  readonly [brand]: { readonly row?: ModelRow }
}

const carrier: RowType<never> = Object.freeze({ [brand]: {} })

/**
 * Tells the type of a model's rows where no serializer does, so that `when` and the event's data are typed. It does nothing
 * at run time.
 *
 * @example
 * ```ts
 * models: { Book: { table: 'book', owner: 'user_id', row: rowType<BookRow>() } }
 * ```
 */
export function rowType<ModelRow>(): RowType<ModelRow> {
  return carrier
}

/** Whether a value came from {@link rowType}. */
export function isRowType(value: unknown): value is RowType<unknown> {
  return typeof value === 'object' && value !== null && brand in value
}
