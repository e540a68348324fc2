import { CompiledQuery } from 'kysely'
import { faultOf, messageOf } from '../../core/errors.ts'
import { planFieldColumns } from '../../hooks/index.ts'
import type { PostgresStore } from '../../store/postgres/index.ts'
import { rows } from '../../store/work.ts'
import type { DoctorContext } from './context.ts'
import { countText, type Found } from './finding.ts'
import { checkPostgres } from './postgres.ts'
import { checkSqlite } from './sqlite.ts'

/** Beyond that each claim and each result is slow. */
const SLOW_MS = 250

/** Whether the database is there, is quick, has our tables, and what else its kind may suffer from. */
export async function checkDatabase({ store, fields }: DoctorContext): Promise<Found[]> {
  try {
    await store.open()
    store.verify()
  } catch (error) {
    return [unusable(error)]
  }
  const latency = await latencyOf(store)
  const own = store.dialect === 'sqlite' ? checkSqlite(store) : checkPostgres(store as PostgresStore)
  // Both are waited for: what is still under way when this has failed would be nobody's.
  const [tables, ofKind] = await Promise.all([checkTables({ store, fields }), own])
  return [latency, ...tables, ...ofKind]
}

function unusable(error: unknown): Found {
  // What hookwright throws names the cure itself.
  return {
    code: 'unusable',
    state: 'error',
    message: messageOf(error),
    details: { code: faultOf(error) },
  }
}

async function latencyOf(store: DoctorContext['store']): Promise<Found> {
  const isSqlite = store.dialect === 'sqlite'
  const version = isSqlite
    ? 'SELECT sqlite_version() AS version'
    : "SELECT current_setting('server_version') AS version"
  const started = performance.now()
  const [row] = await store.read(() => rows(CompiledQuery.raw(version) as CompiledQuery<{ version: string }>))
  const latencyMs = Math.round((performance.now() - started) * 10) / 10
  const kind = isSqlite ? 'SQLite' : 'PostgreSQL'
  const details = { dialect: store.dialect, version: row?.version ?? '', name: store.name, latencyMs }
  const message = `${kind} ${details.version} at ${store.name} answers in ${latencyMs} ms.`
  if (latencyMs < SLOW_MS) return { code: 'reachable', state: 'ok', message, details }
  const cure = 'Run the dispatcher near the database, and look what keeps the database busy.'
  return { code: 'slow', state: 'warning', message, cure, details }
}

async function checkTables({ store, fields }: Pick<DoctorContext, 'store' | 'fields'>): Promise<Found[]> {
  const missing = await store.planMigration()
  // Columns of fields go into a table that has to be there.
  const columns = missing.length > 0 ? [] : await store.read(() => planFieldColumns(store, fields))
  if (missing.length + columns.length === 0)
    return [{ code: 'migrated', state: 'ok', message: "hookwright's tables are there and current." }]
  const what =
    missing.length > 0
      ? `hookwright's tables are missing, or of a version before: ${countText(missing.length, 'statement')} to run.`
      : `The table of hooks lacks ${countText(columns.length, 'column')} for the option hook.fields.`
  return [
    {
      code: 'migration_pending',
      state: 'error',
      message: what,
      cure: 'Run `hookwright migrate`, or `await hooks.migrate()` when the application starts.',
      details: { statements: [...missing, ...columns] },
    },
  ]
}
