import type { Change } from '../dialect.ts'
import { type CaptureDrift, nameTaken } from '../drift.ts'
import { eventsOf, type Part } from '../wanted.ts'
import { inList, NOW } from './event-insert.ts'
import { DEPARTED_TABLE, LISTENING_TABLE, TRIGGER_PREFIX } from './names.ts'
import { identifier, literal, lowerCase } from './quote.ts'
import { departedName, type Lookup, lookupOf } from './relation.ts'

/** A trigger that notes the owners of rows that are deleted. */
export interface InstalledDeparting {
  readonly name: string
  readonly sql: string
}

/** Raise it with every change of the trigger's text. */
const VERSION = 1

const MARK = /^CREATE TRIGGER (?:"(?:[^"]|"")*"|\w+) \/\* hookwright departs (\d+) \*\//

function versionOf(sql: string): number | undefined {
  const version = MARK.exec(sql)?.[1]
  return version === undefined ? undefined : Number(version)
}

export function isDepartingTrigger(sql: string): boolean {
  return versionOf(sql) !== undefined
}

/** No name of another trigger of ours ends so. */
function departingName(table: string): string {
  return `${TRIGGER_PREFIX}${table}_departs`
}

interface Departing {
  readonly table: string
  /** By the name of the note. */
  readonly notes: Map<string, { lookup: Lookup; events: Set<string> }>
}

/**
 * The trigger on a related table. It runs before the row is gone: a cascade deletes what refers to it only afterwards, and
 * the triggers there still need the owner.
 */
function departingSql({ table, notes }: Departing): string {
  const inserts = [...notes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([note, { lookup, events }]) => {
      const key = `OLD.${identifier(lookup.key)}`
      return `  INSERT INTO ${DEPARTED_TABLE} (table_name, key, owner, at)
    SELECT ${literal(note)}, CAST(${key} AS TEXT), CAST(OLD.${identifier(lookup.column)} AS TEXT), ${NOW}
    WHERE ${key} IS NOT NULL AND EXISTS (SELECT 1 FROM ${LISTENING_TABLE} WHERE event IN ${inList([...events].sort())})
    ON CONFLICT (table_name, key) DO UPDATE SET owner = excluded.owner, at = excluded.at;`
    })
  return `CREATE TRIGGER ${identifier(departingName(table))} /* hookwright departs ${VERSION} */
BEFORE DELETE ON ${identifier(table)}
BEGIN
${inserts.join('\n')}
END`
}

/** The related tables of these parts: of all but `created`, for a row that is new has its related row. */
function departingOf(parts: readonly Part[]): Departing[] {
  const byTable = new Map<string, Departing>()
  for (const part of parts) {
    if (part.owner === null || typeof part.owner === 'string') continue
    const lookup = lookupOf(part.owner)
    const departing: Departing = byTable.get(lowerCase(lookup.table)) ?? {
      table: lookup.table,
      notes: new Map(),
    }
    byTable.set(lowerCase(lookup.table), departing)
    const name = departedName(lookup)
    const note = departing.notes.get(name) ?? { lookup, events: new Set<string>() }
    departing.notes.set(name, note)
    for (const event of eventsOf(part)) note.events.add(event)
  }
  return [...byTable.values()]
}

/**
 * Compares the triggers on related tables with what the parts need.
 *
 * @param wanted our catalog's parts on `updated` and `deleted`
 * @param others those of other catalogs, as far as they fit
 */
export function planDeparting(
  wanted: readonly Part[],
  others: readonly Part[],
  installed: readonly InstalledDeparting[],
  foreign: ReadonlySet<string>,
): { drift: CaptureDrift[]; install: Change[]; repair: Change[] } {
  const drift: CaptureDrift[] = []
  const repair: Change[] = []
  for (const departing of departingOf([...wanted, ...others])) {
    const name = departingName(departing.table)
    const about = { model: null, table: departing.table }
    if (foreign.has(lowerCase(name))) {
      drift.push(nameTaken(about, name, `owners of deleted rows of ${departing.table} are not noted`))
      continue
    }
    const there = installed.find((trigger) => lowerCase(trigger.name) === lowerCase(name))
    // A newer hookwright knows better.
    if ((versionOf(there?.sql ?? '') ?? 0) > VERSION) continue
    const changes = changesTo(departing, there)
    if (changes.length === 0) continue
    repair.push(...changes)
    const problem = there === undefined ? 'missing' : 'outdated'
    const message = `The trigger ${name}, which notes the owners of deleted rows of ${departing.table}, is ${problem}.`
    drift.push({ ...about, problem, message, repairable: true })
  }
  const kept = departingOf(wanted).filter(({ table }) => !foreign.has(lowerCase(departingName(table))))
  const names = new Set(kept.map(({ table }) => lowerCase(departingName(table))))
  const install = [
    ...installed.filter(({ name }) => !names.has(lowerCase(name))).map(dropDeparting),
    ...kept.flatMap((departing) =>
      changesTo(
        departing,
        installed.find(({ name }) => lowerCase(name) === lowerCase(departingName(departing.table))),
      ),
    ),
  ]
  return { drift, install, repair }
}

function changesTo(departing: Departing, there: InstalledDeparting | undefined): Change[] {
  const sql = departingSql(departing)
  if (there?.sql === sql) return []
  const create: Change = { kind: 'create', trigger: departingName(departing.table), sql }
  return there === undefined ? [create] : [dropDeparting(there), create]
}

export function dropDeparting({ name }: InstalledDeparting): Change {
  return { kind: 'drop', trigger: name, sql: `DROP TRIGGER IF EXISTS ${identifier(name)}` }
}
