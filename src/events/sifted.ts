import { sql } from 'kysely'
import { type Accepts, parseData, readFilter } from '../hooks/index.ts'
import { givenRows } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'
import { type ReadyEvent, readyOf } from './new-deliveries.ts'

/** A hook that listens to an event. */
interface Listening {
  event_seq: number
  hook_id: number
  in_lane: number
  /** Null for a hook without one. */
  filter: string | null
}

/** What came of looking at the filters of hooks. */
export interface Sifted {
  /** The hooks that were looked at, in the order of their ids. */
  looked: readonly number[]
  /** Those whose deliveries were parked. */
  parkedFor: number[]
  /** Those whose filter cannot be read. */
  unreadable: number[]
}

/**
 * Gives events their deliveries where some hook that listens has a filter. The hooks are read, looked at and written as they
 * were read, all of them: to write those without a filter by another query would miss one that gets or loses its filter
 * between the two. Two statements for however many events and hooks, which whoever calls has counted.
 *
 * @param limit the most hooks, of one event; all of them if left out
 */
export function* insertSifted(
  store: Store,
  events: readonly ReadyEvent[],
  now: number,
  limit?: number,
): Work<Sifted> {
  const listening: Listening[] = []
  const [only] = events
  if (only !== undefined && limit !== undefined) listening.push(...(yield* nextListeners(store, only, limit)))
  for (const broadcast of limit === undefined ? [0, 1] : []) {
    const some = events.filter(({ event }) => event.broadcast === broadcast)
    if (some.length > 0) listening.push(...(yield* allListeners(store, some, broadcast === 1)))
  }
  const { accepted, unreadable } = sift(events, listening)
  const deliveries = accepted.map(({ event_seq, hook_id, in_lane }) => ({
    event_seq,
    hook_id,
    due_at: in_lane === 1 ? null : now,
    parked_due_at: in_lane === 1 ? now : null,
  }))
  if (deliveries.length > 0) yield* insert(store, deliveries)
  const parkedFor = accepted.filter(({ in_lane }) => in_lane === 1).map(({ hook_id }) => hook_id)
  return { looked: listening.map(({ hook_id }) => hook_id), parkedFor: [...new Set(parkedFor)], unreadable }
}

/** By its key for each, and only where there is one: a join would read the whole table of hooks. */
function filterOf() {
  return sql<string | null>`case when s.filtered = 1
    then (select h.filter from ${sql.table('hook')} as h where h.id = s.hook_id) end`.as('filter')
}

function* allListeners(store: Store, events: readonly ReadyEvent[], broadcast: boolean): Work<Listening[]> {
  const wanted = givenRows(store, events.map(readyOf), ['seq', 'name', 'owner', 'cursor']).as('ready')
  const query = store.db
    .selectFrom(wanted)
    .crossJoin('subscription as s')
    .select(['ready.seq as event_seq', 's.hook_id', 's.in_lane', filterOf()])
    .whereRef('s.event', '=', 'ready.name')
    .whereRef('s.hook_id', '>', 'ready.cursor')
  return yield* rows(broadcast ? query : query.whereRef('s.owner', '=', 'ready.owner'))
}

/** Of one event, along an index: joined with it, SQLite would sort all hooks for each chunk of them. */
function* nextListeners(store: Store, { event, found }: ReadyEvent, limit: number): Work<Listening[]> {
  let query = store.db
    .selectFrom('subscription as s')
    .select(['s.hook_id', 's.in_lane', filterOf()])
    .where('s.event', '=', event.name)
    .where('s.hook_id', '>', event.fanout_cursor)
    .orderBy('s.hook_id')
    .limit(limit)
  if (event.broadcast === 0) query = query.where('s.owner', '=', event.owner)
  if (found !== undefined) query = query.where('s.hook_id', 'in', found as never)
  return (yield* rows(query)).map((one) => ({ ...one, event_seq: event.seq }))
}

/** The data of an event is parsed once, and only if a hook with a filter listens. */
function sift(events: readonly ReadyEvent[], listening: readonly Listening[]) {
  const dataBySeq = new Map(events.map(({ event, data }) => [event.seq, lazily(() => parseData(data))]))
  const filters = new Map<string, Accepts | undefined>()
  const unreadable = new Set<number>()
  const accepted = listening.filter(({ event_seq, hook_id, filter }) => {
    if (filter === null) return true
    if (!filters.has(filter)) filters.set(filter, readFilter(filter))
    const accepts = filters.get(filter)
    if (accepts === undefined) unreadable.add(hook_id)
    return accepts?.(dataBySeq.get(event_seq)?.()) === true
  })
  return { accepted, unreadable: [...unreadable] }
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function* insert(
  store: Store,
  deliveries: { hook_id: number; event_seq: number; due_at: number | null; parked_due_at: number | null }[],
): Work<void> {
  const columns = ['hook_id', 'event_seq', 'due_at', 'parked_due_at'] as const
  const { db } = store
  yield* exec(
    db
      .insertInto('delivery')
      .columns([...columns])
      .expression(
        db
          .selectFrom(givenRows(store, deliveries, columns).as('made'))
          .select(['made.hook_id', 'made.event_seq', 'made.due_at', 'made.parked_due_at'])
          // SQLite would take ON CONFLICT for a part of a join.
          .where(sql<boolean>`true`),
      )
      .onConflict((conflict) => conflict.doNothing()),
  )
}
