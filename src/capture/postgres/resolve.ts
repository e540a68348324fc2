import { entry, member } from '../../catalog/place.ts'
import type { Work } from '../../store/work.ts'
import type { Fault } from '../drift.ts'
import { type Part, withoutOwner } from '../wanted.ts'
import type { PlacePart } from './place-part.ts'
import type { OwnerLookup } from './relation.ts'
import { type Column, findColumn, missingColumn, readTable, type Table } from './table.ts'

/** A part with its columns found, and what does not fit. */
export interface Resolved {
  /** What can still be told, which is to everyone where the owner is not to be found; undefined for nothing. */
  readonly place: PlacePart | undefined
  readonly owner: PlacePart['owner']
  readonly faults: readonly Fault[]
}

/** Finds the columns that a model or a part of a trigger names. */
export function* resolvePart(
  table: Table,
  part: Pick<Part, 'model' | 'owner' | 'softDelete'> & Partial<Part>,
  ownSchema: string,
): Work<Resolved> {
  const field = entry('models', part.model)
  const faults: Fault[] = []
  const owner = yield* resolveOwner(table, part.owner, member(field, 'owner'), ownSchema, faults)
  const wantedMark = part.softDelete ?? null
  const mark = wantedMark === null ? undefined : findColumn(table, wantedMark)
  if (wantedMark !== null && mark === undefined)
    faults.push(missingColumn(table, 'soft_delete_missing', member(field, 'softDelete'), wantedMark))
  const softDelete = mark?.name ?? null
  const given: Part = { events: [], everyone: [], ...part, softDelete, owner: sourceOf(part.owner, owner) }
  const whole = part.owner === null || owner !== undefined
  // Without its owner a model can still tell everyone; without knowing what is deleted it can tell nothing that is true.
  const usable = whole ? given : withoutOwner(given)
  const lost = wantedMark !== null && softDelete === null
  return { place: lost || usable === undefined ? undefined : { part: usable, owner }, owner, faults }
}

/** One text for one owner, whoever wrote it. */
function sourceOf(given: Part['owner'], owner: PlacePart['owner']): Part['owner'] {
  if (typeof given !== 'object' || given === null) return typeof owner === 'string' ? owner : given
  const { table, on, column, key } = given
  return { table, on, column, ...(key === undefined ? {} : { key }) }
}

function* resolveOwner(
  table: Table,
  owner: Part['owner'],
  field: string,
  ownSchema: string,
  faults: Fault[],
): Work<PlacePart['owner']> {
  if (owner === null) return undefined
  if (typeof owner === 'string') {
    const column = findColumn(table, owner)
    if (column === undefined) faults.push(missingColumn(table, 'owner_missing', field, owner))
    return column?.name
  }
  const on = findColumn(table, owner.on)
  if (on === undefined) faults.push(missingColumn(table, 'owner_missing', member(field, 'on'), owner.on))
  const found = yield* readTable(owner.table, ownSchema, 'related')
  if ('fault' in found) {
    faults.push({ ...found.fault, kind: 'owner_missing', field: member(field, 'table'), value: owner.table })
    return undefined
  }
  const related = found.table
  const column = findColumn(related, owner.column)
  if (column === undefined)
    faults.push(missingColumn(related, 'owner_missing', member(field, 'column'), owner.column))
  const key = keyOf(related, owner.key, member(field, 'key'), faults)
  if (on === undefined || column === undefined || key === undefined) return undefined
  return { table: related, on: on.name, key, column: column.name } satisfies OwnerLookup
}

function keyOf(
  related: Table,
  given: string | undefined,
  field: string,
  faults: Fault[],
): Column | undefined {
  if (given !== undefined) {
    const column = findColumn(related, given)
    if (column === undefined) faults.push(missingColumn(related, 'owner_missing', field, given))
    return column
  }
  const [name, ...more] = related.key
  if (name !== undefined && more.length === 0) return findColumn(related, name)
  faults.push({
    kind: 'owner_missing',
    field,
    value: undefined,
    problem: `the table ${JSON.stringify(related.shown)} has ${name === undefined ? 'no primary key' : 'a primary key of several columns'}`,
    cure: 'Name the column there that `on` refers to',
  })
  return undefined
}

/** The relations of these columns' owners, for the notes that they leave. */
export function lookupsOf(parts: readonly PlacePart[]): OwnerLookup[] {
  return parts.flatMap(({ owner }) => (typeof owner === 'object' ? [owner] : []))
}
