import { exec, type Work } from '../store/work.ts'
import type { HookRow } from './hook.ts'
import { type HookContext, setColumns } from './hook-rows.ts'
import { isLimited } from './limits.ts'
import { eventsOf, subscribe, unsubscribe } from './subscriptions.ts'

/** Changes columns of a hook and, where they are given, its events. */
export function* updateRow(
  context: HookContext,
  row: HookRow,
  columns: object,
  events: readonly string[] | undefined,
): Work<HookRow> {
  const { store } = context
  const updated = yield* setColumns(context, row, columns)
  yield* limit(context, row, updated)
  yield* sift(context, row, updated)
  if (events === undefined) return updated
  const before = (yield* eventsOf(store, [row.id])).get(row.id) ?? []
  const ended = before.filter((name) => !events.includes(name))
  const begun = events.filter((name) => !before.includes(name))
  yield* unsubscribe(store, [row.id], ended)
  yield* subscribe(store, updated, begun)
  return updated
}

/** Fan-out looks at the filters of hooks that have one, and of no others. What has been fanned out stays. */
function* sift({ store }: HookContext, before: HookRow, after: HookRow): Work<void> {
  if ((before.filter === null) === (after.filter === null)) return
  const filtered = after.filter === null ? 0 : 1
  yield* exec(store.db.updateTable('subscription').set({ filtered }).where('hook_id', '=', after.id))
}

/** What fan-out goes by, and what has been fanned out already. */
function* limit(context: HookContext, before: HookRow, after: HookRow): Work<void> {
  const { store, onChange } = context
  if (isLimited(before) !== isLimited(after)) {
    const in_lane = isLimited(after) ? 1 : 0
    yield* exec(store.db.updateTable('subscription').set({ in_lane }).where('hook_id', '=', after.id))
  }
  const kind = isLimited(after) ? 'limited' : 'unlimited'
  if (before.ordered !== after.ordered || before.rate_limit !== after.rate_limit) {
    yield* onChange({ kind, ids: [after.id] })
  }
}
