import { CompiledQuery, type Kysely } from 'kysely'
import { identifier } from '../quote.ts'
import type { Tables } from '../tables.ts'
import { exec, first, rows, type Work } from '../work.ts'
import { exclusively } from './exclusively.ts'
import { type Migration, migrations } from './migrations/index.ts'

const THINGS = `SELECT relname::text AS thing FROM pg_catalog.pg_class AS class
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace WHERE nspname = $1
  UNION ALL
  SELECT relname || '.' || attname FROM pg_catalog.pg_attribute AS attribute
    JOIN pg_catalog.pg_class AS class ON class.oid = attrelid
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
    WHERE nspname = $1 AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT proname || '()' FROM pg_catalog.pg_proc AS proc
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = proc.pronamespace WHERE nspname = $1
  UNION ALL
  SELECT relname || '!' || tgname FROM pg_catalog.pg_trigger AS trigger
    JOIN pg_catalog.pg_class AS class ON class.oid = tgrelid
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
    WHERE nspname = $1 AND NOT tgisinternal`

/** What is to be run so that the schema is as this version wants it. */
export interface Pending {
  statements: string[]
  steps: Pick<Migration, 'id' | 'name'>[]
}

/** Looks what is missing: also tables that a schema tool has dropped, which come back, though empty. */
export function* pendingMigration(schema: string, all: readonly Migration[] = migrations): Work<Pending> {
  const s = identifier(schema)
  const found = yield* rows(CompiledQuery.raw(THINGS, [schema]) as CompiledQuery<{ thing: string }>)
  const existing = new Set(found.map(({ thing }) => thing))
  const statements: string[] = []
  const there = yield* first(
    CompiledQuery.raw('SELECT 1 AS there FROM pg_catalog.pg_namespace WHERE nspname = $1', [schema]),
  )
  // Asking for a schema that is there wants a right that the application need not have.
  if (there === undefined) statements.push(`CREATE SCHEMA ${s}`)
  if (!existing.has('migration')) {
    statements.push(
      `CREATE TABLE ${s}.migration (id integer PRIMARY KEY, name text NOT NULL, applied_at bigint NOT NULL)`,
    )
  }
  const steps: Pending['steps'] = []
  for (const { id, name, statements: statementsOf } of all) {
    const missing: string[] = []
    let runs = false
    for (const { makes, sql } of statementsOf(s)) {
      if (makes !== '') runs = !existing.has(makes)
      if (runs) missing.push(sql)
    }
    if (missing.length > 0) steps.push({ id, name })
    statements.push(...missing)
  }
  return { statements, steps }
}

/** Brings the tables to the newest version. A second process that does so at the same moment waits, and finds nothing to do. */
export function* migrateTables(
  db: Kysely<Tables>,
  schema: string,
  now: number,
  all: readonly Migration[] = migrations,
): Work<void> {
  yield* exclusively(schema, 'migrate')
  const { statements, steps } = yield* pendingMigration(schema, all)
  for (const statement of statements) yield* exec(CompiledQuery.raw(statement))
  for (const { id, name } of steps) {
    yield* exec(
      db
        .insertInto('migration')
        .values({ id, name, applied_at: now })
        .onConflict((conflict) => conflict.doNothing()),
    )
  }
}
