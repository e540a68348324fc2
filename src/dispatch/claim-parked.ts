import { sql } from 'kysely'
import { givenRows } from '../store/given-rows.ts'
import { skippingLocked } from '../store/lock-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'
import { Allowance, type Room } from './allowance.ts'
import { cancel, endOf } from './cancel.ts'
import { type Claim, type ClaimableHook, hooksOf, lease, limitsOf } from './claim.ts'
import { type Gate, gateOf } from './gate.ts'
import { headOf, inFlight } from './in-order.ts'
import { keepLane, type Lane, removeLane } from './lanes.ts'
import { type ClaimContext, type Key, unpark } from './parking.ts'

/** Lanes that are looked at in one claim. */
const LANES = 50
/** Hooks without room that are passed over, at the most. */
const CROWDED_OUT_KEPT = 2_000

export interface ParkedClaim extends Claim {
  /** Hooks whose lanes are due, and for which others like them have left no room. */
  crowdedOut: readonly number[]
}

/**
 * Takes parked deliveries of hooks whose lanes are due. It is a transaction of its own: it locks lanes, and whoever does
 * must not wait for others. The lanes are locked in one statement and the deliveries looked at in the next, so that none is
 * overlooked that was parked meanwhile. What a hook is limited to holds over all workers, because none has its lane twice.
 *
 * @param crowdedOut what the last call gave: they are passed over for as long as there is no room for them
 */
export function* claimParked(
  context: ClaimContext,
  room: Room,
  crowdedOut: readonly number[] = [],
): Work<ParkedClaim> {
  const { store, now, probeUntil } = context
  const left = new Allowance(room)
  // They would stand before the others, turn after turn.
  const passed = crowdedOut.filter((hookId) => left.isCrowdedOut(hookId))
  const lanes = yield* rows(dueLanes(store, now, passed))
  if (lanes.length === 0) return { claimed: [], putAside: 0, crowdedOut: passed }
  const hooks = yield* hooksOf(context, lanes, false)
  const taken: Key[] = []
  let putAside = 0
  for (const lane of lanes) {
    const hook = hooks.get(lane.hook_id)
    const end = endOf(hook)
    if (hook === undefined || end !== undefined) {
      const more = yield* cancel(context, lane.hook_id, [], end ?? '')
      yield* exec(more ? keepLane(store, lane, now) : removeLane(store, lane))
      putAside += 1
    } else if (hook.disabled_at !== null) {
      // What an ordered hook has under way is remembered until it has ended: the hook may be enabled before.
      const busyUntil = yield* inFlight(context, lane)
      yield* exec(busyUntil === undefined ? removeLane(store, lane) : keepLane(store, lane, busyUntil))
    } else {
      const gate = gateOf(lane, limitsOf(hook), now, probeUntil)
      const visit = { lane, hook, gate, left }
      const keys = hook.ordered === 1 ? yield* takeHead(context, visit) : yield* takeSome(context, visit)
      taken.push(...keys)
    }
  }
  const found = lanes.map(({ hook_id }) => hook_id).filter((hookId) => left.isCrowdedOut(hookId))
  const without = [...passed, ...found].slice(0, CROWDED_OUT_KEPT)
  return {
    claimed: yield* lease(context, taken, hooks),
    putAside: putAside + without.length - passed.length,
    crowdedOut: without,
  }
}

function dueLanes(store: Store, now: number, without: readonly number[]) {
  const passed = givenRows(
    store,
    without.map((hook_id) => ({ hook_id })),
    ['hook_id'],
  )
  return skippingLocked(
    store,
    store.db
      .selectFrom('lane')
      .select(['hook_id', 'not_before', 'tat', 'held_seq'])
      .where('next_at', '<=', now)
      .where(without.length === 0 ? sql<boolean>`true` : sql<boolean>`hook_id not in ${passed}`)
      .orderBy('next_at')
      .limit(LANES),
  )
}

interface Visit {
  lane: Lane
  hook: ClaimableHook
  gate: Gate
  left: Allowance
}

function* takeSome(context: ClaimContext, { lane, gate, left }: Visit): Work<Key[]> {
  const { store, now, leaseUntil } = context
  const { hook_id } = lane
  const share = left.shareOf(hook_id)
  const wanted = Math.max(Math.min(left.of(hook_id), gate.most), 0)
  const parked = yield* rows(
    store.db
      .selectFrom('delivery')
      .select(['hook_id', 'event_seq', 'parked_due_at'])
      .where('hook_id', '=', hook_id)
      .where('parked_due_at', 'is not', null)
      .orderBy('parked_due_at')
      .limit(wanted + 1),
  )
  // Of a hook that was ordered before: nothing is behind them now, and the lane need not wait for their time.
  yield* unpark(
    context,
    parked.filter(({ parked_due_at: at }) => Number(at) > now),
  )
  const due = parked.filter(({ parked_due_at: at }) => Number(at) <= now)
  const mine = due.slice(0, wanted).filter(() => left.take(hook_id))
  const changes = mine.length > 0 ? gate.after(mine.length) : {}
  const notBefore = changes.not_before ?? (mine.length === 0 ? gate.until : now)
  if (parked.length === mine.length) {
    // What the hook has used up must be remembered for as long as it counts.
    yield* exec(notBefore > now ? keepLane(store, lane, notBefore, changes) : removeLane(store, lane))
    return mine
  }
  // One that had its share waits for the end of an attempt; one that found no room is looked at in the next claim.
  const roomAt = gate.most > wanted && wanted >= share ? leaseUntil : now
  yield* exec(keepLane(store, lane, Math.max(roomAt, notBefore), changes))
  return mine
}

function* takeHead(context: ClaimContext, { lane, hook, gate, left }: Visit): Work<Key[]> {
  const { store, now, leaseUntil } = context
  const head = yield* headOf(context, lane, hook)
  if (head === undefined) {
    const rest = Math.max(gate.until, lane.not_before)
    yield* exec(rest > now ? keepLane(store, lane, rest, { held_seq: null }) : removeLane(store, lane))
    return []
  }
  if (head.key === undefined) {
    yield* exec(keepLane(store, lane, Math.max(head.until, gate.until)))
    return []
  }
  if (gate.most === 0 || !left.take(lane.hook_id)) {
    yield* exec(keepLane(store, lane, gate.most === 0 ? gate.until : now))
    return []
  }
  const changes = { ...gate.after(1), held_seq: head.key.event_seq }
  yield* exec(keepLane(store, lane, Math.max(leaseUntil, changes.not_before ?? 0), changes))
  return [head.key]
}
