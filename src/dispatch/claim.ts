import { sql } from 'kysely'
import { type HookRow, selectHooks } from '../hooks/index.ts'
import { jsonRows } from '../store/json-rows.ts'
import { exec, rows, type Work } from '../store/work.ts'
import { Allowance, type Room } from './allowance.ts'
import { awaken, type ClaimContext, type Key, park, removeLane } from './parking.ts'
import { turnAway } from './turn-away.ts'

/** A delivery that this dispatcher may make an attempt of, with all that the attempt needs. */
export interface Claimed {
  hook: HookRow
  seq: number
  /** The event's. */
  uid: string
  event: string
  /** The event's data, as JSON text. */
  data: string
  /** How many attempts were made before. */
  attempts: number
  /** What a payload function rendered at the first attempt. */
  body: string | null
  lease: string
}

/** What a claim gave. */
export interface Claim {
  claimed: Claimed[]
  /** How many were due and are now parked or cancelled: behind them there may be more. */
  putAside: number
}

/** Lanes that are looked at in one claim. */
const LANES = 50
/** Due deliveries that are looked at in one claim, at the least: enough to see past a hook that has many. */
const WINDOW = 500
/** Windows in one claim: parking a long backlog is spread over several, so that none holds the lock for long. */
const WINDOWS = 3

/**
 * Takes deliveries that are due, under a lease. What a hook has beyond its share goes aside once it stands in the way of
 * others: it is parked, out of the index of what is due, and the hook gets a lane from which it is taken as room comes free.
 */
export function* claim(context: ClaimContext, room: Room): Work<Claim> {
  const left = new Allowance(room)
  // Parked deliveries take half of what is free at the most, so that hooks without a lane are not the last in the queue.
  const taken = yield* takeParked(context, left, Math.ceil(room.free / 2))
  taken.push(...(yield* takeDue(context, left)))
  if (taken.length === 0) return { claimed: [], putAside: left.putAside }
  const hooks = yield* hooksOf(context, taken)
  const alive = yield* turnAway(context, taken, hooks)
  yield* lease(context, alive)
  const putAside = left.putAside + taken.length - alive.length
  return { claimed: yield* details(context, alive, hooks), putAside }
}

function* takeParked({ store, now, leaseUntil }: ClaimContext, left: Allowance, most: number): Work<Key[]> {
  const { db } = store
  const lanes = yield* rows(
    db.selectFrom('lane').select('hook_id').where('next_at', '<=', now).orderBy('next_at').limit(LANES),
  )
  const taken: Key[] = []
  for (const { hook_id } of lanes) {
    const share = left.shareOf(hook_id)
    const wanted = Math.min(left.of(hook_id), most - taken.length)
    const parked = yield* rows(
      db
        .selectFrom('delivery')
        .select(['hook_id', 'event_seq'])
        .where('hook_id', '=', hook_id)
        .where('parked_due_at', 'is not', null)
        .orderBy('parked_due_at')
        .limit(Math.max(wanted, 0) + 1),
    )
    const mine = parked.slice(0, Math.max(wanted, 0))
    for (const key of mine) if (left.take(hook_id)) taken.push(key)
    // One that had its share waits for the end of an attempt; one that found no room is looked at in the next claim.
    const nextAt = wanted >= share ? leaseUntil : now
    const lane = parked.length > mine.length ? awaken(store, hook_id, nextAt) : removeLane(store, hook_id)
    yield* exec(lane)
  }
  return taken
}

function* takeDue(context: ClaimContext, left: Allowance): Work<Key[]> {
  const { store, now } = context
  const taken: Key[] = []
  const window = Math.max(WINDOW, 2 * left.free)
  for (let round = 0; round < WINDOWS && left.free > 0; round += 1) {
    const due: Key[] = yield* rows(
      store.db
        .selectFrom('delivery')
        .select(['hook_id', 'event_seq'])
        .where('due_at', '<=', now)
        .where(notTaken(taken))
        .orderBy('due_at')
        .limit(window),
    )
    const over: Key[] = []
    for (const key of due) (left.take(key.hook_id) ? taken : over).push(key)
    // Less than a window: all that is due has been seen, and nobody is hidden behind what is over a hook's share.
    if (due.length < window || left.free === 0) break
    yield* park(context, over)
    left.putAside += over.length
  }
  return taken
}

function notTaken(taken: readonly Key[]) {
  const keys = JSON.stringify(taken.map(({ hook_id, event_seq }) => `${hook_id}/${event_seq}`))
  return taken.length === 0
    ? sql<boolean>`true`
    : sql<boolean>`(hook_id || '/' || event_seq) not in (select value from json_each(${keys}))`
}

function* hooksOf({ store, fields }: ClaimContext, keys: readonly Key[]): Work<Map<number, HookRow>> {
  const ids = JSON.stringify([...new Set(keys.map(({ hook_id }) => hook_id))])
  const found = yield* rows(
    selectHooks(store, fields).where(sql<boolean>`id in (select value from json_each(${ids}))`),
  )
  return new Map(found.map((hook) => [hook.id, hook]))
}

function* lease({ store, lease: token, leaseUntil }: ClaimContext, keys: readonly Key[]): Work<void> {
  if (keys.length === 0) return
  yield* exec(
    store.db
      .updateTable('delivery')
      .from(jsonRows(store, keys, ['hook_id', 'event_seq']).as('claimed'))
      .set({ lease: token, due_at: leaseUntil, parked_due_at: null })
      .whereRef('delivery.hook_id', '=', 'claimed.hook_id')
      .whereRef('delivery.event_seq', '=', 'claimed.event_seq'),
  )
}

function* details(
  { store, lease: token }: ClaimContext,
  keys: readonly Key[],
  hooks: ReadonlyMap<number, HookRow>,
): Work<Claimed[]> {
  if (keys.length === 0) return []
  const found = yield* rows(
    store.db
      .selectFrom(jsonRows(store, keys, ['hook_id', 'event_seq']).as('claimed'))
      .innerJoin('delivery as d', (join) =>
        join.onRef('d.hook_id', '=', 'claimed.hook_id').onRef('d.event_seq', '=', 'claimed.event_seq'),
      )
      .innerJoin('event as e', 'e.seq', 'd.event_seq')
      .select(['d.hook_id', 'd.event_seq', 'd.attempts', 'd.body', 'e.uid', 'e.name', 'e.data']),
  )
  return found.map((row) => ({
    hook: hooks.get(row.hook_id) as HookRow,
    seq: row.event_seq,
    uid: row.uid,
    event: row.name,
    data: row.data ?? 'null',
    attempts: row.attempts,
    body: row.body,
    lease: token,
  }))
}
