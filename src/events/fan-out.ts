import { CompiledQuery, type RawBuilder, sql } from 'kysely'
import { messageOf } from '../core/errors.ts'
import { givenRows } from '../store/given-rows.ts'
import { locking } from '../store/lock-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'
import {
  finish,
  goOnLater,
  insertChunk,
  insertDeliveries,
  limitedHooks,
  type ReadyEvent,
  readyOf,
} from './new-deliveries.ts'
import type { Prepared } from './prepare.ts'
import { insertSifted } from './sifted.ts'

/** An event's fan-out that failed is tried again after this long, and after twice as long each time. */
const FIRST_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 60 * 60_000

export interface FannedOut {
  left: Prepared[]
  parkedFor: number[]
  /** Hooks with a filter that cannot be read, which got nothing. */
  unreadable: number[]
}

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
  const { open, sifted } = yield* stillOpen(store, prepared)
  yield* dismiss(store, open)
  yield* noteFailures(store, open, now)

  const ready = open.filter((one) => one.outcome === 'ready')
  let left = withinBytes(ready)
  const later = ready.slice(left.length)
  let free = budget
  const parkedFor: number[] = []
  const unreadable: number[] = []
  const note = (done: Pick<FannedOut, 'parkedFor' | 'unreadable'>) => {
    parkedFor.push(...done.parkedFor)
    unreadable.push(...done.unreadable)
  }
  while (left.length > 0 && free > 0) {
    const { fitting, deliveries } = yield* thoseThatFit(store, left, free)
    const [next] = left
    if (fitting.length > 0) {
      const events = fitting.filter(({ event }) => !sifted.has(event.seq)).map(readyOf)
      for (const broadcast of [0, 1]) {
        const some = events.filter((event) => event.broadcast === broadcast)
        yield* insertDeliveries(store, some, now, broadcast === 1)
      }
      if (events.length > 0) parkedFor.push(...(yield* limitedHooks(store, events)))
      const others = fitting.filter(({ event }) => sifted.has(event.seq))
      if (others.length > 0) note(yield* insertSifted(store, others, now))
      yield* finish(store, fitting.map(readyOf))
      free -= deliveries
      left = left.slice(fitting.length)
    } else if (next !== undefined) {
      // An event for very many hooks leaves half to those behind it, which would wait for its last chunk otherwise.
      const share = left.length > 1 ? Math.ceil(free / 2) : free
      const chunk = yield* oneByOne(store, next, now, share, sifted.has(next.event.seq))
      note(chunk)
      free -= Math.max(chunk.hooks, COST_OF_ONE)
      left = left.slice(1)
    }
  }
  return { left: [...left, ...later], parkedFor, unreadable }
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
function* oneByOne(
  store: Store,
  prepared: ReadyEvent,
  now: number,
  budget: number,
  sifted: boolean,
): Work<Chunk> {
  const chunk = sifted ? siftedChunk : plainChunk
  if (prepared.found === undefined) return yield* chunk(store, prepared, now, budget)
  const savepoint = (verb: string) => exec(CompiledQuery.raw(`${verb} hookwright_find`))
  yield* savepoint('savepoint')
  try {
    const done = yield* chunk(store, prepared, now, budget)
    yield* savepoint('release savepoint')
    return done
  } catch (error) {
    if (!(error instanceof Error)) throw error
    yield* savepoint('rollback to savepoint')
    yield* savepoint('release savepoint')
    const { event } = prepared
    yield* noteFailures(store, [{ event, outcome: 'failed', error: `hook.find: ${messageOf(error)}` }], now)
    return { hooks: 0, parkedFor: [], unreadable: [] }
  }
}

/** What one transaction did of an event for very many hooks. */
interface Chunk extends Pick<FannedOut, 'parkedFor' | 'unreadable'> {
  /** How many hooks it came by. */
  hooks: number
}

function* plainChunk(store: Store, prepared: ReadyEvent, now: number, budget: number): Work<Chunk> {
  const inserted = yield* insertChunk(store, prepared, now, budget)
  const parked = inserted.filter(({ due_at }) => due_at === null)
  return { hooks: inserted.length, parkedFor: parked.map(({ hook_id }) => hook_id), unreadable: [] }
}

/** The budget is of hooks that are looked at: an event that all of them refuse takes as many transactions. */
function* siftedChunk(store: Store, prepared: ReadyEvent, now: number, budget: number): Work<Chunk> {
  const { looked, ...done } = yield* insertSifted(store, [prepared], now, budget)
  const last = looked.at(-1)
  if (last === undefined || looked.length < budget) yield* finish(store, [readyOf(prepared)])
  else yield* goOnLater(store, prepared, last)
  return { hooks: looked.length, ...done }
}

/**
 * Another dispatcher may have been faster: what it has done, or is further with, is not done again. It waits for locks, which
 * somebody may hold for a moment though the event is not his: an event left out would rest until its lease ends.
 */
function* stillOpen(
  store: Store,
  prepared: readonly Prepared[],
): Work<{ open: Prepared[]; sifted: ReadonlySet<number> }> {
  if (prepared.length === 0) return { open: [], sifted: new Set() }
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
        // Any hook with a filter that listens: of an event that none does, all is done in the database. The order is that of
        // the index that holds no others: PostgreSQL would read all hooks in turn where it thinks that many have filters.
        .select(
          sql<number | null>`(select s.hook_id from ${sql.table('subscription')} as s
            where s.event = e.name and s.filtered = 1 order by s.event, s.hook_id, s.owner limit 1)`.as(
            'sifted',
          ),
        )
        // It is null when fan-out is done, and another time when somebody else has taken the event since.
        .whereRef('e.fanout_due_at', '=', 'wanted.fanout_due_at')
        .whereRef('e.fanout_cursor', '=', 'wanted.fanout_cursor')
        .orderBy('e.seq'),
      'e',
    ),
  )
  const open = new Set(found.map(({ seq }) => seq))
  return {
    open: prepared.filter(({ event }) => open.has(event.seq)),
    sifted: new Set(found.filter(({ sifted }) => sifted !== null).map(({ seq }) => seq)),
  }
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
