import type { OwnerRelation } from '../../catalog/index.ts'
import { member } from '../../catalog/place.ts'
import { show } from '../../core/errors.ts'
import type { Work } from '../../store/work.ts'
import type { Fault } from '../drift.ts'
import type { OwnerSource } from '../wanted.ts'
import { DEPARTED_TABLE } from './names.ts'
import { identifier, literal } from './quote.ts'
import { findColumn, readTable, type Table } from './table.ts'

/** Finds the columns that name a row's owner, as the database writes them; undefined, and faults, where one is missing. */
export function* resolveOwner(
  table: Table,
  owner: OwnerSource,
  field: string,
  faults: Fault[],
): Work<OwnerSource | undefined> {
  if (owner === null) return null
  if (typeof owner === 'string') {
    const column = findColumn(table, owner)
    if (column === undefined) faults.push(missingColumn(table, 'owner_missing', field, owner))
    return column
  }
  const on = findColumn(table, owner.on)
  if (on === undefined) faults.push(missingColumn(table, 'owner_missing', member(field, 'on'), owner.on))
  const found = yield* readTable(owner.table)
  if ('fault' in found) {
    faults.push({ ...found.fault, kind: 'owner_missing', field: member(field, 'table'), value: owner.table })
    return undefined
  }
  const related = found.table
  const column = findColumn(related, owner.column)
  if (column === undefined) {
    faults.push(missingColumn(related, 'owner_missing', member(field, 'column'), owner.column))
  }
  const key = resolveKey(related, owner.key, member(field, 'key'), faults)
  if (on === undefined || column === undefined || key === undefined) return undefined
  return { table: related.name, on, column, key }
}

function resolveKey(
  related: Table,
  given: string | undefined,
  field: string,
  faults: Fault[],
): string | undefined {
  if (given !== undefined) {
    const column = findColumn(related, given)
    if (column === undefined) faults.push(missingColumn(related, 'owner_missing', field, given))
    return column
  }
  const [key, ...more] = related.key
  if (key !== undefined && more.length === 0) return key
  faults.push({
    kind: 'owner_missing',
    field,
    value: undefined,
    problem: `the table ${JSON.stringify(related.name)} has ${key === undefined ? 'no primary key' : 'a primary key of several columns'}`,
    cure: 'Name the column there that `on` refers to',
  })
  return undefined
}

export function missingColumn(table: Table, kind: Fault['kind'], field: string, value: unknown): Fault {
  return {
    kind,
    field,
    value,
    problem: `the table ${JSON.stringify(table.name)} has no such column`,
    cure: `Its columns are ${show(table.columns.join(', '))}; name one of them, or add the column with a migration of yours`,
  }
}

/** A relation with all its names found. */
export type Lookup = OwnerRelation & { readonly key: string }

/** Marks notes in the table of the departed: whose key it is, and what of the row is kept. */
export function departedName({ table, key, column }: Lookup): string {
  return JSON.stringify([table, key, column])
}

/** @throws where the key was not resolved, which is a mistake of ours */
export function lookupOf(relation: OwnerRelation): Lookup {
  if (relation.key === undefined)
    throw new Error('The key of a relation is resolved before its trigger is made')
  return { ...relation, key: relation.key }
}

/**
 * A row's owner as text; an owner is kept and compared as text. A related row that is gone has left a note: with a cascade,
 * the database deletes it before the rows that refer to it.
 *
 * @param row what the columns are read from: `NEW`, `OLD`, or an alias of the table
 */
export function ownerExpression(owner: OwnerSource, row: string): string {
  if (owner === null) return 'NULL'
  if (typeof owner === 'string') return `CAST(${row}.${identifier(owner)} AS TEXT)`
  const lookup = lookupOf(owner)
  const on = `${row}.${identifier(lookup.on)}`
  return `(SELECT found.owner FROM (
    SELECT 0 AS place, CAST(related.${identifier(lookup.column)} AS TEXT) AS owner FROM ${identifier(lookup.table)} AS related WHERE related.${identifier(lookup.key)} = ${on}
    UNION ALL
    SELECT 1, note.owner FROM ${DEPARTED_TABLE} AS note WHERE note.table_name = ${literal(departedName(lookup))} AND note.key = CAST(${on} AS TEXT)
  ) AS found ORDER BY found.place LIMIT 1)`
}

/** Whether a row has an owner. */
export function hasOwner(owner: OwnerSource, row: string): string {
  if (owner === null) return 'FALSE'
  return typeof owner === 'string'
    ? `${row}.${identifier(owner)} IS NOT NULL`
    : `${ownerExpression(owner, row)} IS NOT NULL`
}
