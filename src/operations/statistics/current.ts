import { type RawBuilder, sql } from 'kysely'
import type { ObservedState } from '../../core/telemetry.ts'
import { dateOrNull } from '../../dispatch/index.ts'
import { isGiven } from '../../store/given-rows.ts'
import type { Store } from '../../store/store.ts'
import { first, rows, type Work } from '../../store/work.ts'
import type { Scope } from './scope.ts'

/** Nothing is counted further than this: whoever has more than that waiting knows enough. */
const MOST_COUNTED = 100_000
/** Where the index does not say it all, and the rows themselves are looked at. */
const MOST_LEASED = 10_000
const MOST_FAILING = 1_000
const MOST_OF_OWNER = 5_000
/** Hooks in one query: on SQLite nothing else runs meanwhile. */
const HOOKS_AT_ONCE = 10_000
/** A delivery that was handed over to a queue of the application's has the longest lease; see `HAND_OVER_LEASE_MS`. */
const LONGEST_LEASE_MS = 15 * 60_000

/** What there is at this moment. No count goes beyond `cappedAt`: one that is equal to it means so many or more. */
export interface CurrentStatistics {
  /** The highest count that there can be: 100,000. */
  cappedAt: number
  events: {
    /** Events that have no deliveries yet; for a hook or an owner, among the 5,000 that are due first. */
    waiting: number
    /** When the oldest of them happened; null where none waits. */
    oldestAt: Date | null
    /** Those of them whose data could not be made, up to 1,000: see `hooks.events({ failing: true })`. */
    failing: number
  }
  deliveries: {
    /** Their time has come. */
    due: number
    /** Since when the oldest of these is due; null where none is. */
    oldestDueAt: Date | null
    /** A process has taken them for an attempt; counted up to 10,000. */
    inFlight: number
    /** They wait for the time of their next attempt. */
    scheduled: number
    /** Their hook holds them back: it is disabled, its circuit breaker is open, or it has a rate limit or an order. */
    parked: number
  }
  /** Of at most `cappedAt` hooks, the newest. */
  hooks: {
    enabled: number
    disabled: number
    /** Their last attempt failed. */
    failing: number
    /** Their circuit breaker is open. */
    open: number
    /** They get more and more since it has closed. */
    recovering: number
  }
}

/**
 * Counts what there is now. Each query is bounded, and is a call by itself: on SQLite nothing else runs meanwhile.
 *
 * @throws `database_unavailable`, `database_outdated`
 */
export async function currentStatistics(
  store: Store,
  now: number,
  scope?: Scope,
): Promise<CurrentStatistics> {
  const due = await store.read(() => first(dueQuery(store, now, scope)))
  const later = await store.read(() => first(laterQuery(store, now, scope)))
  const leased = await store.read(() => first(leasedQuery(store, now, scope)))
  const parked = await store.read(() => first(parkedQuery(store, scope)))
  const events = await store.read(() => waitingEvents(store, scope))
  const failing = await store.read(() => first(failingEvents(store, scope)))
  const hooks = await countHooks(store, scope)
  const health = await store.read(() => rows(healthQuery(store, scope)))
  const state = (name: ObservedState) => health.find((row) => row.state === name)?.hooks ?? 0
  return {
    cappedAt: MOST_COUNTED,
    events: {
      waiting: events.waiting,
      oldestAt: dateOrNull(events.oldest_at),
      failing: failing?.failing ?? 0,
    },
    deliveries: {
      due: due?.due ?? 0,
      oldestDueAt: dateOrNull(due?.oldest_at),
      inFlight: leased?.leased ?? 0,
      // Something may have happened between the two.
      scheduled: Math.max(0, (later?.later ?? 0) - (leased?.leased ?? 0)),
      parked: parked?.parked ?? 0,
    },
    hooks: {
      enabled: hooks.enabled,
      disabled: hooks.disabled,
      failing: state('failing'),
      open: state('waiting'),
      recovering: state('recovering'),
    },
  }
}

const count = sql<number>`cast(count(*) as integer)`
const countIf = (condition: RawBuilder<unknown>) =>
  sql<number>`cast(count(case when ${condition} then 1 end) as integer)`

function ofScope(store: Store, scope: Scope | undefined, column: string): RawBuilder<boolean> {
  return scope === undefined
    ? sql<boolean>`1 = 1`
    : (isGiven(store, column, scope.hookIds) as RawBuilder<boolean>)
}

function dueQuery(store: Store, now: number, scope: Scope | undefined) {
  const due = store.db
    .selectFrom('delivery')
    .select(['hook_id', 'due_at'])
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(MOST_COUNTED)
  return store.db
    .selectFrom(due.as('d'))
    .select(({ fn }) => [count.as('due'), fn.min('d.due_at').as('oldest_at')])
    .where(ofScope(store, scope, 'd.hook_id'))
}

function laterQuery(store: Store, now: number, scope: Scope | undefined) {
  const later = store.db
    .selectFrom('delivery')
    .select('hook_id')
    .where('due_at', '>', now)
    .orderBy('due_at')
    .limit(MOST_COUNTED)
  return store.db
    .selectFrom(later.as('d'))
    .select(count.as('later'))
    .where(ofScope(store, scope, 'd.hook_id'))
}

/** Among those whose time is near: the index of what will be due has the leases too. */
function leasedQuery(store: Store, now: number, scope: Scope | undefined) {
  const soon = store.db
    .selectFrom('delivery')
    .select(['hook_id', 'lease'])
    .where('due_at', '>', now)
    .where('due_at', '<=', now + LONGEST_LEASE_MS)
    .orderBy('due_at')
    .limit(MOST_LEASED)
  return store.db
    .selectFrom(soon.as('d'))
    .select(count.as('leased'))
    .where('d.lease', 'is not', null)
    .where(ofScope(store, scope, 'd.hook_id'))
}

function parkedQuery(store: Store, scope: Scope | undefined) {
  const parked = store.db
    .selectFrom('delivery')
    .select('hook_id')
    .where('parked_due_at', 'is not', null)
    .where(ofScope(store, scope, 'delivery.hook_id'))
    .limit(MOST_COUNTED)
  return store.db.selectFrom(parked.as('d')).select(count.as('parked'))
}

function ofOwner(scope: Scope | undefined): RawBuilder<boolean> {
  return scope === undefined
    ? sql<boolean>`1 = 1`
    : sql<boolean>`(e.broadcast = 1 or e.owner = ${scope.owner})`
}

/** Of the index alone where everybody's are asked for: the rows may be large. */
function* waitingEvents(
  { db }: Store,
  scope: Scope | undefined,
): Work<{ waiting: number; oldest_at: number | null }> {
  const all = db.selectFrom('event').where('fanout_due_at', 'is not', null)
  const found =
    scope === undefined
      ? yield* first(
          db
            .selectFrom(all.select('seq').limit(MOST_COUNTED).as('e'))
            .select(({ fn }) => [count.as('waiting'), fn.min('e.seq').as('oldest')]),
        )
      : yield* first(
          db
            .selectFrom(
              all.select(['seq', 'owner', 'broadcast']).orderBy('fanout_due_at').limit(MOST_OF_OWNER).as('e'),
            )
            .select(({ fn }) => [count.as('waiting'), fn.min('e.seq').as('oldest')])
            .where(ofOwner(scope)),
        )
  const oldest = found?.oldest ?? null
  if (found === undefined || oldest === null) return { waiting: 0, oldest_at: null }
  const event = yield* first(db.selectFrom('event').select('created_at').where('seq', '=', oldest))
  return { waiting: found.waiting, oldest_at: event?.created_at ?? null }
}

/** Those that were tried have a time at which they are tried again; that of all others is 0, or the end of a short lease. */
function failingEvents({ db }: Store, scope: Scope | undefined) {
  const tried = db
    .selectFrom('event')
    .select(['owner', 'broadcast', 'fanout_error'])
    .where('fanout_due_at', '>', 0)
    .limit(MOST_FAILING)
  return db
    .selectFrom(tried.as('e'))
    .select(count.as('failing'))
    .where('e.fanout_error', 'is not', null)
    .where(ofOwner(scope))
}

/** The newest first, a few at a time: no index knows which of them are disabled. */
async function countHooks(
  store: Store,
  scope: Scope | undefined,
): Promise<{ enabled: number; disabled: number }> {
  const counted = { enabled: 0, disabled: 0 }
  let upTo = Number.MAX_SAFE_INTEGER
  for (let looked = 0; looked < MOST_COUNTED; looked += HOOKS_AT_ONCE) {
    const some = store.db
      .selectFrom('hook')
      .select(['id', 'disabled_at', 'deleted_at'])
      .where(ofScope(store, scope, 'hook.id'))
      .where('id', '<', upTo)
      .orderBy('id', 'desc')
      .limit(HOOKS_AT_ONCE)
    const query = store.db
      .selectFrom(some.as('h'))
      .select(({ fn }) => [
        count.as('looked'),
        fn.min('h.id').as('lowest'),
        countIf(sql`h.deleted_at is null and h.disabled_at is null`).as('enabled'),
        countIf(sql`h.deleted_at is null and h.disabled_at is not null`).as('disabled'),
      ])
    const found = await store.read(() => first(query))
    counted.enabled += found?.enabled ?? 0
    counted.disabled += found?.disabled ?? 0
    if (found === undefined || found.looked < HOOKS_AT_ONCE) break
    upTo = found.lowest
  }
  return counted
}

/** Hooks that are well have no row there, so there are few. */
function healthQuery(store: Store, scope: Scope | undefined) {
  const ill = store.db
    .selectFrom('health')
    .select(['hook_id', 'open_until', 'recovered_at'])
    .where(ofScope(store, scope, 'health.hook_id'))
    .limit(MOST_COUNTED)
  const state = sql<ObservedState>`case when i.open_until is not null then 'waiting'
    when i.recovered_at is null then 'failing' else 'recovering' end`
  return store.db
    .selectFrom(ill.as('i'))
    .innerJoin('hook as h', 'h.id', 'i.hook_id')
    .select([state.as('state'), count.as('hooks')])
    .where('h.disabled_at', 'is', null)
    .where('h.deleted_at', 'is', null)
    .groupBy(state)
}
