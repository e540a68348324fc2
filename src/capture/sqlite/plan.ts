import type { BuiltInAction } from '../../catalog/index.ts'
import type { Change } from '../dialect.ts'
import { type CaptureDrift, conflict, nameTaken } from '../drift.ts'
import { merge, type Part } from '../wanted.ts'
import { identifier, lowerCase } from './quote.ts'
import type { Installed, Schema } from './schema.ts'
import type { Table } from './table.ts'
import { TRIGGER_VERSION, triggerName, triggersOf } from './trigger.ts'

/** All that concerns the changes of one kind of one table. */
export interface Place {
  readonly table: Table
  readonly action: BuiltInAction
  readonly wanted: Part[]
  /** What the installed triggers are for, as far as it fits the table. */
  readonly others: Part[]
  readonly installed: Installed[]
}

/** What is to be done about a place. */
export interface Plan {
  drift: CaptureDrift[]
  install: Change[]
  repair: Change[]
}

/** Compares what is wanted with what is installed. */
export function planPlace(place: Place, { foreign }: Schema): Plan {
  const { table, action, wanted, installed } = place
  const name = triggerName(table.name, action)
  const models = wanted.map(({ model }) => model).join(', ')
  const about = { model: models === '' ? null : models, table: table.name }
  const taken = triggersOf(table, action, wanted).find((text) => foreign.has(lowerCase(text.name)))?.name
  if (taken !== undefined) {
    const drift = nameTaken(about, taken, `changes of ${table.name} are not captured`)
    return { drift: [drift], install: [], repair: [] }
  }
  const install = changesTo(place, wanted)
  // A newer hookwright knows better.
  if (installed.some(({ header }) => header.version > TRIGGER_VERSION))
    return { drift: [], install, repair: [] }

  const merged = merge(wanted, place.others)
  const repair = changesTo(place, merged.parts)
  const drift: CaptureDrift[] = []
  if (merged.conflicts.length > 0) {
    drift.push(conflict(about, name, merged.conflicts))
  }
  if (repair.length > 0) drift.push({ ...about, ...describe(place, name), repairable: true })
  return { drift, install, repair }
}

function describe({ installed, table }: Place, name: string): Pick<CaptureDrift, 'problem' | 'message'> {
  if (installed.length === 0) {
    return {
      problem: 'missing',
      message: `The trigger ${name} is missing: changes of ${table.name} go unnoticed. Most migration tools for SQLite rebuild tables and drop triggers.`,
    }
  }
  return {
    problem: 'outdated',
    message: `The trigger ${name} is not as it should be: the columns of ${table.name}, the catalog or hookwright have changed since it was installed.`,
  }
}

/** The statements that make a place's triggers these parts, and nothing else. */
function changesTo({ table, action, installed }: Place, parts: readonly Part[]): Change[] {
  if (parts.length === 0) return installed.map(drop)
  const texts = triggersOf(table, action, parts)
  const kept = installed.filter(({ sql }) => texts.some((text) => text.sql === sql))
  return [
    ...installed.filter((trigger) => !kept.includes(trigger)).map(drop),
    ...texts
      .filter(({ sql }) => !kept.some((trigger) => trigger.sql === sql))
      .map(({ name, sql }): Change => ({ kind: 'create', trigger: name, sql })),
  ]
}

export function drop({ name }: Installed): Change {
  return { kind: 'drop', trigger: name, sql: `DROP TRIGGER IF EXISTS ${identifier(name)}` }
}
