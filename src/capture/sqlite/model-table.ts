import type { Model } from '../../catalog/index.ts'
import { entry, member } from '../../catalog/place.ts'
import type { Work } from '../../store/work.ts'
import type { Fault } from '../drift.ts'
import { type OwnerSource, type Part, withoutOwner } from '../wanted.ts'
import { missingColumn, resolveOwner } from './relation.ts'
import { findColumn, readTable, type Table } from './table.ts'

/**
 * A model's table, with the names of its columns as the database writes them, and what is wrong with it. Each fault says
 * what the model can still do.
 */
export interface ModelTable {
  /** Undefined where triggers are impossible. */
  readonly table: Table | undefined
  /** Null where the model has none, undefined where it is not to be found. */
  readonly owner: OwnerSource | undefined
  /** Null where the model has none, undefined where the table lacks the column. */
  readonly softDelete: string | null | undefined
  /** The columns of the key; none where the model has no usable key, which only matters for triggering by hand. */
  readonly key: readonly string[]
  readonly faults: readonly Fault[]
}

/** Looks at the table of a model. */
export function* readModelTable(model: Model): Work<ModelTable> {
  const place = entry('models', model.name)
  const found = yield* readTable(model.table)
  if ('fault' in found) {
    return {
      table: undefined,
      owner: undefined,
      softDelete: undefined,
      key: [],
      faults: [{ field: member(place, 'table'), value: model.table, ...found.fault }],
    }
  }
  const { table } = found
  const faults: Fault[] = []
  const owner = yield* resolveOwner(table, model.owner ?? null, member(place, 'owner'), faults)
  const softDelete = model.softDelete === undefined ? null : findColumn(table, model.softDelete)
  if (softDelete === undefined) {
    faults.push(missingColumn(table, 'soft_delete_missing', member(place, 'softDelete'), model.softDelete))
  }
  const key = (model.key ?? table.key).map((name) => {
    const actual = findColumn(table, name)
    if (actual === undefined) faults.push(missingColumn(table, 'key_missing', member(place, 'key'), name))
    return actual
  })
  const complete = key.filter((name) => name !== undefined)
  return { table, owner, softDelete, key: complete.length === key.length ? complete : [], faults }
}

/**
 * What can be told of a part. Without its owner a model can still tell everyone; without knowing which rows are deleted it
 * can tell nothing that is true.
 */
export function usablePart(part: Part, { owner, softDelete }: ModelTable): Part | undefined {
  if (softDelete === undefined) return undefined
  return owner === undefined ? withoutOwner({ ...part, softDelete }) : { ...part, owner, softDelete }
}

/** Another catalog's part, whose missing columns would break every statement on the table. */
export function* fits(part: Part, table: Table): Work<boolean> {
  if (part.softDelete !== null && findColumn(table, part.softDelete) === undefined) return false
  return (yield* resolveOwner(table, part.owner, 'owner', [])) !== undefined
}
