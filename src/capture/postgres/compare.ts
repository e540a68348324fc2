import type { BuiltInAction } from '../../catalog/index.ts'
import type { Work } from '../../store/work.ts'
import type { Change, Findings, OwnersTable } from '../dialect.ts'
import { type CaptureDrift, faultError, storeMissing } from '../drift.ts'
import type { WantedModel } from '../wanted.ts'
import { isDeparting, planDeparting } from './departing.ts'
import type { FunctionDefinition } from './function.ts'
import { makeShared } from './function-changes.ts'
import { isOwnersFunction, planOwners } from './owners.ts'
import { dropFunction, dropTrigger, type Place, planPlace } from './plan.ts'
import { identifier } from './quote.ts'
import { relatedRights } from './related-rights.ts'
import { isLookup, lookupFunctions } from './relation.ts'
import { lookupsOf, resolvePart } from './resolve.ts'
import { readOwnership } from './role.ts'
import { rowFunctions } from './row-function.ts'
import {
  type InstalledFunction,
  type InstalledTrigger,
  readFamily,
  readForeignNames,
  readSchema,
} from './schema.ts'
import { readModelTable, readTableByOid, type Table } from './table.ts'

export interface InspectOptions {
  readonly schema: string
  readonly captureRole: string | false
}

/** Compares the catalog with the database. */
export function* inspect(
  { schema: ownSchema, captureRole }: InspectOptions,
  models: readonly WantedModel[],
  owners?: OwnersTable,
): Work<Findings> {
  const schema = yield* readSchema(ownSchema)
  const ownership = yield* readOwnership(ownSchema, captureRole)
  const drift: CaptureDrift[] = []
  const places = new Map<string, Place>()

  function* placeOf(table: Table, action: BuiltInAction): Work<Place> {
    const key = `${action} ${table.oid}`
    const there = places.get(key)
    if (there !== undefined) return there
    const family = yield* readFamily(table.oid)
    const place: Place = { table, family, action, wanted: [], others: [], functions: [], triggers: [] }
    places.set(key, place)
    return place
  }

  for (const { model, parts } of models) {
    const read = yield* readModelTable(model, ownSchema)
    const faults = [...read.faults]
    if (read.table !== undefined) {
      const { table } = read
      const whole = { model: model.name, owner: model.owner ?? null, softDelete: model.softDelete ?? null }
      faults.push(...(yield* resolvePart(table, whole, ownSchema)).faults)
      for (const [action, part] of parts) {
        const { place } = yield* resolvePart(table, part, ownSchema)
        if (place !== undefined) (yield* placeOf(table, action)).wanted.push(place)
      }
    }
    for (const fault of faults) {
      const message = faultError(fault).message
      drift.push({ problem: fault.kind, model: model.name, table: model.table, message, repairable: false })
    }
  }

  const tables = new Map<string, Table | undefined>()
  const orphans: InstalledFunction[] = []
  const strays: InstalledTrigger[] = []
  for (const found of schema.functions) {
    if (found.header === undefined) continue
    const triggers = schema.triggers.filter((trigger) => trigger.function === found.oid)
    const roots = new Set(triggers.map(({ root }) => root))
    let isUsed = false
    for (const root of roots) {
      if (!tables.has(root)) tables.set(root, yield* readTableByOid(root, ownSchema))
      const table = tables.get(root)
      const ours = triggers.filter((trigger) => trigger.root === root)
      if (table === undefined) {
        strays.push(...ours)
        continue
      }
      isUsed = true
      const place = yield* placeOf(table, found.header.action)
      place.functions.push(found)
      place.triggers.push(...ours)
      for (const part of found.header.parts) {
        const { place: resolved, faults } = yield* resolvePart(table, part, ownSchema)
        // Another catalog's part whose columns are gone tells nothing any more.
        if (resolved !== undefined && faults.length === 0) place.others.push(resolved)
      }
    }
    if (!isUsed) orphans.push(found)
  }
  const foreign = yield* readForeignNames(
    [...places.values()].flatMap(({ family }) => family.map(({ oid }) => oid)),
    ownSchema,
  )
  const context = { schema: ownSchema, ownership, foreign }
  const plans = [...places.values()].map((place) => planPlace(place, context))
  const all = [...places.values()]
  const ofOwners = yield* planOwners(ownSchema, owners, schema)
  const departing = planDeparting(ownSchema, ownership, schema, all)
  drift.push(...ofOwners.drift)
  if (schema.storeMissing) drift.unshift(storeMissing(schema.triggers.length > 0))

  const lookups = (other: boolean) =>
    lookupsOf(all.flatMap((place) => (other ? [...place.wanted, ...place.others] : place.wanted)))
  const rights = yield* relatedRights(ownership, lookups(true))
  const prepare = [...ownership.prepare, ...rights].map(
    (sql): Change => ({ kind: 'prepare', trigger: '', sql }),
  )
  const assemble = (changes: readonly Change[], other: boolean): Change[] => {
    const shared = [...rowFunctions(ownSchema), ...lookupFunctions(ownSchema, lookups(other))]
    return inOrder([...prepare, ...makeShared(ownSchema, shared, schema.functions, ownership), ...changes])
  }
  const repairs = [
    ...plans.flatMap((plan) => plan.repair),
    ...departing.repair,
    ...(owners === undefined ? [] : ofOwners.changes),
  ]
  const repair = assemble(repairs, true)
  drift.push(...plans.flatMap((plan) => plan.drift), ...departing.drift)
  if (repair.length > 0 && !drift.some(({ repairable }) => repairable)) drift.push(incomplete())
  return {
    storeMissing: schema.storeMissing,
    drift,
    notice: ownership.notice,
    install: assemble(
      [
        ...plans.flatMap((plan) => plan.install),
        ...departing.install,
        ...ofOwners.changes,
        ...strays.map(dropTrigger),
        ...orphans.map((found) => dropFunction(found, '')),
        ...unused(schema.functions, lookupFunctions(ownSchema, lookups(false))),
      ],
      false,
    ),
    repair,
    removal: [
      ...schema.triggers.map(dropTrigger),
      ...schema.functions
        .filter(
          ({ header, body }) =>
            header !== undefined || [isOwnersFunction, isDeparting, isLookup].some((is) => is(body)),
        )
        .map((found) => dropFunction(found, '')),
    ],
  }
}

/** Drops what finds owners that nobody asks for any more. */
function unused(installed: readonly InstalledFunction[], wanted: readonly FunctionDefinition[]): Change[] {
  const names = new Set(wanted.map(({ name }) => name))
  return installed
    .filter(({ body, name }) => isLookup(body) && !names.has(name))
    .map((found) => dropFunction(found, ''))
}

/**
 * What is made comes before what calls it, and what is dropped after that. A function whose name another table gets meanwhile
 * is not dropped.
 */
function inOrder(changes: readonly Change[]): Change[] {
  const made = new Set(
    changes.flatMap(({ sql }) => /^CREATE OR REPLACE FUNCTION ([^\n]*?\()/.exec(sql)?.[1] ?? []),
  )
  const isFunctionDrop = ({ sql }: Change) => sql.startsWith('DROP FUNCTION')
  const isTrigger = ({ sql }: Change) => /^(?:CREATE OR REPLACE|DROP) TRIGGER/.test(sql)
  const drops = changes.filter((change) => isFunctionDrop(change) && !made.has(dropped(change.sql)))
  return [
    ...changes.filter((change) => !isFunctionDrop(change) && !isTrigger(change)),
    ...changes.filter(isTrigger),
    ...new Map(drops.map((change) => [change.sql, change])).values(),
  ]
}

/** The name in the form in which it is made: always quoted. */
function dropped(sql: string): string {
  const match = /^DROP FUNCTION IF EXISTS ((?:"(?:[^"]|"")*"|[^".(]+))\.((?:"(?:[^"]|"")*"|[^".(]+))\(/.exec(
    sql,
  )
  if (match === null) return ''
  const quoted = (name = '') => (name.startsWith('"') ? name : identifier(name))
  return `${quoted(match[1])}.${quoted(match[2])}(`
}

function incomplete(): CaptureDrift {
  return {
    problem: 'outdated',
    model: null,
    table: null,
    message:
      'The functions that the capture triggers call, or the rights of their owner, are not as they should be.',
    repairable: true,
  }
}
