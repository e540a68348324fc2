import { CompiledQuery } from 'kysely'
import type { Model } from '../../catalog/index.ts'
import { entry, member } from '../../catalog/place.ts'
import { show } from '../../core/errors.ts'
import { first, rows, type Work } from '../../store/work.ts'
import type { Fault } from '../drift.ts'
import { identifier, qualified } from './quote.ts'

/** What the decoder has to be told of a column: JSON itself does not tell bytes from text, nor how exact a number is. */
export type Hint = 'blob' | 'number' | 'json'

export interface Column {
  readonly name: string
  /**
   * The type, with its schema and quoted, so that a text can be cast to it wherever it is read. Of a domain, the type behind
   * it: what a domain checks may call functions of somebody else's.
   */
  readonly type: string
  readonly hint: Hint | undefined
  /** The name of that type by itself, and its category: https://www.postgresql.org/docs/current/catalog-pg-type.html */
  readonly typeName: string
  readonly category: string
  readonly notNull: boolean
}

/** A table of the application, as the database has it. */
export interface Table {
  /** As text, which every driver gives alike. */
  readonly oid: string
  readonly schema: string
  readonly name: string
  /** The name as SQL text: with its schema, quoted. */
  readonly sql: string
  /** The name for people: with its schema unless that is `public`. */
  readonly shown: string
  /** `p` where it is partitioned. */
  readonly kind: string
  readonly columns: readonly Column[]
  /** The columns of the primary key; none where the table has no such key. */
  readonly key: readonly string[]
  readonly rowSecurity: boolean
}

/**
 * A model's table, with the names of its columns as the database writes them, and what is wrong with it.
 * Each fault says what the model can still do.
 */
export interface ModelTable {
  /** Undefined where triggers are impossible. */
  readonly table: Table | undefined
  /** The columns of the key; none where the model has no usable key, which only matters for triggering by hand. */
  readonly key: readonly Column[]
  readonly faults: readonly Fault[]
}

/** A column by its name, or by the name that PostgreSQL makes of it where it is written without quotes. */
export function findColumn({ columns }: Pick<Table, 'columns'>, name: string): Column | undefined {
  return (
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name === name.toLowerCase())
  )
}

/** Says that a table lacks a column. */
export function missingColumn(table: Table, kind: Fault['kind'], field: string, value: string): Fault {
  return {
    kind,
    field,
    value,
    problem: `the table ${JSON.stringify(table.shown)} has no such column`,
    cure: `Its columns are ${show(table.columns.map(({ name }) => name).join(', '))}; name one of them, or add the column with a migration of yours`,
  }
}

/** Looks at the table of a model, and at its key. */
export function* readModelTable(model: Model, ownSchema: string): Work<ModelTable> {
  const place = entry('models', model.name)
  const found = yield* readTable(model.table, ownSchema)
  if ('fault' in found) {
    return {
      table: undefined,
      key: [],
      faults: [{ field: member(place, 'table'), value: model.table, ...found.fault }],
    }
  }
  const { table } = found
  const faults: Fault[] = []
  const key: Column[] = []
  const names = model.key ?? table.key
  for (const name of names) {
    const column = findColumn(table, name)
    if (column === undefined) faults.push(missingColumn(table, 'key_missing', member(place, 'key'), name))
    else key.push(column)
  }
  return { table, key: key.length === names.length ? key : [], faults }
}

export type Found = { table: Table } | { fault: Omit<Fault, 'field' | 'value'> }

/**
 * The SQL names that a table's name may stand for: the name itself, then with a schema before a dot, then as SQL reads it,
 * where quotes are quotes and capitals without them are small.
 *
 * @example
 * ```ts
 * candidates('billing.Invoice') // ['"billing.Invoice"', '"billing"."Invoice"', 'billing.Invoice']
 * ```
 */
export function candidates(name: string): string[] {
  const found = [identifier(name)]
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    if (dot > 0 && dot < name.length - 1) found.push(qualified(name.slice(0, dot), name.slice(dot + 1)))
  }
  if (/^(?:"(?:[^"]|"")+"|[a-z_][\w$]*)(?:\.(?:"(?:[^"]|"")+"|[a-z_][\w$]*))?$/i.test(name)) found.push(name)
  return found
}

/** Numbers and truth values as the application's driver gives them, whichever it is. */
interface RelationRow {
  oid: string
  schema: string
  name: string
  kind: string
  is_partition: number | string
  inherits: string | null
  row_security: number | string
}

const RELATION = `SELECT class.oid::text AS oid, nspname::text AS schema, relname::text AS name, relkind::text AS kind,
        relispartition::int AS is_partition, relrowsecurity::int AS row_security,
        (SELECT parent.relname::text FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class AS parent ON parent.oid = inhparent
          WHERE inhrelid = class.oid LIMIT 1) AS inherits
      FROM (SELECT $2::text::pg_catalog.oid AS oid, 0 AS place UNION ALL
        SELECT pg_catalog.to_regclass(name), place
        FROM pg_catalog.json_array_elements_text($1::text::json) WITH ORDINALITY AS given (name, place)) AS candidate
      JOIN pg_catalog.pg_class AS class ON class.oid = candidate.oid
      JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = relnamespace
      WHERE relkind = ANY ('{r,p,v,m,f}') ORDER BY place LIMIT 1`

/**
 * Looks at a table by its name.
 *
 * @param use whether its changes are captured, or it is only read to find owners
 */
export function* readTable(
  name: string,
  ownSchema: string,
  use: 'captured' | 'related' = 'captured',
): Work<Found> {
  return yield* readRelation([candidates(name), null], ownSchema, use)
}

/** Looks at a table that has a trigger of ours; undefined where it should have none. */
export function* readTableByOid(oid: string, ownSchema: string): Work<Table | undefined> {
  const found = yield* readRelation([[], oid], ownSchema, 'captured')
  return 'table' in found ? found.table : undefined
}

function* readRelation(
  [names, oid]: [string[], string | null],
  ownSchema: string,
  use: 'captured' | 'related',
): Work<Found> {
  const relation = yield* first(
    CompiledQuery.raw(RELATION, [JSON.stringify(names), oid]) as CompiledQuery<RelationRow>,
  )
  if (relation === undefined) {
    return {
      fault: {
        kind: 'table_missing',
        problem: 'the database has no such table',
        cure: "Correct the name, or create the table before hooks.migrate(). In a schema that is not in the search path: 'schema.table'",
      },
    }
  }
  const unusable = whyUnusable(relation, ownSchema, use)
  if (unusable !== undefined) return { fault: { kind: 'table_unusable', ...unusable } }
  const columns = yield* rows(CompiledQuery.raw(COLUMNS, [relation.oid]) as CompiledQuery<ColumnRow>)
  return {
    table: {
      oid: relation.oid,
      schema: relation.schema,
      name: relation.name,
      kind: relation.kind,
      sql: qualified(relation.schema, relation.name),
      shown: shownName(relation.schema, relation.name),
      columns: columns.map(
        ({ name: column, type_schema, type_name, category, base_type, is_wrapped, not_null }) => ({
          name: column,
          type: qualified(type_schema, type_name),
          typeName: type_name,
          category,
          notNull: Number(not_null) === 1,
          hint:
            hints.get(base_type) ?? (base_type === 'int8' && Number(is_wrapped) === 1 ? 'number' : undefined),
        }),
      ),
      key: columns
        .filter(({ key_place }) => key_place !== null)
        .sort((a, b) => Number(a.key_place) - Number(b.key_place))
        .map((column) => column.name),
      rowSecurity: Number(relation.row_security) === 1,
    },
  }
}

/** A table's name for people: with its schema unless that is `public`. */
function shownName(schema: string, name: string): string {
  return schema === 'public' ? name : `${schema}.${name}`
}

interface ColumnRow {
  name: string
  type_schema: string
  type_name: string
  category: string
  base_type: string
  is_wrapped: number | string
  not_null: number | string
  key_place: number | string | null
}

const hints: ReadonlyMap<string, Hint> = new Map([
  ['bytea', 'blob'],
  ['numeric', 'number'],
  ['float4', 'number'],
  ['float8', 'number'],
  ['json', 'json'],
  ['jsonb', 'json'],
])

/** `base_type` is what is behind domains and arrays. */
const COLUMNS = `WITH RECURSIVE base (attnum, type, depth) AS (
    SELECT attnum, atttypid, 0 FROM pg_catalog.pg_attribute WHERE attrelid = $1::text::pg_catalog.oid AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT attnum, CASE typtype WHEN 'd' THEN typbasetype ELSE typelem END, depth + 1
    FROM base JOIN pg_catalog.pg_type AS type ON type.oid = base.type
    WHERE typtype = 'd' OR (typcategory = 'A' AND typelem <> 0)
  )
  SELECT attname::text AS name, attnotnull::int AS not_null, type.typname::text AS type_name, type.typcategory::text AS category, nspname::text AS type_schema,
    (SELECT behind.typname::text FROM base JOIN pg_catalog.pg_type AS behind ON behind.oid = base.type
      WHERE base.attnum = attribute.attnum ORDER BY depth DESC LIMIT 1) AS base_type,
    (SELECT (max(depth) > 0)::int FROM base WHERE base.attnum = attribute.attnum) AS is_wrapped,
    (SELECT pg_catalog.array_position(indkey::int2[], attribute.attnum) FROM pg_catalog.pg_index
      WHERE indrelid = attrelid AND indisprimary)::int AS key_place
  FROM pg_catalog.pg_attribute AS attribute
  JOIN pg_catalog.pg_type AS type ON type.oid = (SELECT base.type FROM base JOIN pg_catalog.pg_type AS behind ON behind.oid = base.type
    WHERE base.attnum = attribute.attnum AND typtype <> 'd' ORDER BY depth LIMIT 1)
  JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = type.typnamespace
  WHERE attrelid = $1::text::pg_catalog.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum`

function whyUnusable(
  { schema, kind, is_partition, inherits }: RelationRow,
  ownSchema: string,
  use: 'captured' | 'related',
) {
  if (schema === ownSchema) {
    return { problem: "it is one of hookwright's own tables", cure: "Name a table of the application's" }
  }
  if (schema === 'pg_catalog' || schema === 'information_schema' || schema === 'pg_toast') {
    return { problem: 'it is a table of PostgreSQL itself', cure: "Name a table of the application's" }
  }
  if (schema.startsWith('pg_temp')) {
    return {
      problem: 'it is a temporary table, which no other connection sees',
      cure: 'Name a permanent table',
    }
  }
  if (kind === 'v' || kind === 'm') {
    return {
      problem: `it is a ${kind === 'v' ? '' : 'materialized '}view, and PostgreSQL tells no trigger what changes behind a view`,
      cure: 'Name the table that the view reads',
    }
  }
  if (kind === 'f') {
    return {
      problem: 'it is a foreign table, and nobody here hears of what others change there',
      cure: "Name an ordinary table, or call hooks.trigger('Model.created', key) where the application writes",
    }
  }
  if (use === 'captured' && (Number(is_partition) === 1 || inherits !== null)) {
    return {
      problem: `it is ${Number(is_partition) === 1 ? 'a partition of' : 'a table that inherits from'} "${inherits}", and a statement on that one would go unnoticed`,
      cure: `Name "${inherits}": its triggers hear of all that are below it`,
    }
  }
  return undefined
}
