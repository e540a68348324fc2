import { breath } from '../core/breath.ts'
import { givenRows } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import type { DeliveryStatus } from '../store/tables.ts'
import type { Span } from '../store/timeline.ts'
import { rows, type Work } from '../store/work.ts'

/** Where a delivery stands in a list: that of the newer event is first, and of one event that of the lower hook. */
export interface DeliveryKey {
  hook_id: number
  event_seq: number
}

/** A delivery that was found, and what its row, which is at hand then, says of it. */
export interface FoundKey extends DeliveryKey {
  status: DeliveryStatus
}

/** Which deliveries a list is made from. */
export interface Among {
  /** One hook, which may be a deleted one. */
  hookId: number | undefined
  /** All hooks of an owner that are not deleted; everybody's, with those that are, if neither is given. */
  owner: string | undefined
  span: Span
}

/** Hooks that are asked for their newest delivery in one query. */
const HOOKS = 1_000

/** Deliveries of one hook that are looked at in one turn, at first. */
const FEWEST = 8

/** And the most, which nobody has to wait for. */
const LARGEST_SHARE = 4_096

/**
 * The keys of deliveries, the newest first, some at a time. No index has the deliveries of several hooks in this order: it
 * would have to be written with every delivery. So each hook is asked once for its newest, which the primary key knows, and
 * from then on those are put together whose newest are the newest of all.
 *
 * @param after only what comes behind it
 * @param want how many are wanted at once; it may be fewer or more
 */
export async function* newestKeys(
  store: Store,
  among: Among,
  after: DeliveryKey | undefined,
  want: number,
): AsyncGenerator<FoundKey[]> {
  const { span, hookId } = among
  const position = first(span, after)
  let newest: DeliveryKey[] =
    hookId === undefined
      ? await newestOfEach(store, among, position)
      : [{ hook_id: hookId, event_seq: highest(position, hookId) }]
  // A hook that has most of them would need many turns: whatever was used up is twice as much in the next.
  const shares = new Map<number, number>()
  while (newest.length > 0) {
    const hooks = newest.slice(0, want)
    const others = newest.slice(want)
    const least = Math.max(FEWEST, Math.ceil((2 * want) / hooks.length))
    const bounds = hooks.map((key) => ({ ...key, most: shares.get(key.hook_id) ?? least }))
    const found = await lookAt(store, bounds, span.after)
    const known = knownUpTo(found, others.length > 0 ? hooks.at(-1) : undefined)
    const keys = found
      .flatMap((one) => one.keys)
      .filter((key) => known === undefined || compare(key, known) <= 0)
    if (keys.length > 0) yield keys.sort(compare)
    if (known === undefined) return
    newest = others
    for (const { keys: looked, most, bound } of found) {
      const next = nextOf(looked, most, bound, known)
      if (next !== undefined) newest.push(next)
      const used = looked.findLastIndex((key) => compare(key, known) <= 0) + 1
      if (used === most) shares.set(bound.hook_id, Math.min(2 * most, LARGEST_SHARE))
    }
    newest.sort(compare)
  }
}

/** What was found of one hook, in the order of the list. */
interface Looked {
  bound: DeliveryKey
  /** How many it was asked for. */
  most: number
  keys: FoundKey[]
}

/** The newest of a hook that is left behind what is known, or a bound for it where that was not looked at; or nothing. */
function nextOf(
  keys: readonly FoundKey[],
  most: number,
  { hook_id }: DeliveryKey,
  known: DeliveryKey,
): DeliveryKey | undefined {
  const next = keys.find((key) => compare(key, known) > 0)
  const last = keys.at(-1)
  if (next !== undefined || last === undefined || keys.length < most) return next
  return { hook_id, event_seq: last.event_seq - 1 }
}

/** The order of the list. */
function compare(a: DeliveryKey, b: DeliveryKey): number {
  return b.event_seq - a.event_seq || a.hook_id - b.hook_id
}

/** What everything wanted is behind. */
function first({ upTo }: Span, after: DeliveryKey | undefined): DeliveryKey {
  return after !== undefined && after.event_seq <= upTo ? after : { event_seq: upTo, hook_id: 0 }
}

/** The number of the newest event of which a hook's delivery is behind a position. */
function highest({ event_seq, hook_id }: DeliveryKey, hookId: number): number {
  return hookId > hook_id ? event_seq : event_seq - 1
}

/** The last key before which nothing is missing: there may be more of a hook that gave as many as it was asked for. */
function knownUpTo(found: readonly Looked[], horizon: DeliveryKey | undefined): DeliveryKey | undefined {
  const ends: DeliveryKey[] = found.flatMap(({ keys, most }) => (keys.length < most ? [] : keys.slice(-1)))
  if (horizon !== undefined) ends.push(horizon)
  return ends.sort(compare)[0]
}

/** The newest delivery of each hook, in the order of the list: a look into the index for each hook. */
async function newestOfEach(
  store: Store,
  { owner, span }: Among,
  position: DeliveryKey,
): Promise<DeliveryKey[]> {
  const { db } = store
  const newest: DeliveryKey[] = []
  let lastId = 0
  for (;;) {
    let hooks = db.selectFrom('hook').select('id').where('id', '>', lastId)
    if (owner !== undefined) hooks = hooks.where('owner', '=', owner).where('deleted_at', 'is', null)
    const found = await store.read(() =>
      rows(
        db
          .selectFrom(hooks.orderBy('id').limit(HOOKS).as('h'))
          .select('h.id as hook_id')
          .select(({ selectFrom, eb, cast, val }) =>
            selectFrom('delivery as d')
              .select('d.event_seq')
              .whereRef('d.hook_id', '=', 'h.id')
              .where('d.event_seq', '>', span.after)
              .where(
                'd.event_seq',
                '<=',
                eb
                  .case()
                  .when('h.id', '>', position.hook_id)
                  .then(cast<number>(val(position.event_seq), 'bigint'))
                  .else(cast<number>(val(position.event_seq - 1), 'bigint'))
                  .end(),
              )
              .orderBy('d.event_seq', 'desc')
              .limit(1)
              .as('event_seq'),
          )
          .orderBy('h.id'),
      ),
    )
    await breath()
    for (const { hook_id, event_seq } of found) if (event_seq !== null) newest.push({ hook_id, event_seq })
    if (found.length < HOOKS) return newest.sort(compare)
    lastId = found.at(-1)?.hook_id ?? lastId
  }
}

type Bound = DeliveryKey & { most: number }

/** The newest of each hook, up to its bound: as many as it is asked for. */
async function lookAt(store: Store, bounds: readonly Bound[], after: number): Promise<Looked[]> {
  const found: Looked[] = []
  for (const [most, hooks] of Map.groupBy(bounds, (bound) => bound.most)) {
    const keys = await store.read(() => newestOf(store, hooks, after, most))
    for (const bound of hooks) found.push({ bound, most, keys: keys.get(bound.hook_id) ?? [] })
    await breath()
  }
  return found
}

function* newestOf(
  store: Store,
  bounds: readonly DeliveryKey[],
  after: number,
  most: number,
): Work<Map<number, FoundKey[]>> {
  const { db, dialect } = store
  if (dialect === 'postgres') {
    const found = yield* rows(
      db
        .selectFrom(givenRows(store, bounds, ['hook_id', 'event_seq']).as('g'))
        .innerJoinLateral(
          ({ selectFrom }) =>
            selectFrom('delivery')
              .select(['event_seq', 'status'])
              .whereRef('hook_id', '=', 'g.hook_id')
              .whereRef('event_seq', '<=', 'g.event_seq')
              .orderBy('event_seq', 'desc')
              .limit(most)
              .as('d'),
          (join) => join.onTrue(),
        )
        // Not within: of two bounds PostgreSQL expects so few rows that it reads and sorts all that a hook has.
        .where('d.event_seq', '>', after)
        .select(['g.hook_id', 'd.event_seq', 'd.status']),
    )
    return Map.groupBy(found.sort(compare), ({ hook_id }) => hook_id)
  }
  // SQLite has no such join, and a query of it costs no round trip.
  const found = new Map<number, FoundKey[]>()
  for (const { hook_id, event_seq } of bounds) {
    const keys = yield* rows(
      db
        .selectFrom('delivery')
        .select(['hook_id', 'event_seq', 'status'])
        .where('hook_id', '=', hook_id)
        .where('event_seq', '<=', event_seq)
        .where('event_seq', '>', after)
        .orderBy('event_seq', 'desc')
        .limit(most),
    )
    found.set(hook_id, keys)
  }
  return found
}
