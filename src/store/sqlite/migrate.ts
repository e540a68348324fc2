import { CompiledQuery, type Kysely } from 'kysely'
import type { Tables } from '../tables.ts'
import { exec, rows, type Work } from '../work.ts'
import { type Migration, migrations } from './migrations/index.ts'

const CREATE_MIGRATION_TABLE = `CREATE TABLE IF NOT EXISTS hookwright_migration (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
)`

const EXISTING_THINGS = `SELECT name AS thing FROM sqlite_schema WHERE name LIKE 'hookwright~_%' ESCAPE '~'
  UNION ALL
  SELECT tables.name || '.' || columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
  WHERE tables.type = 'table' AND tables.name LIKE 'hookwright~_%' ESCAPE '~'`

/**
 * Brings the tables to the newest version. It is one transaction that takes the write lock first, so a second process that
 * migrates at the same moment waits, and then finds nothing to do. Each statement makes one thing and runs where that thing
 * is missing: tables that a schema tool has dropped come back, though empty.
 */
export function* migrateTables(db: Kysely<Tables>, now: number, steps = migrations): Work<Migration[]> {
  yield* exec(CompiledQuery.raw(CREATE_MIGRATION_TABLE))
  const missing = yield* missingStatements(steps)
  const done = steps.filter((migration) => migration.statements.some((statement) => missing.has(statement)))
  for (const { id, name, statements } of done) {
    for (const statement of statements) if (missing.has(statement)) yield* exec(CompiledQuery.raw(statement))
    const row = { id, name, applied_at: now }
    yield* exec(
      db
        .insertInto('migration')
        .values(row)
        .onConflict((conflict) => conflict.doNothing()),
    )
  }
  return done
}

/** The statements that `migrateTables` would run. */
export function* planMigration(steps = migrations): Work<string[]> {
  const missing = yield* missingStatements([
    { id: 0, name: '', statements: [CREATE_MIGRATION_TABLE] },
    ...steps,
  ])
  return [...missing]
}

/** The statements of all migrations whose table, index or column is not there. */
export function* missingStatements(steps = migrations): Work<Set<string>> {
  const things = yield* rows(CompiledQuery.raw(EXISTING_THINGS) as CompiledQuery<{ thing: string }>)
  const existing = new Set(things.map(({ thing }) => thing))
  return new Set(steps.flatMap(({ statements }) => statements.filter((text) => !existing.has(madeBy(text)))))
}

/** The table, index or `table.column` that a statement makes. */
function madeBy(statement: string): string {
  const created = /^CREATE (?:UNIQUE )?(?:TABLE|INDEX) (?:IF NOT EXISTS )?(\w+)/.exec(statement)
  if (created?.[1] !== undefined) return created[1]
  const added = /^ALTER TABLE (\w+) ADD COLUMN (\w+)/.exec(statement)
  if (added !== null) return `${added[1]}.${added[2]}`
  throw new Error(`A migration's statement must create a table or index, or add a column: ${statement}`)
}
