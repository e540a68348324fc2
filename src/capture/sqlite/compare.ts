import type { BuiltInAction } from '../../catalog/index.ts'
import type { Work } from '../../store/work.ts'
import type { Change, Findings, OwnersTable } from '../dialect.ts'
import { type CaptureDrift, faultError, storeMissing } from '../drift.ts'
import type { WantedModel } from '../wanted.ts'
import { dropDeparting, planDeparting } from './departing.ts'
import { fits, readModelTable, usablePart } from './model-table.ts'
import { dropOwners, planOwners } from './owners.ts'
import { drop, type Place, planPlace } from './plan.ts'
import { lowerCase } from './quote.ts'
import { readSchema } from './schema.ts'
import { readTable, type Table } from './table.ts'

/** Compares the catalog with the database. */
export function* inspect(models: readonly WantedModel[], owners?: OwnersTable): Work<Findings> {
  const schema = yield* readSchema()
  const drift: CaptureDrift[] = []
  const places = new Map<string, Place>()
  for (const wanted of models) {
    const read = yield* readModelTable(wanted.model)
    for (const fault of read.faults) {
      const { name: model, table } = wanted.model
      drift.push({ problem: fault.kind, model, table, message: faultError(fault).message, repairable: false })
    }
    if (read.table === undefined) continue
    for (const [action, part] of wanted.parts) {
      const usable = usablePart(part, read)
      if (usable !== undefined) placeOf(places, read.table, action).wanted.push(usable)
    }
  }
  for (const trigger of schema.installed) {
    const { action } = trigger.header
    const table = places.get(placeKey(trigger.table, action))?.table ?? (yield* knownTable(trigger.table))
    if (table === undefined) continue
    const place = placeOf(places, table, action)
    place.installed.push(trigger)
    for (const part of trigger.header.parts) if (yield* fits(part, table)) place.others.push(part)
  }
  const plans = [...places.values()].map((place) => planPlace(place, schema))
  const ofOwners = yield* planOwners(owners, schema.owners)
  const later = [...places.values()].filter(({ action }) => action !== 'created')
  const departing = planDeparting(
    later.flatMap(({ wanted }) => wanted),
    later.flatMap(({ others }) => others),
    schema.departing,
    schema.foreign,
  )
  drift.push(...ofOwners.drift, ...departing.drift)
  if (schema.storeMissing)
    drift.unshift(storeMissing(schema.installed.length + schema.owners.length + schema.departing.length > 0))
  return {
    storeMissing: schema.storeMissing,
    drift: [...drift, ...plans.flatMap((plan) => plan.drift)],
    install: dropsFirst([
      ...plans.flatMap((plan) => plan.install),
      ...departing.install,
      ...ofOwners.changes,
    ]),
    repair: dropsFirst([
      ...plans.flatMap((plan) => plan.repair),
      ...departing.repair,
      ...(owners === undefined ? [] : ofOwners.changes),
    ]),
    removal: [
      ...schema.installed.map(drop),
      ...schema.owners.map(dropOwners),
      ...schema.departing.map(dropDeparting),
    ],
  }
}

function placeKey(table: string, action: BuiltInAction): string {
  return `${action} ${lowerCase(table)}`
}

function placeOf(places: Map<string, Place>, table: Table, action: BuiltInAction): Place {
  const key = placeKey(table.name, action)
  const place = places.get(key) ?? { table, action, wanted: [], others: [], installed: [] }
  places.set(key, place)
  return place
}

function* knownTable(name: string): Work<Table | undefined> {
  const found = yield* readTable(name)
  return 'table' in found ? found.table : undefined
}

/** After a table was renamed, its trigger may still have the name that another table's will get. */
function dropsFirst(changes: readonly Change[]): Change[] {
  return [
    ...changes.filter(({ kind }) => kind === 'drop'),
    ...changes.filter(({ kind }) => kind === 'create'),
  ]
}
