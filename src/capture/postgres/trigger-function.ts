import type { BuiltInAction } from '../../catalog/index.ts'
import { writeHeader } from '../header.ts'
import { eventsOf, sorted } from '../wanted.ts'
import { eventInsert } from './event-insert.ts'
import type { FunctionDefinition } from './function.ts'
import { TRIGGER_VERSION } from './header.ts'
import { digest, shortName } from './names.ts'
import { hintsOf, type PlacePart } from './place-part.ts'
import { identifier, inList, literal } from './quote.ts'
import { FIRST_OF_USERS, FIXED_SETTINGS } from './row-function.ts'
import { NEW_ROWS, OLD_ROWS, type Operation, operationsOf, type Rows, rowsOf } from './rows.ts'
import type { Table } from './table.ts'

/** Beyond so many rows of one statement, what they become is not gathered in memory before it is written. */
const ROWS_AT_ONCE = 1_000

/** The name of the function; no two tables and actions share it. */
function functionName({ schema, name }: Pick<Table, 'schema' | 'name'>, action: BuiltInAction): string {
  return shortName(`${name}_${action}_${digest(JSON.stringify([schema, name]))}`)
}

/**
 * The function of the triggers of one table and action. Where nobody listens to its events it looks into the small table of
 * what is listened to, and returns.
 *
 * Nothing that the application writes, and nothing that it does to its columns, may make it fail. So the rows are first made
 * into text under an exception handler, which writes nothing and therefore takes no transaction number; what is not
 * understood there is done again with care, by the columns that there are at that moment.
 */
export function triggerFunction(
  schema: string,
  table: Table,
  action: BuiltInAction,
  given: readonly PlacePart[],
): FunctionDefinition {
  const parts = given.toSorted((a, b) => sorted([a.part, b.part]).indexOf(a.part) * 2 - 1)
  const s = identifier(schema)
  const events = [...new Set(parts.flatMap(({ part }) => eventsOf(part)))].sort()
  const operations = operationsOf(
    action,
    parts.map(({ part }) => part),
  )
  const branches = operations.map((operation) => {
    const blocks = parts
      .map((part) => ({ part, rows: rowsOf(schema, action, operation, part) }))
      .flatMap(({ part, rows }) => (rows === undefined ? [] : [block(s, action, part, rows, hintsOf(table))]))
    return { operation, text: blocks.join('') }
  })
  return {
    name: functionName(table, action),
    parameters: '',
    returns: 'trigger',
    settings: FIXED_SETTINGS,
    definer: true,
    body: `
${writeHeader(
  TRIGGER_VERSION,
  action,
  parts.map(({ part }) => part),
)}
DECLARE
  heard text[];
  given_rows text[];
  given_previous text[];
  given_owners text[];
  complete boolean;
  plain boolean;
BEGIN
  SELECT array_agg(event) INTO heard FROM ${s}.listening WHERE event IN ${inList(events)};
  IF heard IS NULL THEN
    RETURN NULL;
  END IF;
  plain := EXISTS (SELECT FROM pg_attribute WHERE attrelid = TG_RELID AND atttypid >= ${FIRST_OF_USERS} AND attnum > 0)
    AND ${s}.foreign_casts();
${branchesText(branches)}  RETURN NULL;
END
`,
  }
}

function branchesText(branches: readonly { operation: Operation; text: string }[]): string {
  if (branches.length === 1) return branches[0]?.text ?? ''
  return branches
    .map(({ operation, text }) => `  IF TG_OP = '${operation}' THEN\n${text}  END IF;\n`)
    .join('')
}

/** What one part makes of the rows of one statement. */
function block(
  s: string,
  action: BuiltInAction,
  { part }: PlacePart,
  rows: Rows,
  hints: string | undefined,
): string {
  const insert = (source: string) => `${eventInsert(s, {
    name: 'heard.event',
    owner: 'source.owner',
    broadcast: broadcastOf(part),
    model: literal(part.model),
    action: literal(action),
    row: withHints('source.row_json', hints),
    ...(rows.hasPrevious ? { previous: withHints('source.previous_json', hints) } : {}),
  })}
    FROM ${source} CROSS JOIN unnest(HEARD) AS heard (event)
    WHERE source.row_json IS NOT NULL AND heard.event IN ${inList(eventsOf(part))}${part.everyone.length === 0 ? ' AND source.owner IS NOT NULL' : ''}${
      part.everyone.length > 0 && part.events.length > 0
        ? ` AND (source.owner IS NOT NULL OR heard.event IN ${inList(part.everyone)})`
        : ''
    }`
  const gathered =
    'unnest(given_rows, given_previous, given_owners) AS source (row_json, previous_json, owner)'
  const careful = (whole: boolean) => {
    const text = insert(`(${rows.careful(whole)}) AS source`).replace('unnest(HEARD)', 'unnest($1)')
    return `EXECUTE format(${literal(text.replaceAll(/%(?![12]\$s)/g, '%%'))},
      ${s}.row_expression(TG_RELID, ${literal(NEW_ROWS)}, plain), ${s}.row_expression(TG_RELID, ${literal(OLD_ROWS)}, plain)) USING heard;`
  }
  return `  complete := false;
  BEGIN
    IF NOT plain THEN
    SELECT array_agg(source.row_json), array_agg(source.previous_json), array_agg(source.owner)
      INTO given_rows, given_previous, given_owners
    FROM (${rows.fast} LIMIT ${ROWS_AT_ONCE + 1}) AS source;
    complete := given_rows IS NULL OR cardinality(given_rows) <= ${ROWS_AT_ONCE};
    END IF;
  EXCEPTION
    WHEN transaction_rollback OR lock_not_available THEN RAISE;
    WHEN OTHERS THEN NULL;
  END;
  IF complete THEN
    IF given_rows IS NOT NULL THEN
      ${insert(gathered).replace('unnest(HEARD)', 'unnest(heard)')};
    END IF;
  ELSIF ${everyColumn(rows.columns)} THEN
    ${careful(true)}
  ELSE
    RAISE WARNING 'hookwright: a column that ${literal(part.model)
      .replaceAll(/^E?'|'$/g, '')
      .replaceAll('%', '%%')} names is gone from %', TG_TABLE_NAME;
    ${careful(false)}
  END IF;
`
}

/** Whether the columns that the part names are there. */
function everyColumn(columns: readonly string[]): string {
  if (columns.length === 0) return 'true'
  return `(SELECT count(*) FROM pg_attribute WHERE attrelid = TG_RELID AND NOT attisdropped AND attname IN ${inList(columns)}) = ${columns.length}`
}

function withHints(row: string, hints: string | undefined): string {
  return hints === undefined ? row : `${literal(`[${hints},`)} || ${row} || ']'`
}

function broadcastOf({ events, everyone }: PlacePart['part']): string {
  if (everyone.length === 0) return '0'
  return events.length === 0 ? '1' : `(heard.event IN ${inList(everyone)})::int`
}
