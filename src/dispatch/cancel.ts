import type { HookRow } from '../hooks/index.ts'
import { givenRows } from '../store/given-rows.ts'
import { exec, rows, type Work } from '../store/work.ts'
import type { ClaimContext, Key } from './parking.ts'

/** Parked deliveries of a hook that are cancelled in one claim. */
const CANCELLED_AT_ONCE = 500

/** Why nothing more is to go to a hook; undefined while something may, now or later. */
export function endOf(hook: HookRow | undefined): string | undefined {
  if (hook === undefined) return 'the hook was deleted'
  if (hook.disabled_at === null || hook.disabled_cause !== 'gone') return undefined
  return 'the hook was disabled, because its target answered 410 Gone'
}

/**
 * Cancels deliveries of a hook that has ended: those that were taken, and a part of those that are parked.
 *
 * @returns whether more may be parked, to which a lane must lead
 */
export function* cancel(
  context: ClaimContext,
  hookId: number,
  taken: readonly Key[],
  reason: string,
): Work<boolean> {
  const { store, now } = context
  const { db } = store
  const parked: Key[] = yield* rows(
    db
      .selectFrom('delivery')
      .select(['hook_id', 'event_seq'])
      .where('hook_id', '=', hookId)
      .where('parked_due_at', 'is not', null)
      .orderBy('parked_due_at')
      .limit(CANCELLED_AT_ONCE),
  )
  const ended = [...taken, ...parked]
  if (ended.length > 0) {
    yield* exec(
      db
        .updateTable('delivery')
        .from(givenRows(store, ended, ['hook_id', 'event_seq']).as('ended'))
        .set({ status: 'cancelled', reason, finished_at: now })
        .set({ due_at: null, parked_due_at: null, lease: null, manual: 0 })
        .whereRef('delivery.hook_id', '=', 'ended.hook_id')
        .whereRef('delivery.event_seq', '=', 'ended.event_seq'),
    )
    context.cancelled = (context.cancelled ?? 0) + ended.length
  }
  return parked.length === CANCELLED_AT_ONCE
}
