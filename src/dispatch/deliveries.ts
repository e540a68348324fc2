import { inChunks } from '../core/chunks.ts'
import { spanOf } from '../events/index.ts'
import { givenRows } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import { first, rows, type Work } from '../store/work.ts'
import { deliveriesWithEvents, deliveryMissing } from './delivery-by-id.ts'
import { type Delivery, deliveryFromRow, withColumns } from './delivery-row.ts'
import { checkDeliveryListing, type DeliveryListing, type DeliveryListOptions } from './list-options.ts'
import { type DeliveryKey, newestKeys } from './newest.ts'
import { deliveryId, parseDeliveryId } from './request.ts'

/** The newest deliveries first. @throws `option_invalid`, `owner_missing`, `delivery_missing` where `after` is none */
export async function listDeliveries(store: Store, options: DeliveryListOptions = {}): Promise<Delivery[]> {
  const { deliveries } = await pageOfDeliveries(store, options, Number.POSITIVE_INFINITY)
  return deliveries
}

/** Some deliveries of a list, and how to go on. */
export interface DeliveryPage {
  deliveries: Delivery[]
  /** The id of the delivery after which the list goes on; undefined at its end. */
  next: string | undefined
}

/** Deliveries that are looked at in one turn where they are filtered: so many, and somebody else has a turn. */
const WINDOW = 1_000

/** Deliveries that are read in one query. */
const CHUNK = 250

/**
 * A page of a list. Filters are no part of any index, so what has long gone by may take a look at very many: with `budget`
 * a page is what was found until then, which may be nothing, and `next` goes on from there.
 *
 * @param budget the most deliveries to look at
 */
export async function pageOfDeliveries(
  store: Store,
  options: DeliveryListOptions,
  budget: number,
): Promise<DeliveryPage> {
  const listing = checkDeliveryListing(options)
  const { hookId, owner, since, until, limit, statuses, event } = listing
  await store.open()
  const after =
    listing.after === undefined ? undefined : await store.read(() => keyOf(store, listing.after ?? ''))
  const span =
    since === undefined && until === undefined
      ? EVERYTHING
      : await store.read(() => spanOf(store, since ?? 0, until))
  const deliveries: Delivery[] = []
  if (hookId !== undefined && owner !== undefined && !(await isTheirs(store, hookId, owner))) {
    return { deliveries, next: undefined }
  }
  const isFiltered = [statuses, event, since, until].some((filter) => filter !== undefined)
  // One more than is asked for, to see whether there is a next page.
  const want = isFiltered ? WINDOW : limit + 1
  let looked = 0
  for await (const found of newestKeys(store, { hookId, owner, span }, after, want)) {
    // More than were wanted may have come, and each may be large.
    for (const keys of inChunks(found, Math.max(limit + 1, CHUNK))) {
      const fitting = keys.filter(({ status }) => statuses === undefined || statuses.includes(status))
      const rowsFound =
        fitting.length === 0 ? [] : await store.read(() => rows(chosen(store, fitting, listing)))
      for (const row of rowsFound) {
        if (deliveries.length === limit) return { deliveries, next: deliveries.at(-1)?.id }
        deliveries.push(deliveryFromRow(row))
      }
      looked += keys.length
      const last = keys.at(-1)
      if (looked >= budget && last !== undefined) return { deliveries, next: await idOf(store, last) }
    }
  }
  return { deliveries, next: undefined }
}

/** Those of some deliveries that pass the filters. */
function chosen(
  store: Store,
  keys: readonly DeliveryKey[],
  { statuses, event, since, until }: DeliveryListing,
) {
  let query = withColumns(
    deliveriesWithEvents(store).innerJoin(givenRows(store, keys, ['hook_id', 'event_seq']).as('g'), (join) =>
      join.onRef('g.hook_id', '=', 'd.hook_id').onRef('g.event_seq', '=', 'd.event_seq'),
    ) as unknown as ReturnType<typeof deliveriesWithEvents>,
  )
    .orderBy('d.event_seq', 'desc')
    .orderBy('d.hook_id')
  if (statuses !== undefined) query = query.where('d.status', 'in', statuses)
  if (event !== undefined) query = query.where('e.name', '=', event)
  if (since !== undefined) query = query.where('e.created_at', '>=', since)
  if (until !== undefined) query = query.where('e.created_at', '<', until)
  return query
}

const EVERYTHING = { after: -1, upTo: Number.MAX_SAFE_INTEGER - 1 }

/** Where the delivery of an id stands, or stood before it was removed. @throws `delivery_missing` */
function* keyOf(store: Store, id: string): Work<DeliveryKey> {
  const key = parseDeliveryId(id)
  const event = key && (yield* first(store.db.selectFrom('event').select('seq').where('uid', '=', key.uid)))
  if (key === undefined || event === undefined) throw deliveryMissing(id, 'deliveries.after')
  return { hook_id: key.hookId, event_seq: event.seq }
}

async function idOf(store: Store, { hook_id, event_seq }: DeliveryKey): Promise<string | undefined> {
  const query = store.db.selectFrom('event').select('uid').where('seq', '=', event_seq)
  const event = await store.read(() => first(query))
  return event && deliveryId(event.uid, hook_id)
}

/** Whether a hook is an owner's, or was before it was deleted. */
async function isTheirs(store: Store, hookId: number, owner: string): Promise<boolean> {
  const query = store.db.selectFrom('hook').select('id').where('id', '=', hookId).where('owner', '=', owner)
  return (await store.read(() => first(query))) !== undefined
}
