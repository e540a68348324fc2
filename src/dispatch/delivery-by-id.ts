import type { SelectQueryBuilder } from 'kysely'
import { problem } from '../core/errors.ts'
import type { Store } from '../store/store.ts'
import { first, type Work } from '../store/work.ts'
import { parseDeliveryId } from './request.ts'

/** Deliveries, `d`, with their events, `e`. */
export function deliveriesWithEvents({ db }: Store) {
  return db.selectFrom('delivery as d').innerJoin('event as e', 'e.seq', 'd.event_seq')
}

type DeliveriesWithEvents = ReturnType<typeof deliveriesWithEvents>

/**
 * One delivery, by the id that its receiver sees.
 *
 * @param select says what of it is wanted, and may lock it
 * @throws `delivery_missing`
 */
export function* deliveryById<Row>(
  store: Store,
  id: string,
  // biome-ignore lint/suspicious/noExplicitAny: whatever tables the query is over
  select: (query: DeliveriesWithEvents) => SelectQueryBuilder<any, any, Row>,
): Work<Row> {
  const key = parseDeliveryId(id)
  const row =
    key === undefined
      ? undefined
      : yield* first(
          select(
            deliveriesWithEvents(store).where('e.uid', '=', key.uid).where('d.hook_id', '=', key.hookId),
          ),
        )
  if (row !== undefined) return row
  throw deliveryMissing(id)
}

export function deliveryMissing(id: string, field = 'id'): Error {
  return problem('delivery_missing', { field, value: id, problem: 'there is no such delivery' })
}
