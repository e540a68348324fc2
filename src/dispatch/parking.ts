import type { FieldDefinitions } from '../hooks/index.ts'
import { givenRows } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, type Work } from '../store/work.ts'

export interface ClaimContext {
  store: Store
  fields: FieldDefinitions
  now: number
  lease: string
  leaseUntil: number
  /** When an attempt that begins now is over in any case, whatever becomes of its process. */
  probeUntil: number
  /** How many deliveries the claim has cancelled; counted by `cancel`. */
  cancelled?: number
}

/** A delivery's primary key. */
export interface Key {
  hook_id: number
  event_seq: number
}

/**
 * Puts deliveries aside, out of the way of everybody else's. A lane must lead to them, unless their hook is disabled: then
 * it gets one when it is enabled.
 */
export function* park({ store }: ClaimContext, keys: readonly Key[]): Work<void> {
  if (keys.length === 0) return
  yield* exec(
    store.db
      .updateTable('delivery')
      .from(givenRows(store, keys, ['hook_id', 'event_seq']).as('over'))
      .set(({ fn }) => ({ parked_due_at: fn.coalesce('delivery.due_at', 'delivery.parked_due_at') }))
      .set({ due_at: null, lease: null })
      .whereRef('delivery.hook_id', '=', 'over.hook_id')
      .whereRef('delivery.event_seq', '=', 'over.event_seq'),
  )
}

/** Puts parked deliveries back among what will be due. */
export function* unpark({ store }: ClaimContext, keys: readonly Key[]): Work<void> {
  if (keys.length === 0) return
  yield* exec(
    store.db
      .updateTable('delivery')
      .from(givenRows(store, keys, ['hook_id', 'event_seq']).as('back'))
      .set(({ ref }) => ({ due_at: ref('delivery.parked_due_at') }))
      .set({ parked_due_at: null })
      .whereRef('delivery.hook_id', '=', 'back.hook_id')
      .whereRef('delivery.event_seq', '=', 'back.event_seq'),
  )
}
