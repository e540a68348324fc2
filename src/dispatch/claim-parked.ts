import { skippingLocked } from '../store/lock-rows.ts'
import { exec, rows, type Work } from '../store/work.ts'
import { Allowance, type Room } from './allowance.ts'
import { cancelDeleted } from './cancel-deleted.ts'
import { type Claim, hooksOf, lease } from './claim.ts'
import { postponeLane, removeLane } from './lanes.ts'
import type { ClaimContext, Key } from './parking.ts'

/** Lanes that are looked at in one claim. */
const LANES = 50

/**
 * Takes parked deliveries of hooks whose lanes are due. It is a transaction of its own: it locks lanes, and whoever does
 * must not wait for others. The lanes are locked in one statement and the deliveries looked at in the next, so that none is
 * overlooked that was parked meanwhile.
 */
export function* claimParked(context: ClaimContext, room: Room): Work<Claim> {
  const { store, now, leaseUntil } = context
  const { db } = store
  const lanes = yield* rows(
    skippingLocked(
      store,
      db.selectFrom('lane').select('hook_id').where('next_at', '<=', now).orderBy('next_at').limit(LANES),
    ),
  )
  if (lanes.length === 0) return { claimed: [], putAside: 0 }
  const hooks = yield* hooksOf(context, lanes, false)
  const left = new Allowance(room)
  const taken: Key[] = []
  let putAside = 0
  for (const { hook_id } of lanes) {
    const hook = hooks.get(hook_id)
    if (hook === undefined) {
      const more = yield* cancelDeleted(context, hook_id, [])
      yield* exec(more ? postponeLane(store, hook_id, now) : removeLane(store, hook_id))
      putAside += 1
      continue
    }
    if (hook.disabled_at !== null) {
      yield* exec(removeLane(store, hook_id))
      continue
    }
    const share = left.shareOf(hook_id)
    const wanted = Math.max(left.of(hook_id), 0)
    const parked: Key[] = yield* rows(
      db
        .selectFrom('delivery')
        .select(['hook_id', 'event_seq'])
        .where('hook_id', '=', hook_id)
        .where('parked_due_at', 'is not', null)
        .orderBy('parked_due_at')
        .limit(wanted + 1),
    )
    const mine = parked.slice(0, wanted)
    for (const key of mine) if (left.take(hook_id)) taken.push(key)
    // One that had its share waits for the end of an attempt; one that found no room is looked at in the next claim.
    const nextAt = wanted >= share ? leaseUntil : now
    yield* exec(
      parked.length > mine.length ? postponeLane(store, hook_id, nextAt) : removeLane(store, hook_id),
    )
  }
  return { claimed: yield* lease(context, taken, hooks), putAside }
}
