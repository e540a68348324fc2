import type { Work } from '../../store/work.ts'
import type { Change, OwnersTable } from '../dialect.ts'
import { type CaptureDrift, type Fault, faultError } from '../drift.ts'
import { NOW } from './event-insert.ts'
import type { FunctionDefinition } from './function.ts'
import { isAsWanted, makeFunction } from './function-changes.ts'
import { digest, shortName } from './names.ts'
import { dropFunction, dropTrigger } from './plan.ts'
import { identifier, qualified } from './quote.ts'
import type { InstalledTrigger, Schema } from './schema.ts'
import { findColumn, missingColumn, readTable, type Table } from './table.ts'

/** Marks the function as ours, and its version. */
const MARK = '/* hookwright owners 1 */'

export function isOwnersFunction(body: string): boolean {
  return /^\s*\/\* hookwright owners \d+ \*\//.test(body)
}

/**
 * The function of the trigger on the table of owners. It does what deleting each hook by the API does, in the transaction of the
 * deletion: deliveries that are pending are cancelled at their next claim, to which a lane leads those that are parked.
 *
 * What nobody listens to any more it leaves to `forgetUnheard`: somebody may subscribe to it at this moment, which cannot be
 * seen from here.
 *
 * It writes into more of our tables than the capture role may, so it belongs to the role that migrates. It reads the owner's
 * key by `format`, which calls no cast that somebody else has made.
 */
function ownersFunction(schema: string, table: Table, key: string): FunctionDefinition {
  const s = identifier(schema)
  return {
    name: shortName(`owners_of_${table.name}_${digest(JSON.stringify([table.schema, table.name]))}`),
    parameters: '',
    returns: 'trigger',
    settings: [['search_path', 'pg_catalog, pg_temp']],
    definer: true,
    body: `
${MARK}
DECLARE
  gone bigint[];
BEGIN
  -- Whoever makes or changes a hook of this owner holds its row until the end of that transaction.
  SELECT array_agg(found.id) INTO gone FROM (
    SELECT id FROM ${s}.hook WHERE owner = format('%s', OLD.${identifier(key)}) AND deleted_at IS NULL ORDER BY id FOR UPDATE
  ) AS found;
  IF gone IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO ${s}.lane (hook_id, next_at)
    SELECT hook.id, 0 FROM unnest(gone) AS hook (id)
    WHERE EXISTS (SELECT FROM ${s}.delivery WHERE hook_id = hook.id AND parked_due_at IS NOT NULL)
    ON CONFLICT (hook_id) DO UPDATE SET next_at = 0;
  DELETE FROM ${s}.subscription WHERE hook_id = ANY (gone);
  UPDATE ${s}.hook SET deleted_at = ${NOW} WHERE id = ANY (gone);
  RETURN NULL;
EXCEPTION
  WHEN undefined_column THEN
    RAISE WARNING 'hookwright: %', SQLERRM;
    RETURN NULL;
END
`,
  }
}

/** Compares the option `owners` with what is installed. */
export function* planOwners(
  schema: string,
  owners: OwnersTable | undefined,
  { functions, triggers }: Schema,
): Work<{ drift: CaptureDrift[]; changes: Change[] }> {
  const ours = functions.filter(({ body }) => isOwnersFunction(body))
  const installed = triggers.filter((trigger) => ours.some(({ oid }) => oid === trigger.function))
  if (owners === undefined) {
    return {
      drift: [],
      changes: [...installed.map(dropTrigger), ...ours.map((found) => dropFunction(found, ''))],
    }
  }
  const found = yield* resolveOwners(owners, schema)
  if ('fault' in found) {
    const { message } = faultError(found.fault)
    const drift = { problem: found.fault.kind, model: null, table: owners.table, message, repairable: false }
    return { drift: [drift], changes: [] }
  }
  const { table, key } = found
  const wanted = ownersFunction(schema, table, key)
  const name = shortName(`${schema}_owners_of_${table.name}`)
  const current = ours.find((one) => one.name === wanted.name)
  // Whoever installed it first stays its owner.
  const ownership = { owner: current?.owner ?? '', prepare: [], handOver: false, notice: undefined }
  const isFunctionRight = current !== undefined && isAsWanted(current, wanted, ownership)
  const there = installed.find((trigger) => trigger.table === table.oid && trigger.name === name)
  const isTriggerRight = there !== undefined && there.function === current?.oid && fits(there)
  const left = installed.filter((trigger) => trigger !== there)
  if (isFunctionRight && isTriggerRight && left.length === 0) return { drift: [], changes: [] }
  const problem = installed.length === 0 ? 'missing' : 'outdated'
  const message = `The trigger ${name}, which removes the hooks of a deleted owner, is ${problem}.`
  const kind = there === undefined ? 'create' : 'replace'
  return {
    drift: [{ problem, model: null, table: owners.table, message, repairable: true }],
    changes: [
      ...(isFunctionRight ? [] : makeFunction(schema, wanted, ownership, { kind: 'prepare', trigger: '' })),
      {
        kind,
        trigger: name,
        sql: `CREATE OR REPLACE TRIGGER ${identifier(name)} AFTER DELETE ON ${table.sql}
FOR EACH ROW EXECUTE FUNCTION ${qualified(schema, wanted.name)}()`,
      },
      ...left.map(dropTrigger),
      ...ours.filter((one) => one !== current).map((one) => dropFunction(one, '')),
    ],
  }
}

/** After a deletion, for each row. */
function fits({ type, enabled, odd }: InstalledTrigger): boolean {
  return type === 9 && enabled === 'O' && !odd
}

function* resolveOwners(
  { table, key }: OwnersTable,
  schema: string,
): Work<{ table: Table; key: string } | { fault: Fault }> {
  const read = yield* readTable(table, schema, 'related')
  if ('fault' in read) {
    return {
      fault: {
        ...read.fault,
        field: 'owners.table',
        value: table,
        cure:
          read.fault.kind === 'table_missing'
            ? 'Create the table first, or leave `owners` out'
            : read.fault.cure,
      },
    }
  }
  const column = findColumn(read.table, key)
  if (column === undefined) return { fault: missingColumn(read.table, 'key_missing', 'owners.key', key) }
  return { table: read.table, key: column.name }
}
