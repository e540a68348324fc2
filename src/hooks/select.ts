import type { SelectQueryBuilder } from 'kysely'
import type { Store } from '../store/store.ts'
import type { Tables } from '../store/tables.ts'
import type { FieldDefinitions } from './field.ts'
import type { HookRow } from './hook.ts'

const COLUMNS = [
  'id',
  'owner',
  'target',
  'headers',
  'secret',
  'old_secret',
  'old_secret_until',
  'old_secrets',
  'created_at',
  'updated_at',
  'disabled_at',
  'disabled_reason',
  'disabled_cause',
  'ordered',
  'rate_limit',
  'payload',
  'filter',
  'deleted_at',
] as const satisfies readonly (keyof Tables['hook'])[]

/** Selects the hooks that are not deleted, with the columns of the application's fields. */
export function selectHooks(
  { db }: Store,
  fields: FieldDefinitions,
): SelectQueryBuilder<Tables, 'hook', HookRow> {
  // Each column by its name: a statement that was prepared as `*` would not see one that is added later.
  const own = [...fields.keys()].map((name) => db.dynamic.ref(name))
  const query = db.selectFrom('hook').select(COLUMNS).where('deleted_at', 'is', null)
  return query.select(own) as SelectQueryBuilder<Tables, 'hook', HookRow>
}
