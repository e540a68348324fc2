import type { BuiltInAction } from '../../catalog/index.ts'
import type { Part } from '../wanted.ts'
import type { PlacePart } from './place-part.ts'
import { asText, identifier } from './quote.ts'
import { lookupOf } from './relation.ts'

export type Operation = 'INSERT' | 'UPDATE' | 'DELETE'

/** The transition tables: what a statement has changed. No column may bear these names. */
export const NEW_ROWS = 'hookwright_new'
export const OLD_ROWS = 'hookwright_old'

const main: Record<BuiltInAction, Operation> = { created: 'INSERT', updated: 'UPDATE', deleted: 'DELETE' }

/** The operations that an action may come from: where rows are deleted softly, an update may create and delete. */
export function operationsOf(action: BuiltInAction, parts: readonly Pick<Part, 'softDelete'>[]): Operation[] {
  const soft = parts.some(({ softDelete }) => softDelete !== null)
  return soft && action !== 'updated' ? [main[action], 'UPDATE'] : [main[action]]
}

/** The rows that one operation makes for one part, as queries of `row_json`, `previous_json` and `owner`. */
export interface Rows {
  readonly fast: string
  /**
   * A text for `format`: `%1$s` and `%2$s` are expressions for the new and the old row.
   *
   * @param whole whether the columns that the part names are there
   */
  careful(whole: boolean): string
  readonly hasPrevious: boolean
  /** The columns that the part names. */
  readonly columns: readonly string[]
}

/**
 * Undefined where the operation makes nothing for this part.
 *
 * An update's rows are paired by their places: PostgreSQL adds to both tables at once. A FULL JOIN, which cannot be done by
 * nested loops: a plan that was made for one row would be used for thousands. The columns are taken out before the rows are
 * carried on: of a whole row of a transition table, PostgreSQL finds the wrong fields once a column of the table was dropped.
 */
export function rowsOf(
  schema: string,
  action: BuiltInAction,
  operation: Operation,
  { part: { softDelete }, owner }: PlacePart,
): Rows | undefined {
  if (operation !== main[action] && softDelete === null) return undefined
  const ownerColumn = typeof owner === 'object' ? owner.on : owner
  const columns = [
    ...new Set([ownerColumn, softDelete ?? undefined].filter((column) => column !== undefined)),
  ]
  const source = {
    action,
    softDelete,
    columns,
    ownerOf: (value: string) => {
      if (typeof owner === 'object') return lookupOf(schema, owner, value)
      return asText(value)
    },
    ownerColumn,
  }
  const { fast, careful } = operation === 'UPDATE' ? pairedRows(source) : singleRows(source, operation)
  return { fast, careful, hasPrevious: action === 'updated', columns }
}

interface Source {
  readonly action: BuiltInAction
  readonly softDelete: string | null
  readonly columns: readonly string[]
  readonly ownerColumn: string | undefined
  readonly ownerOf: (value: string) => string
}

function singleRows({ softDelete, ownerColumn, ownerOf }: Source, operation: 'INSERT' | 'DELETE') {
  const rows = operation === 'INSERT' ? NEW_ROWS : OLD_ROWS
  const field = (column: string) => `${rows}.${identifier(column)}`
  const query = (row: string, whole: boolean) =>
    `SELECT ${row} AS row_json, NULL::text AS previous_json, ${whole && ownerColumn !== undefined ? ownerOf(field(ownerColumn)) : 'NULL::text'} AS owner
      FROM ${rows}${whole && softDelete !== null ? ` WHERE ${field(softDelete)} IS NULL` : ''}`
  return {
    fast: query(`row_to_json(${rows})::text`, true),
    careful: (whole: boolean) => query(operation === 'INSERT' ? '%1$s' : '%2$s', whole),
  }
}

function pairedRows({ action, softDelete, columns, ownerColumn, ownerOf }: Source) {
  const field = (side: 'new' | 'old', column: string) => `${side}_${columns.indexOf(column)}`
  const side = (name: 'new' | 'old', whole: boolean, text: string) => {
    const rows = name === 'new' ? NEW_ROWS : OLD_ROWS
    const taken = whole
      ? columns.map((column) => `, ${rows}.${identifier(column)} AS ${field(name, column)}`)
      : []
    return `(SELECT ${rows} AS ${name}_row, row_number() OVER () AS place${taken.join('')}${text === '' ? '' : `, ${text} AS ${name}_text`} FROM ${rows}) AS ${name}_side`
  }
  const conditions = (whole: boolean) => [
    ...(action === 'updated' ? ['(new_row OPERATOR(pg_catalog.*<>) old_row) IS NOT FALSE'] : []),
    // The actions differ in what the row was before and is now.
    ...(softDelete === null || !whole
      ? []
      : [
          `${field('old', softDelete)} IS ${action === 'created' ? 'NOT ' : ''}NULL`,
          `${field('new', softDelete)} IS ${action === 'deleted' ? 'NOT ' : ''}NULL`,
        ]),
  ]
  const query = (text: (name: 'new' | 'old') => string, whole: boolean, texts: readonly [string, string]) =>
    `SELECT ${text('new')} AS row_json, ${action === 'updated' ? text('old') : 'NULL::text'} AS previous_json, ${
      whole && ownerColumn !== undefined ? ownerOf(field('new', ownerColumn)) : 'NULL::text'
    } AS owner
      FROM ${side('new', whole, texts[0])}
      FULL JOIN ${side('old', whole, texts[1])} USING (place)${conditions(whole)
        .map((condition, index) => `${index === 0 ? '\n      WHERE' : ' AND'} ${condition}`)
        .join('')}`
  return {
    fast: query((name) => `row_to_json(${name}_row)::text`, true, ['', '']),
    // What creates or deletes softly without its column would create or delete at every update.
    careful: (whole: boolean) =>
      whole || action === 'updated'
        ? query((name) => `${name}_text`, whole, ['%1$s', '%2$s'])
        : `SELECT %1$s AS row_json, NULL::text AS previous_json, NULL::text AS owner FROM ${NEW_ROWS} WHERE false`,
  }
}
