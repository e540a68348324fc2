import { CompiledQuery } from 'kysely'
import type { PostgresStore } from '../../store/postgres/index.ts'
import { first, rows } from '../../store/work.ts'
import { countText, type Found } from './finding.ts'
import { checkSnapshots } from './postgres-snapshots.ts'

const MANY_CONNECTIONS = 0.8
const MOST_CONNECTIONS = 0.95
/** So many dead rows slow down claims, whatever else there is. */
const MANY_DEAD_ROWS = 100_000

/** What only a server can suffer from. */
export async function checkPostgres(store: PostgresStore): Promise<Found[]> {
  const found = await Promise.all([
    checkServer(store),
    checkSnapshots(store),
    checkVacuum(store),
    checkPrivileges(store),
  ])
  return found.flat()
}

interface Server {
  standby: boolean
  read_only: boolean
  used: number
  most: number
  autovacuum: boolean
  sees_all: boolean
}

async function checkServer(store: PostgresStore): Promise<Found[]> {
  const query = CompiledQuery.raw(`SELECT pg_is_in_recovery() AS standby,
    current_setting('transaction_read_only') = 'on' AS read_only,
    (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
    current_setting('autovacuum') = 'on' AS autovacuum,
    pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all`) as CompiledQuery<Server>
  const server = await store.read(() => first(query))
  if (server === undefined) return []
  const found: Found[] = []
  if (server.standby) {
    found.push({
      code: 'standby',
      state: 'error',
      message: 'This server is a standby, which nobody can write to: nothing can be sent or written down.',
      cure: 'Give postgres() the address of the primary.',
    })
  } else if (server.read_only) {
    found.push({
      code: 'read_only',
      state: 'error',
      message: 'Transactions of this user are read-only: nothing can be sent or written down.',
      cure: 'Turn default_transaction_read_only off for this user or database: ALTER ROLE … RESET default_transaction_read_only.',
    })
  }
  const { used, most } = server
  const share = used / Math.max(1, most)
  found.push({
    code: 'connections',
    state: share >= MOST_CONNECTIONS ? 'error' : share >= MANY_CONNECTIONS ? 'warning' : 'ok',
    message: `${used} of ${most} connections are in use.`,
    ...(share >= MANY_CONNECTIONS && {
      cure: 'Lower the pools (maxConnections of postgres()), put PgBouncer before the server, or raise max_connections.',
    }),
    details: { used, most },
  })
  if (!server.autovacuum) {
    found.push({
      code: 'autovacuum_off',
      state: 'warning',
      message: 'Autovacuum is off on this server: deliveries become slower with each that is made.',
      cure: 'ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf();',
    })
  }
  if (!server.sees_all) {
    found.push({
      code: 'sees_little',
      state: 'ok',
      message:
        "This user does not see other users' sessions, so a snapshot that they hold is not found here.",
      cure: 'For that, a superuser runs: GRANT pg_read_all_stats TO the user of postgres().',
    })
  }
  return found
}

interface Vacuumed {
  name: string
  live: number
  dead: number
  vacuumed_at: number | null
  off: boolean
}

async function checkVacuum(store: PostgresStore): Promise<Found[]> {
  const query = CompiledQuery.raw(
    `SELECT s.relname::text AS name, s.n_live_tup::float8 AS live, s.n_dead_tup::float8 AS dead,
      (extract(epoch FROM greatest(s.last_vacuum, s.last_autovacuum)) * 1000)::float8 AS vacuumed_at,
      coalesce('autovacuum_enabled=false' = ANY (c.reloptions) OR 'autovacuum_enabled=off' = ANY (c.reloptions), false) AS off
    FROM pg_stat_all_tables s JOIN pg_class c ON c.oid = s.relid
    WHERE s.schemaname = $1 ORDER BY s.n_dead_tup DESC`,
    [store.schema],
  ) as CompiledQuery<Vacuumed>
  const tables = await store.read(() => rows(query))
  const found: Found[] = []
  for (const { name, live, dead, vacuumed_at } of tables) {
    if (dead < MANY_DEAD_ROWS || dead < live / 2) continue
    const when =
      vacuumed_at === null ? 'was never vacuumed' : `was vacuumed ${new Date(vacuumed_at).toISOString()}`
    found.push({
      code: 'dead_rows',
      state: 'warning',
      message: `${store.schema}.${name} has ${countText(dead, 'dead row')} beside ${live.toLocaleString('en')} live ones, and ${when}.`,
      cure: `End what holds an old snapshot, if something does; then VACUUM "${store.schema}"."${name}". If it comes back, let autovacuum work faster (autovacuum_vacuum_cost_limit).`,
      details: { table: name, live, dead },
    })
  }
  const off = tables.filter((table) => table.off).map(({ name }) => `${store.schema}.${name}`)
  if (off.length > 0) {
    found.push({
      code: 'autovacuum_off',
      state: 'warning',
      message: `Autovacuum is off for ${off.join(', ')}.`,
      cure: `ALTER TABLE ${off[0]} RESET (autovacuum_enabled);`,
      details: { tables: off },
    })
  }
  return found
}

async function checkPrivileges(store: PostgresStore): Promise<Found[]> {
  const query = CompiledQuery.raw(
    `SELECT current_user::text AS me, c.relname::text AS name, concat_ws(', ',
        CASE WHEN NOT has_schema_privilege(n.oid, 'USAGE') THEN 'USAGE of the schema' END,
        CASE WHEN NOT has_table_privilege(c.oid, 'SELECT') THEN 'SELECT' END,
        CASE WHEN NOT has_table_privilege(c.oid, 'INSERT') THEN 'INSERT' END,
        CASE WHEN NOT has_table_privilege(c.oid, 'UPDATE') THEN 'UPDATE' END,
        CASE WHEN NOT has_table_privilege(c.oid, 'DELETE') THEN 'DELETE' END) AS missing
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY c.relname`,
    [store.schema],
  ) as CompiledQuery<{ me: string; name: string; missing: string }>
  const lacking = (await store.read(() => rows(query))).filter(({ missing }) => missing !== '')
  if (lacking.length === 0) return []
  const { me } = lacking[0] as { me: string }
  const list = lacking.map(({ name, missing }) => `${name} (${missing})`).join(', ')
  return [
    {
      code: 'privileges',
      state: 'error',
      message: `The user ${me} lacks rights on hookwright's tables: ${list}.`,
      cure: `GRANT USAGE ON SCHEMA "${store.schema}" TO "${me}"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "${store.schema}" TO "${me}";`,
      details: { user: me, tables: lacking.map(({ name, missing }) => ({ name, missing })) },
    },
  ]
}
