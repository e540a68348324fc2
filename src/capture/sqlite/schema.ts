import { CompiledQuery } from 'kysely'
import { rows, type Work } from '../../store/work.ts'
import type { Header } from '../header.ts'
import { type InstalledDeparting, isDepartingTrigger } from './departing.ts'
import { TABLES_OF_TRIGGERS, TRIGGER_PREFIX } from './names.ts'
import { type InstalledOwners, isOwnersTrigger } from './owners.ts'
import { lowerCase } from './quote.ts'
import { triggerHeader } from './trigger.ts'

/** A trigger of ours that the database has. */
export interface Installed {
  readonly name: string
  /** The table that it is on, by SQLite's own record: it follows when the table is renamed. */
  readonly table: string
  readonly sql: string
  readonly header: Header
}

/** What the database has of ours. */
export interface Schema {
  readonly storeMissing: boolean
  readonly installed: readonly Installed[]
  readonly owners: readonly InstalledOwners[]
  readonly departing: readonly InstalledDeparting[]
  /** The names, in lower case, of triggers that are not ours. */
  readonly foreign: ReadonlySet<string>
}

/** Looks for our tables and triggers. */
export function* readSchema(): Work<Schema> {
  const objects = yield* rows(
    CompiledQuery.raw(
      `SELECT type, name, tbl_name, sql FROM sqlite_schema
       WHERE type = 'trigger' OR (type = 'table' AND name IN (SELECT value FROM json_each(?))) ORDER BY name`,
      [JSON.stringify(TABLES_OF_TRIGGERS)],
    ) as CompiledQuery<{ type: string; name: string; tbl_name: string; sql: string }>,
  )
  const installed: Installed[] = []
  const owners: InstalledOwners[] = []
  const departing: InstalledDeparting[] = []
  const foreign = new Set<string>()
  for (const { type, name, tbl_name: table, sql } of objects) {
    if (type !== 'trigger') continue
    if (isOwnersTrigger(sql)) {
      owners.push({ name, sql })
      continue
    }
    if (isDepartingTrigger(sql)) {
      departing.push({ name, sql })
      continue
    }
    const header = lowerCase(name).startsWith(TRIGGER_PREFIX) ? triggerHeader(sql) : undefined
    if (header === undefined) foreign.add(lowerCase(name))
    else installed.push({ name, table, sql, header })
  }
  return {
    storeMissing: objects.filter(({ type }) => type === 'table').length < TABLES_OF_TRIGGERS.length,
    installed,
    owners,
    departing,
    foreign,
  }
}
