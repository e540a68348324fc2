import type { FunctionDefinition } from './function.ts'
import { asText, identifier } from './quote.ts'

/**
 * How values become text, whatever the writer's session has set: times in UTC, every digit of a real number. `lc_monetary`
 * is of the type `money`, and `jit` would compile a statement that runs for microseconds.
 */
export const FIXED_SETTINGS: readonly (readonly [string, string])[] = [
  ['search_path', 'pg_catalog, pg_temp'],
  ['TimeZone', 'UTC'],
  ['DateStyle', 'ISO, YMD'],
  ['IntervalStyle', 'iso_8601'],
  ['extra_float_digits', '1'],
  ['bytea_output', 'hex'],
  ['lc_monetary', 'C'],
  ['jit', 'off'],
]

/** From this number on, PostgreSQL's objects are the users'. */
export const FIRST_OF_USERS = 16384

/** What the functions of the triggers share. They give nothing away and write nothing, so everybody may call them. */
export function rowFunctions(schema: string): FunctionDefinition[] {
  const s = identifier(schema)
  return [
    {
      name: 'read_row',
      parameters: 'given record',
      returns: 'text',
      settings: FIXED_SETTINGS,
      definer: false,
      // A row by its key, as a trigger would write it.
      body: '\nBEGIN\n  RETURN row_to_json(given)::text;\nEND\n',
    },
    {
      name: 'row_text',
      parameters: 'given record',
      returns: 'text',
      settings: [],
      definer: false,
      // Null where a row cannot be written as JSON in one piece.
      body: `
BEGIN
  RETURN pg_catalog.row_to_json(given)::text;
EXCEPTION
  WHEN transaction_rollback THEN RAISE;
  WHEN OTHERS THEN RETURN NULL;
END
`,
    },
    {
      name: 'column_text',
      parameters: 'given anyelement, place text, plain boolean',
      returns: 'text',
      settings: [],
      definer: false,
      // A value whose cast to JSON fails, or must not be called, goes as the text that it is. One that is too large for a text is left out, and said so.
      body: `
DECLARE
  result text;
BEGIN
  BEGIN
    IF plain THEN
      result := pg_catalog.to_json(${asText('given')})::text;
    ELSE
      result := pg_catalog.to_json(given)::text;
    END IF;
  EXCEPTION
    WHEN transaction_rollback THEN RAISE;
    WHEN OTHERS THEN result := pg_catalog.to_json(pg_catalog.format('%s', given))::text;
  END;
  IF result IS NULL THEN
    RETURN 'null';
  END IF;
  IF pg_catalog.octet_length(result) OPERATOR(pg_catalog.<=) 200000000 THEN
    RETURN result;
  END IF;
  RAISE WARNING 'hookwright leaves the value of % out of an event: it is too large', place;
  RETURN 'null';
EXCEPTION
  WHEN transaction_rollback THEN RAISE;
  WHEN OTHERS THEN
    RAISE WARNING 'hookwright leaves the value of % out of an event: %', place, SQLERRM;
    RETURN 'null';
END
`,
    },
    {
      name: 'foreign_casts',
      parameters: '',
      returns: 'boolean',
      settings: [['search_path', 'pg_catalog, pg_temp']],
      definer: false,
      // JSON is made by the casts that types have. Who owns a type may make one, which would run with our rights.
      body: `
BEGIN
  RETURN EXISTS (SELECT FROM pg_cast JOIN pg_proc ON pg_proc.oid = castfunc JOIN pg_roles ON pg_roles.oid = proowner
    WHERE casttarget = 'json'::regtype AND pg_cast.oid >= ${FIRST_OF_USERS} AND NOT rolsuper);
END
`,
    },
    {
      name: 'row_expression',
      parameters: 'relation oid, given text, plain boolean',
      returns: 'text',
      settings: [['search_path', 'pg_catalog, pg_temp']],
      definer: false,
      // The SQL that writes a row column by column, made when it is needed: the columns of this very moment.
      body: `
DECLARE
  result text;
BEGIN
  SELECT '(''{'' || array_to_string(ARRAY[' || string_agg(
      format('%L || ${escaped(s)}.column_text((%s).%I, %L, %L)', to_json(attname::text)::text || ':', given, attname, attname,
        plain AND atttypid >= ${FIRST_OF_USERS} AND NOT (typtype = 'd' AND typbasetype < ${FIRST_OF_USERS})), ', ' ORDER BY attnum)
      || ']::text[], '','') || ''}'')' INTO result
    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped;
  RETURN CASE WHEN plain THEN result ELSE format('coalesce(${escaped(s)}.row_text(%s), %s)', given, result) END;
END
`,
    },
  ]
}

/** For a text of `format` that stands between quotes. */
function escaped(text: string): string {
  return text.replaceAll("'", "''").replaceAll('%', '%%')
}
