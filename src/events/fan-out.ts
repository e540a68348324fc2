import { CompiledQuery, type RawBuilder, sql } from 'kysely'
import { messageOf } from '../core/errors.ts'
import { givenRows } from '../store/given-rows.ts'
import { locking } from '../store/lock-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'
import type { Prepared } from './prepare.ts'

/** An event's fan-out that failed is tried again after this long, and after twice as long each time. */
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 60 * 60_000

/** What fan-out needs to know of an event. */
interface Ready {
  seq: number
  name: string
  owner: string | null
  broadcast: number
  data: string
  cursor: number
}

/** A delivery that was made; `due_at` is null where it was parked. */
interface Inserted {
  hook_id: number
  due_at: number | null
}

export interface FannedOut {
  left: Prepared[]
  parkedFor: number[]
}

type ReadyEvent = Extract<Prepared, { outcome: 'ready' }>

/**
 * Gives events their deliveries, one to each hook that listens, at most `budget` of them in this transaction: an event for
 * very many hooks is taken in several, from where its cursor stands. Killed at any point, it goes on from there.
 *
 * @returns the events that were not begun with, because the budget was used up, and the hooks whose deliveries were parked
 * at once, because they are ordered or have a rate limit: a lane must lead to them
 */
export function* fanOut(
  store: Store,
  prepared: readonly Prepared[],
  now: number,
  budget: number,
): Work<FannedOut> {
  const open = yield* stillOpen(store, prepared)
  yield* dismiss(store, open)
  yield* noteFailures(store, open, now)

  const ready = open.filter((one) => one.outcome === 'ready')
  let left = withinBytes(ready)
  const later = ready.slice(left.length)
  let free = budget
  const parkedFor: number[] = []
  while (left.length > 0 && free > 0) {
    const { fitting, deliveries } = yield* thoseThatFit(store, left, free)
    const [next] = left
    if (fitting.length > 0) {
      const events = fitting.map(readyOf)
      for (const broadcast of [0, 1]) {
        const some = events.filter((event) => event.broadcast === broadcast)
        yield* insertDeliveries(store, some, now, broadcast === 1)
      }
      parkedFor.push(...(yield* limitedHooks(store, events)))
      yield* finish(store, events)
      free -= deliveries
      left = left.slice(fitting.length)
    } else if (next !== undefined) {
      // An event for very many hooks leaves half to those behind it, which would wait for its last chunk otherwise.
      const share = left.length > 1 ? Math.ceil(free / 2) : free
      const inserted = yield* oneByOne(store, next, now, share)
      parkedFor.push(...inserted.filter(({ due_at }) => due_at === null).map(({ hook_id }) => hook_id))
      free -= Math.max(inserted.length, COST_OF_ONE)
      left = left.slice(1)
    }
  }
  return { left: [...left, ...later], parkedFor }
}

/** The hooks that hear of these events and get everything by way of their lanes. There are few: an index holds no others. */
function* limitedHooks(store: Store, events: readonly Ready[]): Work<number[]> {
  const found = yield* rows(
    store.db
      .selectFrom(givenRows(store, events, ['name', 'owner', 'broadcast']).as('ready'))
      .crossJoin('subscription as s')
      .select('s.hook_id')
      .distinct()
      .whereRef('s.event', '=', 'ready.name')
      .where(({ lit, eb }) => eb('s.in_lane', '=', lit(1)))
      .where(({ or, eb, ref }) =>
        or([eb('ready.broadcast', '=', 1), eb('s.owner', '=', ref('ready.owner'))]),
      ),
  )
  return found.map(({ hook_id }) => hook_id)
}

/** The data of one transaction goes through a parameter; JavaScript's strings end at half a gigabyte. */
const MOST_CHARACTERS = 8_000_000

/** The first events whose data is not more than that in all, and one in any case. */
function withinBytes(ready: readonly ReadyEvent[]): ReadyEvent[] {
  let characters = 0
  const end = ready.findIndex(({ data }, index) => {
    characters += data.length
    return index > 0 && characters > MOST_CHARACTERS
  })
  return end === -1 ? [...ready] : ready.slice(0, end)
}

/** An event that is taken by itself costs time, also if it is for nobody. */
const COST_OF_ONE = 20

/** What `find` gave may be refused by the database. That is a fault of this event alone, and must hold nobody else up. */
function* oneByOne(store: Store, prepared: ReadyEvent, now: number, budget: number): Work<Inserted[]> {
  if (prepared.found === undefined) return yield* insertChunk(store, prepared, now, budget)
  const savepoint = (verb: string) => exec(CompiledQuery.raw(`${verb} hookwright_find`))
  yield* savepoint('savepoint')
  try {
    const inserted = yield* insertChunk(store, prepared, now, budget)
    yield* savepoint('release savepoint')
    return inserted
  } catch (error) {
    if (!(error instanceof Error)) throw error
    yield* savepoint('rollback to savepoint')
    yield* savepoint('release savepoint')
    const { event } = prepared
    yield* noteFailures(store, [{ event, outcome: 'failed', error: `hook.find: ${messageOf(error)}` }], now)
    return []
  }
}

/**
 * Another dispatcher may have been faster: what it has done, or is further with, is not done again. It waits for locks, which
 * somebody may hold for a moment though the event is not his: an event left out would rest until its lease ends.
 */
function* stillOpen(store: Store, prepared: readonly Prepared[]): Work<Prepared[]> {
  if (prepared.length === 0) return []
  const keys = prepared.map(({ event }) => event)
  const found = yield* rows(
    locking(
      store,
      store.db
        .selectFrom('event as e')
        .innerJoin(
          givenRows(store, keys, ['seq', 'fanout_due_at', 'fanout_cursor']).as('wanted'),
          'wanted.seq',
          'e.seq',
        )
        .select('e.seq')
        // It is null when fan-out is done, and another time when somebody else has taken the event since.
        .whereRef('e.fanout_due_at', '=', 'wanted.fanout_due_at')
        .whereRef('e.fanout_cursor', '=', 'wanted.fanout_cursor')
        .orderBy('e.seq'),
      'e',
    ),
  )
  const open = new Set(found.map(({ seq }) => seq))
  return prepared.filter(({ event }) => open.has(event.seq))
}

function* dismiss(store: Store, prepared: readonly Prepared[]): Work<void> {
  const seqs = prepared.filter(({ outcome }) => outcome === 'dismissed').map(({ event }) => event.seq)
  for (const seq of seqs) yield* exec(store.db.deleteFrom('event').where('seq', '=', seq))
}

function* noteFailures(store: Store, prepared: readonly Prepared[], now: number): Work<void> {
  for (const one of prepared) {
    if (one.outcome !== 'failed') continue
    const { seq, fanout_attempts: attempts } = one.event
    const wait = Math.min(FIRST_RETRY_MS * 2 ** attempts, LONGEST_RETRY_MS)
    const changes = { fanout_attempts: attempts + 1, fanout_error: one.error, fanout_due_at: now + wait }
    yield* exec(store.db.updateTable('event').set(changes).where('seq', '=', seq))
  }
}

/** The first events whose deliveries are not more than `budget` in all. Events that `find` narrows down go one by one. */
function* thoseThatFit(
  store: Store,
  ready: readonly ReadyEvent[],
  budget: number,
): Work<{ fitting: ReadyEvent[]; deliveries: number }> {
  const first = ready.findIndex(({ found }) => found !== undefined)
  const candidates = first === -1 ? ready : ready.slice(0, first)
  if (candidates.length === 0) return { fitting: [], deliveries: 0 }
  // Counted no further than it matters. Two texts, because each goes along an index of its own.
  const listening = (condition: RawBuilder<unknown>) => sql<number>`(select cast(count(*) as integer) from (
    select 1 from ${sql.table('subscription')} as s
    where s.event = ready.name and ${condition} s.hook_id > ready.cursor limit ${budget + 1}) as listening_hooks)`
  const own = listening(sql`s.owner = ready.owner and`)
  const counts = yield* rows(
    store.db
      .selectFrom(
        givenRows(store, candidates.map(readyOf), ['seq', 'name', 'owner', 'broadcast', 'cursor']).as(
          'ready',
        ),
      )
      .select([
        'ready.seq',
        sql<number>`case when ready.broadcast = 1 then ${listening(sql``)} else ${own} end`.as('hooks'),
      ]),
  )
  const hooks = new Map(counts.map(({ seq, hooks: count }) => [seq, count]))
  let deliveries = 0
  const fitting: ReadyEvent[] = []
  for (const candidate of candidates) {
    const more = hooks.get(candidate.event.seq) ?? 0
    if (deliveries + more > budget) break
    fitting.push(candidate)
    deliveries += more
  }
  return { fitting, deliveries }
}

/** One statement for many events. */
function* insertDeliveries(
  store: Store,
  events: readonly Ready[],
  now: number,
  broadcast: boolean,
): Work<void> {
  if (events.length === 0) return
  const wanted = givenRows(store, events, ['seq', 'name', 'owner', 'cursor']).as('ready')
  // The join is written crosswise because SQLite then keeps its order: events, subscriptions by key.
  const select = store.db
    .selectFrom(wanted)
    .crossJoin('subscription as s')
    .select(['s.hook_id', 'ready.seq as event_seq', ...dueAt(now)])
    .whereRef('s.event', '=', 'ready.name')
    .whereRef('s.hook_id', '>', 'ready.cursor')
  yield* exec(
    store.db
      .insertInto('delivery')
      .columns(['hook_id', 'event_seq', 'due_at', 'parked_due_at'])
      .expression(broadcast ? select : select.whereRef('s.owner', '=', 'ready.owner'))
      .onConflict((conflict) => conflict.doNothing()),
  )
}

/** Up to `budget` deliveries of one event, and its cursor. */
function* insertChunk(store: Store, prepared: ReadyEvent, now: number, budget: number): Work<Inserted[]> {
  const event = readyOf(prepared)
  let hooks = store.db
    .selectFrom('subscription as s')
    .select(['s.hook_id', sql<number>`cast(${event.seq} as bigint)`.as('event_seq'), ...dueAt(now)])
    .where('s.event', '=', event.name)
    .where('s.hook_id', '>', event.cursor)
    .orderBy('s.hook_id')
    .limit(budget)
  if (event.broadcast === 0) hooks = hooks.where('s.owner', '=', event.owner)
  if (prepared.found !== undefined) hooks = hooks.where('s.hook_id', 'in', prepared.found as never)
  const inserted = yield* rows(
    store.db
      .insertInto('delivery')
      .columns(['hook_id', 'event_seq', 'due_at', 'parked_due_at'])
      .expression(hooks)
      .onConflict((conflict) => conflict.doNothing())
      .returning(['hook_id', 'due_at']),
  )
  if (inserted.length < budget) {
    yield* finish(store, [event])
    return inserted
  }
  const cursor = inserted.reduce((highest, { hook_id }) => Math.max(highest, hook_id), event.cursor)
  const changes = {
    fanout_cursor: cursor,
    fanout_due_at: 0,
    data: event.data,
    row_json: null,
    previous_json: null,
  }
  yield* exec(store.db.updateTable('event').set(changes).where('seq', '=', event.seq))
  return inserted
}

/**
 * At once, also for a hook that is disabled: whoever claims it parks it, and looks at the hook under a lock. Where the hook is
 * limited it goes to the hook's lane, so that none is ever ahead of those before it.
 */
function dueAt(now: number) {
  const at = (inLane: 0 | 1) =>
    sql<number | null>`case when s.in_lane = ${sql.lit(inLane)} then cast(${now} as bigint) end`
  return [at(0).as('due_at'), at(1).as('parked_due_at')] as const
}

/** The event keeps its data once for all its deliveries; the row that it was made of has served. */
function* finish(store: Store, events: readonly Ready[]): Work<void> {
  const done = givenRows(store, events, ['seq', 'data']).as('done')
  yield* exec(
    store.db
      .updateTable('event')
      .from(done)
      .set({ row_json: null, previous_json: null, fanout_due_at: null, fanout_error: null })
      .set((eb) => ({ data: eb.ref('done.data') }))
      .whereRef('event.seq', '=', 'done.seq'),
  )
}

function readyOf({ event, data }: ReadyEvent): Ready {
  const { seq, name, owner, broadcast, fanout_cursor: cursor } = event
  return { seq, name, owner, broadcast, data, cursor }
}
