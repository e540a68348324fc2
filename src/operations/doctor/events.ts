import { messageOf } from '../../core/errors.ts'
import type { Store } from '../../store/store.ts'
import { first, rows } from '../../store/work.ts'
import { countText, type Found, LATE_MS, lateness, spanText } from './finding.ts'

const MOST_FAILING = 1_000
const MOST_NAMED = 5

/**
 * Events that have no deliveries yet: because nobody makes them, or because a serializer throws.
 *
 * @param start what to do where nobody does
 */
export async function checkEvents(store: Store, now: number, start: string): Promise<Found[]> {
  return [...(await checkLate(store, now, start)), ...(await checkFailing(store))]
}

async function checkLate(store: Store, now: number, start: string): Promise<Found[]> {
  const query = store.db
    .selectFrom('event')
    .select(['fanout_due_at', 'created_at'])
    .where('fanout_due_at', '<=', now)
    .orderBy('fanout_due_at')
    .orderBy('seq')
    .limit(1)
  const oldest = await store.read(() => first(query))
  if (oldest === undefined) return []
  // 0 is at once.
  const waitsMs = now - Math.max(oldest.fanout_due_at ?? 0, oldest.created_at)
  if (waitsMs < LATE_MS) return []
  return [
    {
      code: 'events_late',
      state: lateness(waitsMs),
      message: `The oldest event that has no deliveries yet has waited for ${spanText(waitsMs)}: nobody makes them, or too slowly.`,
      cure: start,
      details: { oldestAt: new Date(oldest.created_at).toISOString() },
    },
  ]
}

/** Those that were tried have a time at which they are tried again; that of all others is 0, or the end of a short lease. */
async function checkFailing(store: Store): Promise<Found[]> {
  const tried = store.db
    .selectFrom('event')
    .select(['seq', 'name', 'fanout_attempts', 'fanout_error', 'created_at'])
    .where('fanout_due_at', '>', 0)
    .limit(MOST_FAILING)
  const query = store.db.selectFrom(tried.as('e')).selectAll().where('e.fanout_error', 'is not', null)
  const failing = await store.read(() => rows(query))
  const byName = [...Map.groupBy(failing, ({ name }) => name)].sort(([, a], [, b]) => b.length - a.length)
  return byName.slice(0, MOST_NAMED).map(([name, events]) => {
    const newest = events.reduce((a, b) => (a.seq > b.seq ? a : b))
    const oldest = events.reduce((a, b) => (a.seq < b.seq ? a : b))
    return {
      code: 'serializer_fails',
      state: 'error',
      message: `${countText(events.length, 'event')} "${name}" cannot be made into deliveries: ${messageOf(newest.fanout_error)}`,
      cure: `Mend what throws: serialize, when or find of "${name}". They are tried again by themselves, and nothing is lost.`,
      details: {
        event: name,
        events: events.length,
        error: newest.fanout_error,
        attempts: Math.max(...events.map(({ fanout_attempts }) => fanout_attempts)),
        oldestAt: new Date(oldest.created_at).toISOString(),
      },
    } satisfies Found
  })
}
