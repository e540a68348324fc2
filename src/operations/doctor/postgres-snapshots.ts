import { CompiledQuery } from 'kysely'
import type { PostgresStore } from '../../store/postgres/index.ts'
import { rows } from '../../store/work.ts'
import { type Found, spanText } from './finding.ts'

/** After some 10⁵ deliveries a held snapshot halves what is claimed in a second. */
const LONG_MS = 60_000
const VERY_LONG_MS = 3_600_000
const MOST_NAMED = 5

interface Holder {
  kind: 'session' | 'prepared' | 'slot'
  pid: number | null
  who: string
  state: string
  age_ms: number | null
}

/**
 * Sessions that read with an old snapshot, transactions that were prepared and never ended, and replication slots: while one
 * of them lasts, no dead row can be cleared away, of any table of the database.
 *
 * @param longMs from which age on it is worth a word
 */
export async function checkSnapshots(store: PostgresStore, longMs = LONG_MS): Promise<Found[]> {
  const query = CompiledQuery.raw(
    `SELECT 'session' AS kind, pid, coalesce(nullif(application_name, ''), usename, 'unknown')::text AS who,
      coalesce(state, 'unknown')::text AS state,
      (extract(epoch FROM clock_timestamp() - xact_start) * 1000)::float8 AS age_ms
    FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND datname = current_database()
      AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
      AND xact_start < clock_timestamp() - $1::float8 * interval '1 millisecond'
    UNION ALL
    SELECT 'prepared', NULL, gid::text, 'prepared', (extract(epoch FROM clock_timestamp() - prepared) * 1000)::float8
    FROM pg_prepared_xacts
    WHERE database = current_database() AND prepared < clock_timestamp() - $1::float8 * interval '1 millisecond'
    UNION ALL
    SELECT 'slot', active_pid, slot_name::text, 'inactive', NULL FROM pg_replication_slots
    WHERE NOT active AND xmin IS NOT NULL
    ORDER BY age_ms DESC NULLS LAST LIMIT ${MOST_NAMED}`,
    [longMs],
  ) as CompiledQuery<Holder>
  const held = await store.read(() => rows(query))
  return held.map((holder) => ({
    code: 'held_snapshot',
    state: (holder.age_ms ?? 0) >= VERY_LONG_MS ? 'error' : 'warning',
    ...told(holder),
    details: {
      kind: holder.kind,
      pid: holder.pid,
      applicationName: holder.who,
      state: holder.state,
      ageMs: holder.age_ms === null ? null : Math.round(holder.age_ms),
    },
  }))
}

const HARM = 'Until it ends no dead row is cleared away, and claiming deliveries becomes slower and slower.'

function told({ kind, pid, who, state, age_ms }: Holder): { message: string; cure: string } {
  if (kind === 'prepared') {
    return {
      message: `The prepared transaction "${who}" has been open for ${spanText(age_ms ?? 0)}. ${HARM}`,
      cure: `COMMIT PREPARED or ROLLBACK PREPARED '${who.replaceAll("'", "''")}', whatever its coordinator decided.`,
    }
  }
  if (kind === 'slot') {
    return {
      message: `The replication slot "${who}" is not in use and holds an old snapshot. ${HARM}`,
      cure: `Bring its standby back, or SELECT pg_drop_replication_slot('${who.replaceAll("'", "''")}').`,
    }
  }
  return {
    message: `Session ${pid} (${who}, ${state}) has had one transaction open for ${spanText(age_ms ?? 0)}. ${HARM}`,
    cure: `Make that transaction short, or end it: SELECT pg_terminate_backend(${pid}). idle_in_transaction_session_timeout keeps it from coming back.`,
  }
}
