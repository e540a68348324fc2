import type { Store } from '../../store/store.ts'
import { first } from '../../store/work.ts'
import { currentStatistics } from '../statistics/current.ts'
import type { DoctorContext } from './context.ts'
import { checkEvents } from './events.ts'
import { countText, type Found, LATE_MS, lateness, spanText } from './finding.ts'

/** A loop that has not turned for so long waits for something that does not come. */
const STUCK_MS = 30_000
const MOST_LEASES = 1_000
/** So many held back at once are looked at. */
const MANY_PARKED = 10_000

const START =
  'Run `hookwright worker`, or `await hooks.start()` in a process that lives; where one runs, read its log. On serverless, call `hooks.drain()` from a schedule.'

/** Whether somebody delivers: what is due does not stay so for long. */
export async function checkWorkers(context: DoctorContext): Promise<Found[]> {
  const { store, clock } = context
  const now = clock.now()
  const { deliveries } = await currentStatistics(store, now)
  const found = [...ofThisProcess(context, now), ...(await checkEvents(store, now, START))]
  const dueMs = deliveries.oldestDueAt === null ? 0 : now - deliveries.oldestDueAt.getTime()
  if (dueMs >= LATE_MS) {
    found.push({
      code: 'deliveries_late',
      state: lateness(dueMs),
      message: `${countText(deliveries.due, 'delivery is', 'deliveries are')} due, the oldest for ${spanText(dueMs)}: nobody delivers, or too slowly.`,
      cure: START,
      details: { due: deliveries.due, oldestDueAt: deliveries.oldestDueAt },
    })
  }
  const expired = await expiredLeases(store, now - LATE_MS)
  if (expired > 0) {
    found.push({
      code: 'leases_expired',
      state: 'warning',
      message: `A worker has died, or was stopped for long, over ${countText(expired, 'delivery', 'deliveries')}: nobody has taken over.`,
      cure: START,
      details: { deliveries: expired },
    })
  }
  if (deliveries.parked >= MANY_PARKED) {
    found.push({
      code: 'many_parked',
      state: 'warning',
      message: `${countText(deliveries.parked, 'delivery waits', 'deliveries wait')} for hooks that are disabled, failing, ordered or limited in their rate.`,
      cure: 'Enable, delete or relax these hooks: see the findings about hooks, and `rateLimit` and `ordered` of the others.',
      details: { parked: deliveries.parked },
    })
  }
  const { due, inFlight, scheduled, parked } = deliveries
  const isWell = found.every(({ state }) => state === 'ok')
  if (isWell) {
    const message = `Nothing is late: ${due} due, ${inFlight} under way, ${scheduled} waiting for their next attempt, ${parked} held back.`
    found.push({ code: 'on_time', state: 'ok', message, details: { due, inFlight, scheduled, parked } })
  }
  return found
}

function ofThisProcess({ dispatcher, isWanted }: DoctorContext, now: number): Found[] {
  if (!isWanted()) return []
  if (!dispatcher.running) {
    return [
      {
        code: 'dispatcher_stopped',
        state: 'error',
        message: 'start() was called in this process, and its dispatcher does not run.',
        cure: 'Read the log for the reason: another copy took its place, or going on would have done harm.',
      },
    ]
  }
  if (now - dispatcher.turnedAt <= STUCK_MS)
    return [{ code: 'dispatcher_runs', state: 'ok', message: 'The dispatcher of this process runs.' }]
  return [
    {
      code: 'dispatcher_stuck',
      state: 'error',
      message: `The dispatcher of this process has done nothing for ${spanText(now - dispatcher.turnedAt)}.`,
      cure: 'Look for a lock that somebody holds in the database, or for code that blocks the event loop; restart the process.',
    },
  ]
}

/** An expired lease is due again, and is among what is due first. */
async function expiredLeases(store: Store, before: number): Promise<number> {
  const due = store.db
    .selectFrom('delivery')
    .select('lease')
    .where('due_at', '<=', before)
    .orderBy('due_at')
    .limit(MOST_LEASES)
  const query = store.db
    .selectFrom(due.as('d'))
    .select(({ fn }) => fn.countAll<number>().as('leases'))
    .where('d.lease', 'is not', null)
  return Number((await store.read(() => first(query)))?.leases ?? 0)
}
