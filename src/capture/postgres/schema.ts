import { CompiledQuery } from 'kysely'
import { first, rows, type Work } from '../../store/work.ts'
import type { Header } from '../header.ts'
import { functionHeader } from './header.ts'
import { TABLES_OF_TRIGGERS } from './names.ts'

/** A function in our schema. */
export interface InstalledFunction {
  readonly oid: string
  readonly name: string
  /** Its name and the types of its parameters, as SQL text. */
  readonly signature: string
  readonly body: string
  readonly config: readonly string[]
  readonly definer: boolean
  readonly owner: string
  /** Whether everybody may call it. */
  readonly public: boolean
  /** What it says of itself, where it is a trigger's. */
  readonly header: Header | undefined
}

/** A trigger that calls a function in our schema. */
export interface InstalledTrigger {
  readonly name: string
  readonly table: string
  /** The table's name as SQL text, with its schema. */
  readonly tableSql: string
  /** The uppermost table that the table belongs to as a partition, or inherits from; or itself. */
  readonly root: string
  readonly function: string
  /** PostgreSQL's bits: 1 for each row, 2 before, 4 INSERT, 8 DELETE, 16 UPDATE. */
  readonly type: number
  /** `O` unless somebody has changed it. */
  readonly enabled: string
  /** Whether it has what a trigger of ours has not: a condition, columns, arguments. */
  readonly odd: boolean
  readonly newRows: string | null
  readonly oldRows: string | null
}

/** What the database has of ours. */
export interface Schema {
  readonly storeMissing: boolean
  readonly functions: readonly InstalledFunction[]
  readonly triggers: readonly InstalledTrigger[]
}

/** Looks for our tables, functions and triggers. */
export function* readSchema(schema: string): Work<Schema> {
  const tables = yield* first(
    CompiledQuery.raw(
      `SELECT count(*)::int AS count FROM pg_catalog.pg_class AS class
       JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relnamespace
       WHERE nspname = $1 AND relkind = 'r' AND relname = ANY ($2::text[])`,
      [schema, TABLES_OF_TRIGGERS],
    ) as CompiledQuery<{ count: number }>,
  )
  const functions = yield* rows(
    CompiledQuery.raw(FUNCTIONS, [schema]) as CompiledQuery<
      Omit<InstalledFunction, 'config' | 'header'> & { config: string }
    >,
  )
  const triggers = yield* rows(CompiledQuery.raw(TRIGGERS, [schema]) as CompiledQuery<InstalledTrigger>)
  return {
    storeMissing: (tables?.count ?? 0) < TABLES_OF_TRIGGERS.length,
    functions: functions.map((found) => ({
      ...found,
      config: JSON.parse(found.config) as string[],
      header: functionHeader(found.body),
    })),
    triggers,
  }
}

const FUNCTIONS = `SELECT proc.oid::text AS oid, proname::text AS name, prosrc AS body, prosecdef AS definer,
    pg_catalog.quote_ident(nspname) || '.' || pg_catalog.quote_ident(proname) || '(' || pg_catalog.pg_get_function_identity_arguments(proc.oid) || ')' AS signature,
    coalesce(pg_catalog.array_to_json(proconfig), '[]')::text AS config, rolname::text AS owner,
    EXISTS (SELECT FROM pg_catalog.aclexplode(coalesce(proacl, pg_catalog.acldefault('f', proowner)))
      WHERE grantee = 0 AND privilege_type = 'EXECUTE') AS public
  FROM pg_catalog.pg_proc AS proc
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = pronamespace
  JOIN pg_catalog.pg_roles AS role ON role.oid = proowner
  WHERE nspname = $1 AND proname <> 'wake_idle' ORDER BY proname`

/** Not those of our own tables, and not the copies that PostgreSQL makes for partitions. */
const TRIGGERS = `SELECT tgname::text AS name, class.oid::text AS "table", tgfoid::text AS function, tgtype::int AS type,
    pg_catalog.quote_ident(space.nspname) || '.' || pg_catalog.quote_ident(relname) AS "tableSql", tgenabled::text AS enabled,
    tgqual IS NOT NULL OR tgnargs > 0 OR tgattr::text <> '' OR tgdeferrable AS odd,
    tgnewtable::text AS "newRows", tgoldtable::text AS "oldRows",
    coalesce((
      WITH RECURSIVE above (oid, depth) AS (
        SELECT inhparent, 1 FROM pg_catalog.pg_inherits WHERE inhrelid = class.oid
        UNION ALL SELECT inhparent, depth + 1 FROM above JOIN pg_catalog.pg_inherits ON inhrelid = above.oid
      ) SELECT oid FROM above ORDER BY depth DESC, oid LIMIT 1
    ), class.oid)::text AS root
  FROM pg_catalog.pg_trigger AS trigger
  JOIN pg_catalog.pg_proc AS proc ON proc.oid = tgfoid
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = pronamespace
  JOIN pg_catalog.pg_class AS class ON class.oid = tgrelid
  JOIN pg_catalog.pg_namespace AS space ON space.oid = relnamespace
  WHERE namespace.nspname = $1 AND relnamespace <> pronamespace AND NOT tgisinternal AND tgparentid = 0
  ORDER BY space.nspname, relname, tgname`

/** A table and all that are below it, by partitioning or inheritance. */
export interface Member {
  readonly oid: string
  readonly sql: string
}

/** The table itself first. Foreign tables below it can have no triggers that see their rows. */
export function* readFamily(table: string): Work<Member[]> {
  return yield* rows(
    CompiledQuery.raw(
      `WITH RECURSIVE below (oid, depth) AS (
        SELECT $1::pg_catalog.oid, 0
        UNION SELECT inhrelid, depth + 1 FROM below JOIN pg_catalog.pg_inherits ON inhparent = below.oid
      )
      SELECT class.oid::text AS oid, pg_catalog.quote_ident(nspname) || '.' || pg_catalog.quote_ident(relname) AS sql
      FROM below JOIN pg_catalog.pg_class AS class ON class.oid = below.oid
      JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relnamespace
      WHERE relkind IN ('r', 'p') GROUP BY class.oid, nspname, relname ORDER BY min(depth), nspname, relname`,
      [table],
    ) as CompiledQuery<Member>,
  )
}

/** The names of the triggers on a table that are not ours. */
export function* readForeignNames(tables: readonly string[], schema: string): Work<Set<string>> {
  const found = yield* rows(
    CompiledQuery.raw(
      `SELECT tgrelid::text || ' ' || tgname AS name FROM pg_catalog.pg_trigger AS trigger
       JOIN pg_catalog.pg_proc AS proc ON proc.oid = tgfoid
       JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = pronamespace
       WHERE tgrelid = ANY ($1::pg_catalog.oid[]) AND nspname <> $2 AND NOT tgisinternal`,
      [tables, schema],
    ) as CompiledQuery<{ name: string }>,
  )
  return new Set(found.map(({ name }) => name))
}
