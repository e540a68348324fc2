import type { FunctionDefinition } from './function.ts'
import { digest, shortName } from './names.ts'
import { asText, identifier, literal, qualified } from './quote.ts'
import type { Column, Table } from './table.ts'

/** How the owner of a row is found in a related table, with its names as the database writes them. */
export interface OwnerLookup {
  readonly table: Table
  /** The column of the row that refers to the related one. */
  readonly on: string
  /** The column that is referred to. */
  readonly key: Column
  /** The column of the owner there. */
  readonly column: string
}

/** Marks the function as ours, and its version. */
const MARK = '/* hookwright owner 1 */'

export function isLookup(body: string): boolean {
  return /^\s*\/\* hookwright owner \d+ \*\//.test(body)
}

function lookupName({ table, key, column }: OwnerLookup): string {
  return shortName(
    `${table.name}_owner_${digest(JSON.stringify([table.schema, table.name, key.name, column]))}`,
  )
}

/** The owner, where `on` is an SQL expression for what refers to the related row. */
export function lookupOf(schema: string, lookup: OwnerLookup, on: string): string {
  return `${qualified(schema, lookupName(lookup))}(${asText(on)})`
}

/** Marks notes in `departed`: the related table, the column that is referred to, and the owner's. */
export function departedKey({ table, key, column }: OwnerLookup): string {
  return JSON.stringify([table.schema, table.name, key.name, column])
}

/**
 * Finds an owner in a related table, or in the note that a related row left when it was deleted. A table or column that is
 * gone is an owner that is not known: it must not fail the application's statement.
 */
function lookupFunction(schema: string, lookup: OwnerLookup): FunctionDefinition {
  const { table, key, column } = lookup
  return {
    name: lookupName(lookup),
    parameters: 'given text',
    returns: 'text',
    settings: [],
    definer: false,
    body: `
${MARK}
DECLARE
  found_owner text;
BEGIN
  IF given IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT ${asText(`related.${identifier(column)}`)} INTO found_owner FROM ${table.sql} AS related WHERE related.${identifier(key.name)} = given::${key.type};
  IF NOT FOUND THEN
    SELECT departed.owner INTO found_owner FROM ${identifier(schema)}.departed AS departed
      WHERE departed.table_name = ${literal(departedKey(lookup))} AND departed.key = given;
  END IF;
  RETURN found_owner;
EXCEPTION
  WHEN syntax_error_or_access_rule_violation OR data_exception OR invalid_schema_name THEN
    RAISE WARNING 'hookwright finds no owner: %', SQLERRM;
    RETURN NULL;
END
`,
  }
}

/** The functions of all these, each once. */
export function lookupFunctions(schema: string, lookups: readonly OwnerLookup[]): FunctionDefinition[] {
  const functions = lookups.map((lookup) => lookupFunction(schema, lookup))
  return [...new Map(functions.map((found) => [found.name, found])).values()]
}
