import type { Change } from '../dialect.ts'
import type { CaptureDrift } from '../drift.ts'
import { eventsOf } from '../wanted.ts'
import { NOW } from './event-insert.ts'
import type { FunctionDefinition } from './function.ts'
import { isAsWanted, makeFunction } from './function-changes.ts'
import { digest, shortName } from './names.ts'
import type { PlacePart } from './place-part.ts'
import { dropFunction, dropTrigger, type Place } from './plan.ts'
import { asText, identifier, inList, literal, qualified } from './quote.ts'
import { departedKey, type OwnerLookup } from './relation.ts'
import type { Ownership } from './role.ts'
import type { InstalledTrigger, Schema } from './schema.ts'
import type { Table } from './table.ts'

/** Marks the function as ours, and its version. */
const MARK = '/* hookwright departing 1 */'

export function isDeparting(body: string): boolean {
  return /^\s*\/\* hookwright departing \d+ \*\//.test(body)
}

/** The owners that are found in one table, and the events that want them after a row of it is gone. */
interface Departing {
  readonly table: Table
  readonly lookups: Map<string, { lookup: OwnerLookup; events: Set<string> }>
}

/**
 * The function of a trigger that notes whose a row is that others refer to, before it is deleted: with a cascade, the database
 * deletes the row that is referred to first.
 */
function departingFunction(schema: string, { table, lookups }: Departing): FunctionDefinition {
  const s = identifier(schema)
  const blocks = [...lookups.values()].map(
    ({
      lookup,
      events,
    }) => `  IF EXISTS (SELECT FROM ${s}.listening WHERE event IN ${inList([...events].sort())}) THEN
    BEGIN
      given_key := ${asText(`OLD.${identifier(lookup.key.name)}`)};
      given_owner := ${asText(`OLD.${identifier(lookup.column)}`)};
    EXCEPTION
      WHEN undefined_column OR datatype_mismatch THEN
        given_key := NULL;
        RAISE WARNING 'hookwright: %', SQLERRM;
    END;
    IF given_key IS NOT NULL THEN
      INSERT INTO ${s}.departed (table_name, key, owner, at)
        VALUES (${literal(departedKey(lookup))}, given_key, given_owner, ${NOW})
        ON CONFLICT (table_name, key) DO UPDATE SET owner = excluded.owner, at = excluded.at;
    END IF;
  END IF;
`,
  )
  return {
    name: shortName(`${table.name}_departing_${digest(JSON.stringify([table.schema, table.name]))}`),
    parameters: '',
    returns: 'trigger',
    settings: [['search_path', 'pg_catalog, pg_temp']],
    definer: true,
    body: `
${MARK}
DECLARE
  given_key text;
  given_owner text;
BEGIN
${blocks.join('')}  RETURN OLD;
END
`,
  }
}

function departingOf(places: readonly Place[], partsOf: (place: Place) => readonly PlacePart[]): Departing[] {
  const found = new Map<string, Departing>()
  for (const place of places) {
    if (place.action === 'created') continue
    for (const { owner, part } of partsOf(place)) {
      if (typeof owner !== 'object') continue
      const departing = found.get(owner.table.oid) ?? { table: owner.table, lookups: new Map() }
      found.set(owner.table.oid, departing)
      const key = departedKey(owner)
      const entry = departing.lookups.get(key) ?? { lookup: owner, events: new Set<string>() }
      for (const event of eventsOf(part)) entry.events.add(event)
      departing.lookups.set(key, entry)
    }
  }
  // In one order whatever the catalog's, so that the same parts make the same text.
  return [...found.values()].map(({ table, lookups }) => ({
    table,
    lookups: new Map([...lookups].sort(([a], [b]) => (a < b ? -1 : 1))),
  }))
}

/** Compares the triggers on related tables with what the places need. */
export function planDeparting(
  schema: string,
  ownership: Ownership,
  installed: Schema,
  places: readonly Place[],
): { drift: CaptureDrift[]; install: Change[]; repair: Change[] } {
  const context = { schema, ownership, installed }
  const repair = changesTo(
    context,
    departingOf(places, (place) => [...place.wanted, ...place.others]),
    false,
  )
  const drift = repair
    .filter(({ trigger }) => trigger !== '')
    .map(
      ({ trigger }): CaptureDrift => ({
        problem: 'missing',
        model: null,
        table: null,
        message: `The trigger ${trigger}, which notes the owners of rows that are deleted, is missing or outdated.`,
        repairable: true,
      }),
    )
  return {
    drift,
    install: changesTo(
      context,
      departingOf(places, (place) => place.wanted),
      true,
    ),
    repair,
  }
}

function changesTo(
  { schema, ownership, installed }: { schema: string; ownership: Ownership; installed: Schema },
  wanted: readonly Departing[],
  dropsOthers: boolean,
): Change[] {
  const ours = installed.functions.filter(({ body }) => isDeparting(body))
  const triggers = installed.triggers.filter((trigger) => ours.some(({ oid }) => oid === trigger.function))
  const changes: Change[] = []
  const kept = new Set<unknown>()
  for (const departing of wanted) {
    const { table } = departing
    const definition = departingFunction(schema, departing)
    const name = shortName(`${schema}_${table.name}_departing`)
    const current = ours.find((found) => found.name === definition.name)
    const there = triggers.find((found) => found.table === table.oid && found.name === name)
    kept.add(current).add(there)
    if (current === undefined || !isAsWanted(current, definition, ownership)) {
      const kind = there === undefined ? 'prepare' : 'replace'
      changes.push(
        ...makeFunction(schema, definition, ownership, { kind, trigger: there === undefined ? '' : name }),
      )
    }
    if (there === undefined || there.function !== current?.oid || !fits(there)) {
      changes.push({
        kind: there === undefined ? 'create' : 'replace',
        trigger: name,
        sql: `CREATE OR REPLACE TRIGGER ${identifier(name)} BEFORE DELETE ON ${table.sql}
FOR EACH ROW EXECUTE FUNCTION ${qualified(schema, definition.name)}()`,
      })
    }
  }
  if (!dropsOthers) return changes
  return [
    ...changes,
    ...triggers.filter((found) => !kept.has(found)).map(dropTrigger),
    ...ours.filter((found) => !kept.has(found)).map((found) => dropFunction(found, '')),
  ]
}

/** Before a deletion, for each row. */
function fits({ type, enabled, odd }: InstalledTrigger): boolean {
  return type === 11 && enabled === 'O' && !odd
}
