import { CompiledQuery } from 'kysely'
import { first, type Work } from '../../store/work.ts'
import { candidates } from './table.ts'

/**
 * A text that is another one after every change of what matters: the named tables and all that are below them, with their
 * columns and triggers, and the functions and tables of ours. It is one query over the catalogs, by their indexes.
 *
 * @param names the tables, as the catalog names them
 */
export function* readVersion(schema: string, names: readonly string[]): Work<string> {
  const all = names.flatMap((name, index) => candidates(name).map((candidate) => [index, candidate]))
  const row = yield* first(
    CompiledQuery.raw(VERSION, [JSON.stringify(all), schema]) as CompiledQuery<{ version: string }>,
  )
  return row?.version ?? ''
}

const VERSION = `WITH RECURSIVE named (oid, place) AS (
    SELECT pg_catalog.to_regclass(given ->> 1)::pg_catalog.oid, (given ->> 0)::int FROM pg_catalog.json_array_elements($1::text::json) AS given
  ), below (oid) AS (
    SELECT oid FROM named WHERE oid IS NOT NULL
    UNION SELECT inhrelid FROM below JOIN pg_catalog.pg_inherits ON inhparent = below.oid
  ), ours AS (SELECT oid, nspacl FROM pg_catalog.pg_namespace WHERE nspname = $2::text)
  SELECT pg_catalog.md5(pg_catalog.concat_ws('|',
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', place, named.oid), ';' ORDER BY place, named.oid) FROM named),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', class.oid, relnamespace, relname, relkind, relispartition, relrowsecurity, relacl), ';' ORDER BY class.oid)
      FROM below JOIN pg_catalog.pg_class AS class ON class.oid = below.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', attrelid, attnum, attname, atttypid, attacl), ';' ORDER BY attrelid, attnum)
      FROM below JOIN pg_catalog.pg_attribute ON attrelid = below.oid WHERE attnum > 0 AND NOT attisdropped),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', indrelid, indkey), ';' ORDER BY indrelid)
      FROM below JOIN pg_catalog.pg_index ON indrelid = below.oid WHERE indisprimary),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', policy.oid, policy.xmin), ';' ORDER BY policy.oid)
      FROM below JOIN pg_catalog.pg_policy AS policy ON polrelid = below.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', trigger.oid, trigger.xmin), ';' ORDER BY trigger.oid)
      FROM below JOIN pg_catalog.pg_trigger AS trigger ON tgrelid = below.oid WHERE NOT tgisinternal),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', proc.oid, proc.xmin), ';' ORDER BY proc.oid)
      FROM ours JOIN pg_catalog.pg_proc AS proc ON pronamespace = ours.oid),
    (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', class.oid, relname, relacl), ';' ORDER BY class.oid)
      FROM ours JOIN pg_catalog.pg_class AS class ON relnamespace = ours.oid WHERE relkind = 'r'),
    (SELECT nspacl::text FROM ours)
  )) AS version`
