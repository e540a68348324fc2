import { type Compilable, sql } from 'kysely'
import { type FieldDefinitions, type HookRow, selectHooks } from '../hooks/index.ts'
import { jsonRows } from '../store/json-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, first, rows, type Work } from '../store/work.ts'

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

/** How much may be claimed now. */
export interface Room {
  /** For all hooks together. */
  free: number
  /** For each hook, less what is under way. */
  perHook: number
  /** What a hook has earned of that; all of it if left out. */
  shareOf?: (hookId: number) => number
  /** For the hooks together that gave no response the last time; as much as is free if left out. */
  freeForSilent?: number
  isSilent?: (hookId: number) => boolean
  underWay: ReadonlyMap<number, number>
}

export interface ClaimContext {
  store: Store
  fields: FieldDefinitions
  now: number
  lease: string
  leaseUntil: number
}

interface Key {
  hook_id: number
  event_seq: number
}

/** Lanes that are looked at in one claim. */
const LANES = 50
/** Due deliveries that are looked at in one claim, at the least: enough to see past a hook that has many. */
const WINDOW = 500
/** Windows in one claim: parking a long backlog is spread over several, so that none holds the lock for long. */
const WINDOWS = 3
/** Parked deliveries of a deleted hook that are cancelled in one claim. */
const CANCELLED_AT_ONCE = 500

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

/** What may still be taken in this claim, in all and for each hook. */
class Allowance {
  free: number
  /** Deliveries that stood in the way of others, and were parked. */
  putAside = 0
  readonly #room: Room
  readonly #used: Map<number, number>
  #freeForSilent: number

  constructor(room: Room) {
    this.free = room.free
    this.#room = room
    this.#used = new Map(room.underWay)
    this.#freeForSilent = Math.max(0, room.freeForSilent ?? room.free)
  }

  of(hookId: number): number {
    const free = this.#isSilent(hookId) ? Math.min(this.free, this.#freeForSilent) : this.free
    return Math.min(free, this.shareOf(hookId))
  }

  #isSilent(hookId: number): boolean {
    return this.#room.isSilent?.(hookId) === true
  }

  /** What a hook may have if only its own limit counts. */
  shareOf(hookId: number): number {
    const { perHook, shareOf } = this.#room
    const share = Math.min(perHook, shareOf?.(hookId) ?? perHook)
    return Math.max(0, share - (this.#used.get(hookId) ?? 0))
  }

  take(hookId: number): boolean {
    if (this.of(hookId) === 0) return false
    this.free -= 1
    if (this.#isSilent(hookId)) this.#freeForSilent -= 1
    this.#used.set(hookId, (this.#used.get(hookId) ?? 0) + 1)
    return true
  }
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

/** An attempt that ends wakes its hook's lane; the time is for the case that its process dies before. */
function awaken({ db }: Store, hookId: number, at: number): Compilable<unknown> {
  return db.updateTable('lane').set({ next_at: at }).where('hook_id', '=', hookId)
}

function removeLane({ db }: Store, hookId: number): Compilable<unknown> {
  return db.deleteFrom('lane').where('hook_id', '=', hookId)
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

/** Puts deliveries aside, and opens lanes for their hooks. */
function* park({ store, now }: ClaimContext, keys: readonly Key[]): Work<void> {
  if (keys.length === 0) return
  const { db } = store
  yield* exec(
    db
      .updateTable('delivery')
      .from(jsonRows(store, keys, ['hook_id', 'event_seq']).as('over'))
      .set(({ fn }) => ({ parked_due_at: fn.coalesce('delivery.due_at', 'delivery.parked_due_at') }))
      .set({ due_at: null, lease: null })
      .whereRef('delivery.hook_id', '=', 'over.hook_id')
      .whereRef('delivery.event_seq', '=', 'over.event_seq'),
  )
  const lanes = [...new Set(keys.map(({ hook_id }) => hook_id))].map((hook_id) => ({ hook_id, next_at: now }))
  yield* exec(
    db
      .insertInto('lane')
      .values(lanes)
      .onConflict((conflict) => conflict.doNothing()),
  )
}

function* hooksOf({ store, fields }: ClaimContext, keys: readonly Key[]): Work<Map<number, HookRow>> {
  const ids = JSON.stringify([...new Set(keys.map(({ hook_id }) => hook_id))])
  const found = yield* rows(
    selectHooks(store, fields).where(sql<boolean>`id in (select value from json_each(${ids}))`),
  )
  return new Map(found.map((hook) => [hook.id, hook]))
}

/** A deleted hook's deliveries are cancelled, a disabled one's parked until it is enabled. The others stay. */
function* turnAway(
  context: ClaimContext,
  keys: readonly Key[],
  hooks: ReadonlyMap<number, HookRow>,
): Work<Key[]> {
  const { store, now } = context
  const alive: Key[] = []
  const waiting: Key[] = []
  const deleted = new Map<number, Key[]>()
  for (const key of keys) {
    const hook = hooks.get(key.hook_id)
    if (hook === undefined) deleted.set(key.hook_id, [...(deleted.get(key.hook_id) ?? []), key])
    else (hook.disabled_at === null ? alive : waiting).push(key)
  }
  yield* park(context, waiting)
  for (const { hook_id } of waiting) yield* exec(removeLane(store, hook_id))
  for (const [hookId, taken] of deleted) yield* cancelDeleted(store, hookId, taken, now)
  return alive
}

/** Those that were taken, and a part of those that are parked; a lane leads to the rest. */
function* cancelDeleted(store: Store, hookId: number, taken: readonly Key[], now: number): Work<void> {
  const { db } = store
  const parked: Key[] = yield* rows(
    db
      .selectFrom('delivery')
      .select(['hook_id', 'event_seq'])
      .where('hook_id', '=', hookId)
      .where('parked_due_at', 'is not', null)
      .limit(CANCELLED_AT_ONCE),
  )
  const keys = jsonRows(store, [...taken, ...parked], ['hook_id', 'event_seq']).as('ended')
  yield* exec(
    db
      .updateTable('delivery')
      .from(keys)
      .set({ status: 'cancelled', reason: 'the hook was deleted', finished_at: now })
      .set({ due_at: null, parked_due_at: null, lease: null })
      .whereRef('delivery.hook_id', '=', 'ended.hook_id')
      .whereRef('delivery.event_seq', '=', 'ended.event_seq'),
  )
  if (parked.length < CANCELLED_AT_ONCE) {
    yield* exec(removeLane(store, hookId))
    return
  }
  yield* exec(
    db
      .insertInto('lane')
      .values({ hook_id: hookId, next_at: now })
      .onConflict((conflict) => conflict.column('hook_id').doUpdateSet({ next_at: now })),
  )
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

/** Work that waits for the dispatcher. */
export interface Waiting {
  /** Whether a delivery or a lane is due. */
  due: boolean
  /** When the next thing will be due that is not due yet, in milliseconds since the epoch; undefined when nothing will. */
  nextAt: number | undefined
}

/**
 * Whether there is something to do, and when there will be: a few looks into small indexes. Events that are due are left
 * out: who asks has looked for them, and those that remain are in hand already, or for another process.
 */
export function* waiting({ db }: Store, now: number): Work<Waiting> {
  const delivery = db.selectFrom('delivery').select(({ fn }) => fn.min('due_at').as('at'))
  const lane = db.selectFrom('lane').select(({ fn }) => fn.min('next_at').as('at'))
  const event = db.selectFrom('event').select(({ fn }) => fn.min('fanout_due_at').as('at'))
  const found = yield* first(
    db.selectNoFrom([
      delivery.where('due_at', '<=', now).as('dueDelivery'),
      lane.where('next_at', '<=', now).as('dueLane'),
      delivery.where('due_at', '>', now).as('delivery'),
      lane.where('next_at', '>', now).as('lane'),
      event.where('fanout_due_at', '>', now).as('event'),
    ]),
  )
  const times = [found?.delivery, found?.lane, found?.event].filter((at) => typeof at === 'number')
  return {
    due: typeof found?.dueDelivery === 'number' || typeof found?.dueLane === 'number',
    nextAt: times.length === 0 ? undefined : Math.min(...times),
  }
}
