import type { Work } from '../store/work.ts'
import type { HookRow } from './hook.ts'
import { type HookContext, setColumns } from './hook-rows.ts'
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
  if (events === undefined) return updated
  const before = (yield* eventsOf(store, [row.id])).get(row.id) ?? []
  const ended = before.filter((name) => !events.includes(name))
  const begun = events.filter((name) => !before.includes(name))
  yield* unsubscribe(store, [row.id], ended)
  yield* subscribe(store, row, begun)
  return updated
}
