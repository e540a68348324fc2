import type { Work } from '../../store/work.ts'
import type { Change, OwnersTable } from '../dialect.ts'
import { type CaptureDrift, type Fault, faultError } from '../drift.ts'
import { NOW } from './event-insert.ts'
import {
  DELIVERY_TABLE,
  HOOK_TABLE,
  LANE_TABLE,
  LISTENING_TABLE,
  SUBSCRIPTION_TABLE,
  TRIGGER_PREFIX,
} from './names.ts'
import { identifier } from './quote.ts'
import { findColumn, readTable } from './table.ts'

/** A trigger that removes the hooks of an owner who is deleted. */
export interface InstalledOwners {
  readonly name: string
  readonly sql: string
}

/** Marks the trigger as ours, and its version. */
const MARK = '/* hookwright owners 1 */'

export function isOwnersTrigger(sql: string): boolean {
  return /^CREATE TRIGGER (?:"(?:[^"]|"")*"|\w+) \/\* hookwright owners \d+ \*\//.test(sql)
}

/**
 * The trigger on the table of owners. It does what deleting each hook by the API does, in the transaction of the deletion:
 * deliveries that are pending are cancelled at their next claim, to which a lane leads those that are parked.
 */
function ownersTriggerSql({ table, key }: OwnersTable): string {
  const hooks = `SELECT id FROM ${HOOK_TABLE} WHERE owner = CAST(OLD.${identifier(key)} AS TEXT) AND deleted_at IS NULL`
  return `CREATE TRIGGER ${identifier(triggerName(table))} ${MARK}
AFTER DELETE ON ${identifier(table)}
BEGIN
  INSERT INTO ${LANE_TABLE} (hook_id, next_at)
    SELECT hook.id, 0 FROM (${hooks}) AS hook
    WHERE EXISTS (SELECT 1 FROM ${DELIVERY_TABLE} WHERE hook_id = hook.id AND parked_due_at IS NOT NULL)
    ON CONFLICT (hook_id) DO UPDATE SET next_at = 0;
  DELETE FROM ${SUBSCRIPTION_TABLE} WHERE hook_id IN (${hooks});
  DELETE FROM ${LISTENING_TABLE}
    WHERE NOT EXISTS (SELECT 1 FROM ${SUBSCRIPTION_TABLE} AS left_over WHERE left_over.event = ${LISTENING_TABLE}.event);
  UPDATE ${HOOK_TABLE} SET deleted_at = ${NOW} WHERE id IN (${hooks});
END`
}

function triggerName(table: string): string {
  return `${TRIGGER_PREFIX}owners_of_${table}`
}

/** Compares the option `owners` with what is installed. */
export function* planOwners(
  owners: OwnersTable | undefined,
  installed: readonly InstalledOwners[],
): Work<{ drift: CaptureDrift[]; changes: Change[] }> {
  if (owners === undefined) return { drift: [], changes: installed.map(dropOwners) }
  const fault = yield* faultOf(owners)
  if (fault !== undefined) {
    const { message } = faultError(fault)
    const drift = { problem: fault.kind, model: null, table: owners.table, message, repairable: false }
    return { drift: [drift], changes: [] }
  }
  const sql = ownersTriggerSql(owners)
  if (installed.length === 1 && installed[0]?.sql === sql) return { drift: [], changes: [] }
  const name = triggerName(owners.table)
  const message = `The trigger ${name}, which removes the hooks of a deleted owner, is ${installed.length === 0 ? 'missing' : 'outdated'}.`
  const problem = installed.length === 0 ? 'missing' : 'outdated'
  return {
    drift: [{ problem, model: null, table: owners.table, message, repairable: true }],
    changes: [...installed.map(dropOwners), { kind: 'create', trigger: name, sql }],
  }
}

export function dropOwners({ name }: InstalledOwners): Change {
  return { kind: 'drop', trigger: name, sql: `DROP TRIGGER IF EXISTS ${identifier(name)}` }
}

function* faultOf({ table, key }: OwnersTable): Work<Fault | undefined> {
  const read = yield* readTable(table)
  if (!('table' in read)) {
    return {
      kind: 'table_missing',
      field: 'owners.table',
      value: table,
      problem: 'the database has no such table',
      cure: 'Create the table first, or leave `owners` out',
    }
  }
  if (findColumn(read.table, key) !== undefined) return undefined
  return {
    kind: 'key_missing',
    field: 'owners.key',
    value: key,
    problem: `the table "${table}" has no such column`,
    cure: 'Name the column whose values are the owners of hooks',
  }
}
