import type { DisabledCause } from '../store/tables.ts'
import { exec, type Work } from '../store/work.ts'
import type { HookRow } from './hook.ts'
import { type HookContext, referencesTo, setColumns } from './hook-rows.ts'
import { idsAsQuery, unsubscribe } from './subscriptions.ts'

/** Lets a hook have deliveries again. */
export function* enableRow(context: HookContext, row: HookRow, now: number): Work<HookRow> {
  if (row.disabled_at === null) return row
  const enabled = yield* setColumns(context, row, {
    disabled_at: null,
    disabled_reason: null,
    disabled_cause: null,
    updated_at: now,
  })
  yield* context.onChange({ kind: 'enabled', ids: [row.id] })
  return enabled
}

/** Holds a hook's deliveries back. One that is disabled already stays so since then; the reason may be told anew. */
export function* disableRow(
  context: HookContext,
  row: HookRow,
  reason: string | undefined,
  now: number,
  cause: DisabledCause = 'manual',
): Work<HookRow> {
  const disabled = yield* setColumns(context, row, {
    disabled_at: row.disabled_at ?? now,
    disabled_reason: reason ?? row.disabled_reason,
    disabled_cause: row.disabled_cause ?? cause,
    updated_at: now,
  })
  if (row.disabled_at !== null) return disabled
  const [hook] = yield* referencesTo(context, [disabled])
  const note = { cause, reason: disabled.disabled_reason, disabledAt: new Date(now) }
  yield* context.onChange({
    kind: 'disabled',
    ids: [row.id],
    disabled: hook === undefined ? [] : [{ hook, ...note }],
  })
  return disabled
}

/** Deletes hooks softly: the rows stay, and nobody hears of anything for them. */
export function* deleteRows(context: HookContext, ids: readonly number[], now: number): Work<void> {
  if (ids.length === 0) return
  const { store } = context
  const deletion = store.db.updateTable('hook').set({ deleted_at: now, updated_at: now })
  yield* exec(deletion.where('id', 'in', idsAsQuery(store, ids)))
  yield* unsubscribe(store, ids)
  yield* context.onChange({ kind: 'deleted', ids })
}
