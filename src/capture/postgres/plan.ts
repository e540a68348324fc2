import type { BuiltInAction } from '../../catalog/index.ts'
import type { Change } from '../dialect.ts'
import { type CaptureDrift, conflict, nameTaken } from '../drift.ts'
import { merge, type Part } from '../wanted.ts'
import { isAsWanted, makeFunction } from './function-changes.ts'
import { TRIGGER_VERSION } from './header.ts'
import { shortName } from './names.ts'
import type { PlacePart } from './place-part.ts'
import { identifier, qualified } from './quote.ts'
import type { Ownership } from './role.ts'
import { NEW_ROWS, OLD_ROWS, type Operation, operationsOf } from './rows.ts'
import type { InstalledFunction, InstalledTrigger, Member } from './schema.ts'
import type { Table } from './table.ts'
import { triggerFunction } from './trigger-function.ts'

/** All that concerns the changes of one kind of one table and those below it. */
export interface Place {
  readonly table: Table
  readonly family: readonly Member[]
  readonly action: BuiltInAction
  readonly wanted: PlacePart[]
  /** What the installed functions are for, as far as it fits the table. */
  readonly others: PlacePart[]
  readonly functions: InstalledFunction[]
  readonly triggers: InstalledTrigger[]
}

export interface PlanContext {
  readonly schema: string
  readonly ownership: Ownership
  /** `oid name` of the triggers that are not ours. */
  readonly foreign: ReadonlySet<string>
}

/** What is to be done about a place. */
export interface Plan {
  drift: CaptureDrift[]
  install: Change[]
  repair: Change[]
}

/** Compares what is wanted with what is installed. */
export function planPlace(place: Place, context: PlanContext): Plan {
  const { table, action, wanted, functions, family } = place
  const { schema, foreign } = context
  const name = triggerName(schema, table.name, action)
  const models = wanted.map(({ part }) => part.model).join(', ')
  const about = { model: models === '' ? null : models, table: table.shown }
  const names = operationsOf(
    action,
    wanted.map(({ part }) => part),
  ).map((_, index) => nameOf(name, index))
  if (family.some(({ oid }) => names.some((taken) => foreign.has(`${oid} ${taken}`)))) {
    const drift = nameTaken(about, name, `changes of ${table.shown} are not captured`)
    return { drift: [drift], install: [], repair: [] }
  }
  const install = changesTo(place, wanted, context)
  // A newer hookwright knows better.
  if (functions.some(({ header }) => (header?.version ?? 0) > TRIGGER_VERSION))
    return { drift: [], install, repair: [] }

  const key = ({ model, owner, softDelete }: Part) => JSON.stringify([model, owner, softDelete])
  const known = new Map([...place.others, ...wanted].map((found) => [key(found.part), found]))
  const merged = merge(
    wanted.map(({ part }) => part),
    place.others.map(({ part }) => part),
  )
  const parts = merged.parts.flatMap((part) => {
    const found = known.get(key(part))
    return found === undefined ? [] : [{ ...found, part }]
  })
  const repair = changesTo(place, parts, context)
  const drift: CaptureDrift[] = []
  if (merged.conflicts.length > 0) {
    drift.push(conflict(about, name, merged.conflicts))
  }
  if (repair.length > 0) drift.push({ ...about, ...describe(place, name, repair), repairable: true })
  return { drift, install, repair }
}

function describe(
  { triggers, table }: Place,
  name: string,
  repair: readonly Change[],
): Pick<CaptureDrift, 'problem' | 'message'> {
  const ours = triggers.filter((trigger) => trigger.enabled === 'O')
  if (ours.length === 0 || repair.every(({ kind }) => kind === 'create')) {
    const why =
      triggers.length > ours.length
        ? 'disabled'
        : ours.length === 0
          ? 'missing'
          : `missing on a table below ${table.shown}`
    return {
      problem: 'missing',
      message: `The trigger ${name} is ${why}: changes of ${table.shown} go unnoticed.`,
    }
  }
  return {
    problem: 'outdated',
    message: `The trigger ${name} is not as it should be: the columns of ${table.shown}, the catalog or hookwright have changed since it was installed.`,
  }
}

/** `hookwright_book_created`, as on SQLite, where the schema is `hookwright`. */
function triggerName(schema: string, table: string, action: BuiltInAction): string {
  return shortName(`${schema}_${table}_${action}`)
}

/** An action that also comes from an update needs a second trigger. */
function nameOf(name: string, index: number): string {
  return index === 0 ? name : shortName(`${name}_softly`)
}

const TYPE: Record<Operation, number> = { INSERT: 4, DELETE: 8, UPDATE: 16 }

/** The statements that make a place's triggers these parts, and nothing else. */
function changesTo(place: Place, parts: readonly PlacePart[], { schema, ownership }: PlanContext): Change[] {
  const { table, action, functions, triggers, family } = place
  if (parts.length === 0) {
    return [...triggers.map(dropTrigger), ...functions.map((found) => dropFunction(found, ''))]
  }
  const name = triggerName(schema, table.name, action)
  const wanted = triggerFunction(schema, table, action, parts)
  const current = functions.find((found) => found.name === wanted.name)
  const changes: Change[] = []
  const isSame = current !== undefined && isAsWanted(current, wanted, ownership)
  if (!isSame) {
    const kind = current === undefined || triggers.length === 0 ? 'prepare' : 'replace'
    changes.push(...makeFunction(schema, wanted, ownership, { kind, trigger: name }))
  }
  const kept = new Set<InstalledTrigger>()
  for (const [index, operation] of operationsOf(
    action,
    parts.map(({ part }) => part),
  ).entries()) {
    for (const member of family) {
      const there = triggers.find((found) => found.table === member.oid && found.name === nameOf(name, index))
      if (there !== undefined) kept.add(there)
      if (there !== undefined && current?.oid === there.function && fits(there, operation)) continue
      changes.push({
        kind: there === undefined ? 'create' : 'replace',
        trigger: nameOf(name, index),
        sql: createTrigger(nameOf(name, index), operation, member, qualified(schema, wanted.name)),
      })
    }
  }
  changes.push(...triggers.filter((found) => !kept.has(found)).map(dropTrigger))
  changes.push(...functions.filter((found) => found !== current).map((found) => dropFunction(found, '')))
  return changes
}

function fits({ type, enabled, odd, newRows, oldRows }: InstalledTrigger, operation: Operation): boolean {
  return (
    type === TYPE[operation] &&
    enabled === 'O' &&
    !odd &&
    newRows === (operation === 'DELETE' ? null : NEW_ROWS) &&
    oldRows === (operation === 'INSERT' ? null : OLD_ROWS)
  )
}

/** It waits for who writes at that moment, and lets others read. A disabled trigger is enabled by it. */
function createTrigger(name: string, operation: Operation, { sql }: Member, functionSql: string): string {
  const tables = [
    ...(operation === 'INSERT' ? [] : [`OLD TABLE AS ${OLD_ROWS}`]),
    ...(operation === 'DELETE' ? [] : [`NEW TABLE AS ${NEW_ROWS}`]),
  ]
  return `CREATE OR REPLACE TRIGGER ${identifier(name)} AFTER ${operation} ON ${sql}
REFERENCING ${tables.join(' ')} FOR EACH STATEMENT EXECUTE FUNCTION ${functionSql}()`
}

export function dropTrigger({ name, tableSql }: InstalledTrigger): Change {
  return { kind: 'drop', trigger: name, sql: `DROP TRIGGER IF EXISTS ${identifier(name)} ON ${tableSql}` }
}

export function dropFunction(found: InstalledFunction, trigger: string): Change {
  return {
    kind: trigger === '' ? 'prepare' : 'drop',
    trigger,
    sql: `DROP FUNCTION IF EXISTS ${found.signature}`,
  }
}
