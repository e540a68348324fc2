import { CompiledQuery } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import { first } from '../../store/work.ts'
import type { DoctorContext } from './context.ts'
import { countText, type Found, spanText } from './finding.ts'

const SKEWED_MS = 2_000
/** A receiver takes a signature for five minutes; of those, the receiver's own clock may want some too. */
const FAR_SKEWED_MS = 60_000
/** The newest events; more than that were not written since the clock was put right. */
const MOST_LOOKED_AT = 1_000

const SYNCHRONISE =
  'Synchronise the clocks of both machines (chrony, systemd-timesyncd), and restart this process.'

/** Compares the clock of this machine with the database's. */
export async function checkClock({ store }: DoctorContext): Promise<Found[]> {
  if (store.dialect !== 'postgres')
    return [
      {
        code: 'one_clock',
        state: 'ok',
        message: 'There is one clock: the database is a file of this machine.',
      },
    ]
  const query = CompiledQuery.raw(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
  ) as CompiledQuery<{ now: number }>
  const asked = systemClock.now()
  const answer = await store.read(() => first(query))
  const answered = systemClock.now()
  const now = answer?.now ?? asked
  // The answer was true at some moment between the two; what lies between them says nothing.
  const skew = now < asked ? now - asked : now > answered ? now - answered : 0
  const distance = Math.abs(skew)
  const details = { skewMs: Math.round(skew) }
  if (distance < SKEWED_MS)
    return [
      { code: 'in_step', state: 'ok', message: "This machine's clock goes with the database's.", details },
    ]
  const side = skew > 0 ? 'behind' : 'ahead of'
  return [
    {
      code: 'skewed',
      state: distance >= FAR_SKEWED_MS ? 'error' : 'warning',
      message:
        `This machine's clock is ${spanText(distance)} ${side} the database's. Leases go by the database's, but receivers ` +
        'refuse signatures whose time is five minutes off.',
      cure: SYNCHRONISE,
      details,
    },
  ]
}

/** Looks for events that have not happened yet. */
export async function checkFuture({ store, clock }: DoctorContext): Promise<Found[]> {
  const now = clock.now()
  const newest = store.db
    .selectFrom('event')
    .select('created_at')
    .orderBy('seq', 'desc')
    .limit(MOST_LOOKED_AT)
  const query = store.db
    .selectFrom(newest.as('e'))
    .select(({ fn }) => [fn.countAll<number>().as('events'), fn.max('e.created_at').as('latest')])
    .where('e.created_at', '>', now + FAR_SKEWED_MS)
  const found = await store.read(() => first(query))
  const events = Number(found?.events ?? 0)
  if (events === 0) return []
  const latest = Number(found?.latest)
  return [
    {
      code: 'from_the_future',
      state: 'warning',
      message: `${countText(events, 'event')} of the newest ${MOST_LOOKED_AT} lie in the future, by up to ${spanText(latest - now)}.`,
      cure: `A clock was wrong when they were written. ${SYNCHRONISE}`,
      details: { events, latest: new Date(latest).toISOString() },
    },
  ]
}
