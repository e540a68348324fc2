import { sql } from 'kysely'
import type { OperationalName } from '../catalog/index.ts'
import { type dueEvents, operationalMask, operationalOfMask } from '../events/index.ts'
import type { Store } from '../store/store.ts'
import { first, type Work } from '../store/work.ts'

/** How long a dispatcher sleeps at the most, in milliseconds: nobody calls after a fault elsewhere. */
export const LONGEST_SLEEP_MS = 1_000

/** Work that waits for the dispatcher. */
export interface Waiting {
  /** Whether a delivery is due. */
  due: boolean
  /** Whether a lane is, which leads to parked deliveries. */
  laneDue: boolean
  /** Whether an event is, of those that were asked for. */
  eventDue: boolean
  /** When the next thing will be due within the longest sleep, in milliseconds since the epoch; undefined when nothing will. */
  nextAt: number | undefined
  /** Which of hookwright's own events any hook listens to. */
  listened: ReadonlySet<OperationalName>
}

/**
 * Whether there is something to do, and when there will be: one query, a few looks into small indexes.
 *
 * @param events a query for the time of an event that is due; those in hand, or for another process, are not meant
 */
export function* waiting(
  { db }: Store,
  now: number,
  events: ReturnType<typeof dueEvents> | undefined,
): Work<Waiting> {
  const delivery = db.selectFrom('delivery').select(({ fn }) => fn.min('due_at').as('at'))
  const lane = db.selectFrom('lane').select(({ fn }) => fn.min('next_at').as('at'))
  const event = db.selectFrom('event').select(({ fn }) => fn.min('fanout_due_at').as('at'))
  // Nobody sleeps longer than that, and further off lie the leases: of those that have ended the indexes keep dead entries.
  const horizon = now + LONGEST_SLEEP_MS
  const found = yield* first(
    db.selectNoFrom([
      delivery.where('due_at', '<=', now).as('delivery_due_at'),
      lane.where('next_at', '<=', now).as('lane_due_at'),
      delivery.where('due_at', '>', now).where('due_at', '<=', horizon).as('delivery_at'),
      lane.where('next_at', '>', now).where('next_at', '<=', horizon).as('lane_at'),
      event.where('fanout_due_at', '>', now).where('fanout_due_at', '<=', horizon).as('event_at'),
      events === undefined ? sql<null>`null`.as('event_due_at') : events.as('event_due_at'),
      operationalMask().as('operational'),
    ]),
  )
  const times = [found?.delivery_at, found?.lane_at, found?.event_at].filter((at) => typeof at === 'number')
  return {
    due: typeof found?.delivery_due_at === 'number',
    eventDue: typeof found?.event_due_at === 'number',
    laneDue: typeof found?.lane_due_at === 'number',
    nextAt: times.length === 0 ? undefined : Math.min(...times),
    listened: operationalOfMask(found?.operational),
  }
}
