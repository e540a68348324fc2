import type { Clock } from '../core/clock.ts'
import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import { beginAnew, hasten, SECOND_CLICK_MS } from '../dispatch/again.ts'
import { deliveryById, deliveryMissing } from '../dispatch/delivery-by-id.ts'
import { type OwnerScope, scopeOf } from '../hooks/index.ts'
import { locking } from '../store/lock-rows.ts'
import type { Store } from '../store/store.ts'
import type { DeliveryStatus } from '../store/tables.ts'
import { first, type Work } from '../store/work.ts'

export interface RetryContext {
  store: Store
  clock: Clock
  /** Called when something is due. */
  wake: () => void
}

/** What came of `retry(id)`. */
export interface RetryOutcome {
  /** Whether it is sent again: not if an attempt is under way, or was asked for a moment ago. */
  retried: boolean
  /** What the delivery is now. */
  status: DeliveryStatus
}

/**
 * Sends one delivery again, at once.
 *
 * @throws `delivery_missing`, `hook_missing`
 */
export async function retry(
  { store, clock, wake }: RetryContext,
  id: string,
  options: OwnerScope = {},
): Promise<RetryOutcome> {
  refuseUnknownOptions(options, ['owner'], 'retry')
  const owner = scopeOf(options)
  const outcome = await store.write(function* () {
    const { row, hook } = yield* find(store, id, owner)
    const now = clock.now()
    if (isUnderWay(row, now) || wasJustAsked(row, now)) return { retried: false, status: row.status }
    if (row.status === 'pending') yield* hasten(store, hook, row.event_seq, now)
    else yield* beginAnew(store, hook, [row.event_seq], now)
    return { retried: true, status: 'pending' as const }
  })
  if (outcome.retried) wake()
  return outcome
}

/** The delivery, locked, and its hook. Another owner's is as good as missing. */
function* find(store: Store, id: string, owner: string | undefined): Work<{ row: Row; hook: HookColumns }> {
  const row = yield* deliveryById(store, id, (query) =>
    locking(
      store,
      query.select([
        'd.hook_id',
        'd.event_seq',
        'd.status',
        'd.due_at',
        'd.lease',
        'd.manual',
        'd.manual_at',
      ]),
      'd',
    ),
  )
  const hook: HookColumns | undefined = yield* first(
    store.db
      .selectFrom('hook')
      .select(['id', 'owner', 'ordered', 'rate_limit', 'deleted_at'])
      .where('id', '=', row.hook_id),
  )
  if (owner !== undefined && hook?.owner !== owner) throw deliveryMissing(id)
  if (hook !== undefined && hook.deleted_at === null) return { row, hook }
  throw problem('hook_missing', { field: 'id', value: id, problem: 'the hook of this delivery was deleted' })
}

interface Row {
  hook_id: number
  event_seq: number
  status: DeliveryStatus
  due_at: number | null
  lease: string | null
  manual: number
  manual_at: number | null
}

interface HookColumns {
  id: number
  owner: string
  ordered: number
  rate_limit: number | null
  deleted_at: number | null
}

/** Somebody makes an attempt at this moment, or it waits in a queue of the application's. */
function isUnderWay({ lease, due_at }: Row, now: number): boolean {
  return lease !== null && due_at !== null && due_at > now
}

/** A second click: the first one's attempt is yet to come, or has only just been made. */
function wasJustAsked({ status, manual, manual_at }: Row, now: number): boolean {
  if (status === 'pending' && manual === 1) return true
  return manual_at !== null && now - manual_at < SECOND_CLICK_MS
}
