import type { Part } from '../wanted.ts'
import type { OwnerLookup } from './relation.ts'
import type { Table } from './table.ts'

/** A part with its columns as the database writes them. */
export interface PlacePart {
  readonly part: Part
  /** How the owner of a row is found; undefined where it has none. */
  readonly owner: string | OwnerLookup | undefined
}

/** What the decoder is told of a table's columns, as JSON; undefined where there is nothing to tell. */
export function hintsOf({ columns }: Pick<Table, 'columns'>): string | undefined {
  const hints = columns.filter(({ hint }) => hint !== undefined).map(({ name, hint }) => [name, hint])
  return hints.length === 0 ? undefined : JSON.stringify(Object.fromEntries(hints))
}
