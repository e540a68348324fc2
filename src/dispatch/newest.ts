import { breath } from '../core/breath.ts'
import type { Span } from '../events/index.ts'
import { givenRows } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import { rows, type Work } from '../store/work.ts'

/** Where a delivery stands in a list: that of the newer event is first, and of one event that of the lower hook. */
export interface DeliveryKey {
  hook_id: number
  event_seq: number
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

/** Deliveries of one hook that are looked at in one turn, at the least. */
const FEWEST = 8

/**
 * The keys of deliveries, the newest first, some at a time. No index has the deliveries of several hooks in this order: it
 * would have to be written with every delivery. So each hook is asked for its newest, which the primary key knows, and
 * those of the hooks whose newest are the newest of all are put together.
 *
 * @param after only what comes behind it
 * @param want how many are wanted at once; it may be fewer or more
 */
export async function* newestKeys(
  store: Store,
  among: Among,
  after: DeliveryKey | undefined,
  want: number,
): AsyncGenerator<DeliveryKey[]> {
  const { span, hookId } = among
  let position = first(span, after)
  // A hook that has most of them would need many turns, so it gets more in each.
  for (let share = FEWEST; position.event_seq > span.after; share *= 2) {
    const { hooks, horizon } =
      hookId === undefined
        ? await newestHooks(store, among, position, want)
        : { hooks: [hookId], horizon: undefined }
    if (hooks.length === 0) return
    const most = Math.max(share, Math.ceil((2 * want) / hooks.length))
    const bounds = hooks.map((hook_id) => ({ hook_id, event_seq: highest(position, hook_id) }))
    const found = await store.read(() => newestOf(store, bounds, span.after, most))
    await breath()
    const known = knownUpTo(found, most, horizon)
    const keys = found
      .flat()
      .filter((key) => known === undefined || compare(key, known) <= 0)
      .sort(compare)
    if (keys.length > 0) yield keys
    if (known === undefined) return
    position = known
  }
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
function knownUpTo(
  found: readonly DeliveryKey[][],
  most: number,
  horizon: DeliveryKey | undefined,
): DeliveryKey | undefined {
  const ends = found.flatMap((keys) => (keys.length < most ? [] : keys.slice(-1)))
  if (horizon !== undefined) ends.push(horizon)
  return ends.sort(compare)[0]
}

/** The hooks whose newest deliveries are the newest; `horizon` is the last of those where there are more hooks. */
async function newestHooks(
  store: Store,
  { owner, span }: Among,
  position: DeliveryKey,
  want: number,
): Promise<{ hooks: number[]; horizon: DeliveryKey | undefined }> {
  const { db } = store
  let newest: DeliveryKey[] = []
  let left = false
  let lastId = 0
  for (;;) {
    let hooks = db.selectFrom('hook').select('id').where('id', '>', lastId)
    if (owner !== undefined) hooks = hooks.where('owner', '=', owner).where('deleted_at', 'is', null)
    const found = await store.read(() =>
      rows(
        db
          .selectFrom(hooks.orderBy('id').limit(HOOKS).as('h'))
          .select('h.id as hook_id')
          .select(({ selectFrom, eb }) =>
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
                  .then(eb.cast<number>(eb.val(position.event_seq), 'bigint'))
                  .else(eb.cast<number>(eb.val(position.event_seq - 1), 'bigint'))
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
    newest.sort(compare)
    left ||= newest.length > want
    newest = newest.slice(0, want)
    if (found.length < HOOKS) break
    lastId = found.at(-1)?.hook_id ?? lastId
  }
  return { hooks: newest.map(({ hook_id }) => hook_id), horizon: left ? newest.at(-1) : undefined }
}

/** The newest of each hook, up to its bound: as many as `most`. */
function* newestOf(
  store: Store,
  bounds: readonly DeliveryKey[],
  after: number,
  most: number,
): Work<DeliveryKey[][]> {
  const { db, dialect } = store
  if (dialect === 'postgres') {
    const found = yield* rows(
      db
        .selectFrom(givenRows(store, bounds, ['hook_id', 'event_seq']).as('g'))
        .innerJoinLateral(
          ({ selectFrom }) =>
            selectFrom('delivery')
              .select('event_seq')
              .whereRef('hook_id', '=', 'g.hook_id')
              .whereRef('event_seq', '<=', 'g.event_seq')
              .where('event_seq', '>', after)
              .orderBy('event_seq', 'desc')
              .limit(most)
              .as('d'),
          (join) => join.onTrue(),
        )
        .select(['g.hook_id', 'd.event_seq']),
    )
    return [...Map.groupBy(found, ({ hook_id }) => hook_id).values()].map((keys) => keys.toSorted(compare))
  }
  // SQLite has no such join, and takes a query for no more than it does.
  const found: DeliveryKey[][] = []
  for (const { hook_id, event_seq } of bounds) {
    found.push(
      yield* rows(
        db
          .selectFrom('delivery')
          .select(['hook_id', 'event_seq'])
          .where('hook_id', '=', hook_id)
          .where('event_seq', '<=', event_seq)
          .where('event_seq', '>', after)
          .orderBy('event_seq', 'desc')
          .limit(most),
      ),
    )
  }
  return found
}
