import type { Catalog, HookDisabled, HookReference, HookWithEvents } from '../catalog/index.ts'
import type { Cipher } from '../core/cipher.ts'
import { problem } from '../core/errors.ts'
import type { Store } from '../store/store.ts'
import { exec, first, type Work } from '../store/work.ts'
import { checkId } from './check.ts'
import { inCatalogOrder } from './event-names.ts'
import type { FieldDefinitions } from './field.ts'
import { type Hook, type HookRow, hookFromRow } from './hook.ts'
import { selectHooks } from './select.ts'
import { eventsOf } from './subscriptions.ts'

/** What happened to some hooks. */
export interface HookChange {
  /** `limited`: it has a limit now, or another one than before. */
  kind: 'enabled' | 'disabled' | 'deleted' | 'limited' | 'unlimited'
  ids: readonly number[]
  /** With `disabled`: each of them, and why. */
  disabled?: readonly HookDisabled[]
}

/** What the steps of this room work with. */
export interface HookContext {
  readonly store: Store
  readonly catalog: Catalog
  readonly fields: FieldDefinitions
  readonly cipher: Cipher
  /** Work of others in the transaction of a change. */
  readonly onChange: (change: HookChange) => Work<void>
}

/** The row of a hook that is not deleted and, where an owner is given, theirs. */
export function* findRow(
  { store, fields }: HookContext,
  id: number,
  owner?: string,
): Work<HookRow | undefined> {
  const query = selectHooks(store, fields).where('id', '=', checkId(id))
  return yield* first(owner === undefined ? query : query.where('owner', '=', owner))
}

/** @throws `hook_missing` */
export function* requireRow(context: HookContext, id: number, owner?: string): Work<HookRow> {
  const row = yield* findRow(context, id, owner)
  if (row !== undefined) return row
  throw problem('hook_missing', { field: 'id', value: id, problem: 'there is no such hook' })
}

/** Writes some columns of a row, and gives the row as it is then. */
export function* setColumns({ store }: HookContext, row: HookRow, columns: object): Work<HookRow> {
  yield* exec(store.db.updateTable('hook').set(columns).where('id', '=', row.id))
  return { ...row, ...columns }
}

/** The hooks of some rows, with their events. */
export function* hooksOf({ store, catalog, fields }: HookContext, found: readonly HookRow[]): Work<Hook[]> {
  const events = yield* eventsOf(
    store,
    found.map(({ id }) => id),
  )
  return found.map((row) => hookFromRow(row, inCatalogOrder(catalog, events.get(row.id) ?? []), fields))
}

/** The hook of one row. */
export function* hookOf(context: HookContext, row: HookRow): Work<Hook> {
  const [hook] = yield* hooksOf(context, [row])
  return hook as Hook
}

/** What events say of hooks, from what is there of their rows. */
export function* referencesTo(
  { store, catalog }: Pick<HookContext, 'store' | 'catalog'>,
  hooks: readonly HookReference[],
): Work<HookWithEvents[]> {
  const names = yield* eventsOf(
    store,
    hooks.map(({ id }) => id),
  )
  return hooks.map(({ id, owner, target }) => {
    const events = inCatalogOrder(catalog, names.get(id) ?? [])
    return { id, owner, event: events[0] ?? '', events, target }
  })
}
