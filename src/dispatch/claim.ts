import { sql } from 'kysely'
import { type HookRow, selectHooks } from '../hooks/index.ts'
import { givenRows, isGiven } from '../store/given-rows.ts'
import { holding, skippingLocked } from '../store/lock-rows.ts'
import { exec, rows, type Work } from '../store/work.ts'
import { Allowance, type Room } from './allowance.ts'
import { cancel, endOf } from './cancel.ts'
import { type Claimed, claimedEvent, EVENT_COLUMNS } from './claimed.ts'
import { isHeldBack, type Limits } from './gate.ts'
import type { LaneChanges } from './lanes.ts'
import { type ClaimContext, type Key, park } from './parking.ts'

/** A hook with what its deliveries depend on. */
export type ClaimableHook = HookRow & {
  readonly health_open_until: number | null
  readonly health_recovered_at: number | null
}

/** What a claim gave. */
export interface Claim {
  claimed: Claimed[]
  /** How many were due and are now parked, cancelled or passed over: behind them there may be more. */
  putAside: number
}

/**
 * Due deliveries that are looked at in one claim, at the least; twice as many as may be taken, if that is more. A long backlog
 * is thus parked in many claims, and none holds its locks, or others up, for long.
 */
const SMALLEST_WINDOW = 64

/**
 * Takes deliveries that are due, under a lease. What a hook has beyond its share goes aside once it stands in the way of
 * others: it is parked, out of the index of what is due, and the hook gets a lane from which it is taken as room comes free.
 */
export function* claimDue(context: ClaimContext, room: Room, lanes: LaneChanges): Work<Claim> {
  const left = new Allowance(room)
  const taken = yield* takeDue(context, left, lanes)
  if (taken.length === 0) return { claimed: [], putAside: left.putAside }
  const hooks = yield* hooksOf(context, taken, true)
  const free = yield* turnAway(context, taken, hooks, lanes)
  return {
    claimed: yield* lease(context, free, hooks),
    putAside: left.putAside + taken.length - free.length,
  }
}

function* takeDue(context: ClaimContext, left: Allowance, lanes: LaneChanges): Work<Key[]> {
  if (left.free === 0) return []
  const window = Math.max(SMALLEST_WINDOW, 2 * left.free)
  const due = yield* dueKeys(context, [], 'asc', window)
  const taken: Key[] = []
  const over: Key[] = []
  for (const key of due) (left.take(key.hook_id) ? taken : over).push(key)
  // Less than a window: all that is due has been seen, and nobody is hidden behind what is over a hook's share.
  if (due.length < window || left.free === 0) return taken
  // What has just come due stands at the other end: it need not wait until a long backlog is out of its way.
  yield* takeNewest(context, left, taken)
  yield* park(context, over)
  for (const { hook_id } of over) lanes.open(hook_id)
  left.putAside += over.length
  return taken
}

/** Of what came due last, as far as one window goes. */
function* takeNewest(context: ClaimContext, left: Allowance, taken: Key[]): Work<void> {
  const newest = yield* dueKeys(context, taken, 'desc', SMALLEST_WINDOW)
  for (const key of newest) if (left.take(key.hook_id)) taken.push(key)
}

function* dueKeys(
  context: ClaimContext,
  taken: readonly Key[],
  order: 'asc' | 'desc',
  limit: number,
): Work<Key[]> {
  const { store, now } = context
  return yield* rows(
    skippingLocked(
      store,
      store.db
        .selectFrom('delivery')
        .select(['hook_id', 'event_seq'])
        .where('due_at', '<=', now)
        .where(notTaken(context, taken))
        .orderBy('due_at', order)
        .limit(limit),
    ),
  )
}

function notTaken({ store }: ClaimContext, taken: readonly Key[]) {
  if (taken.length === 0) return sql<boolean>`true`
  const keys = givenRows(store, taken, ['hook_id', 'event_seq'])
  return sql<boolean>`(hook_id, event_seq) not in ${keys}`
}

/**
 * The hooks of some deliveries or lanes; those that are deleted are missing.
 *
 * @param hold whether those that are disabled stay so to the end of the transaction. It waits for whoever changes one
 */
export function* hooksOf(
  { store, fields }: ClaimContext,
  keys: readonly { hook_id: number }[],
  hold: boolean,
): Work<Map<number, ClaimableHook>> {
  const ids = new Set(keys.map(({ hook_id }) => hook_id))
  const found = (yield* rows(
    withHealth(selectHooks(store, fields)).where(isGiven(store, 'hook.id', ids)),
  )) as ClaimableHook[]
  const disabled = found.filter(({ disabled_at }) => disabled_at !== null).map(({ id }) => id)
  const hooks = new Map(found.map((hook) => [hook.id, hook]))
  if (!hold || store.locks === 'database' || disabled.length === 0) return hooks
  // Looked at again under a lock: if one is enabled at this moment, nobody would come back to what is parked for it now.
  const held = yield* rows(
    holding(store, selectHooks(store, fields).where(isGiven(store, 'hook.id', disabled))),
  )
  for (const id of disabled) hooks.delete(id)
  for (const hook of held) hooks.set(hook.id, { ...hook, health_open_until: null, health_recovered_at: null })
  return hooks
}

/** Under names that no field of the application's has. */
function withHealth<Q extends ReturnType<typeof selectHooks>>(query: Q): Q {
  const health = (column: 'open_until' | 'recovered_at') =>
    sql`(select health.${sql.ref(column)} from ${sql.table('health')} as health where health.hook_id = ${sql.ref('hook.id')})`.as(
      `health_${column}`,
    )
  return query.select([health('open_until'), health('recovered_at')]) as unknown as Q
}

export function limitsOf(hook: ClaimableHook): Limits {
  const { ordered, rate_limit, health_open_until: open_until, health_recovered_at: recovered_at } = hook
  return { ordered, rate_limit, open_until, recovered_at }
}

/**
 * The deliveries of a hook that has ended are cancelled, those of a disabled one parked until it is enabled, those of one
 * that is held back parked in its lane. The others stay.
 */
function* turnAway(
  context: ClaimContext,
  keys: readonly Key[],
  hooks: ReadonlyMap<number, ClaimableHook>,
  lanes: LaneChanges,
): Work<Key[]> {
  const free: Key[] = []
  const waiting: Key[] = []
  for (const [hookId, taken] of Map.groupBy(keys, ({ hook_id }) => hook_id)) {
    const hook = hooks.get(hookId)
    const end = endOf(hook)
    if (end !== undefined) {
      if (yield* cancel(context, hookId, taken, end)) lanes.open(hookId)
    } else if (hook?.disabled_at === null && !isHeldBack(limitsOf(hook), context.now)) {
      free.push(...taken)
    } else {
      waiting.push(...taken)
      if (hook?.disabled_at === null) {
        lanes.open(hookId)
        lanes.wake(hookId)
      }
    }
  }
  yield* park(context, waiting)
  return free
}

/** Puts the lease on deliveries that this transaction has locked, and gives all that their attempts need. */
export function* lease(
  { store, lease: token, leaseUntil }: ClaimContext,
  keys: readonly Key[],
  hooks: ReadonlyMap<number, HookRow>,
): Work<Claimed[]> {
  if (keys.length === 0) return []
  const claimed = givenRows(store, keys, ['hook_id', 'event_seq']).as('claimed')
  yield* exec(
    store.db
      .updateTable('delivery')
      .from(claimed)
      .set({ lease: token, due_at: leaseUntil, parked_due_at: null })
      .whereRef('delivery.hook_id', '=', 'claimed.hook_id')
      .whereRef('delivery.event_seq', '=', 'claimed.event_seq'),
  )
  const found = yield* rows(
    store.db
      .selectFrom(claimed)
      .innerJoin('delivery as d', (join) =>
        join.onRef('d.hook_id', '=', 'claimed.hook_id').onRef('d.event_seq', '=', 'claimed.event_seq'),
      )
      .innerJoin('event as e', 'e.seq', 'd.event_seq')
      .select(['d.hook_id', 'd.event_seq', 'd.attempts', 'd.tries', 'd.excused', 'd.manual', 'd.body'])
      .select(EVENT_COLUMNS),
  )
  return found.map((row) => ({
    hook: hooks.get(row.hook_id) as HookRow,
    seq: row.event_seq,
    ...claimedEvent(row),
    attempts: row.attempts,
    tries: row.tries,
    excused: row.excused,
    manual: row.manual,
    body: row.body,
    lease: token,
    leaseUntil,
  }))
}
