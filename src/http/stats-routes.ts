import type { Hono } from 'hono'
import { hasCode } from '../core/errors.ts'
import type { Statistics, StatisticsOptions } from '../operations/index.ts'
import { requireAllowed } from './authorize.ts'
import { type HttpContext, type HttpEnv, hookOfRequest, type RouteOptions, scopeOfRequest } from './env.ts'
import type { HttpOperations } from './operations.ts'
import { queryOf } from './parse-body.ts'
import { HttpProblem, wordsOf } from './problems.ts'
import { readFields, readInteger, readTime } from './read-fields.ts'
import { addResource } from './resource.ts'
import { respond } from './respond.ts'

const LONGEST_BUCKET_MS = 366 * 86_400_000

/** The routes of statistics: of the hooks that a caller sees, and of one of them. */
export function addStatsRoutes(
  app: Hono<HttpEnv>,
  options: RouteOptions,
  { stats }: Pick<HttpOperations, 'stats'>,
): void {
  addResource(app, '/stats', 'Statistics', {
    async GET(c) {
      await requireAllowed(options.authorize, c.var.caller, 'stats')
      return respond(200, shown(await inTerms(() => stats({ ...readTimes(c), ...scopeOfRequest(c.var) }))))
    },
  })

  addResource(app, '/:id/stats', 'Hook Statistics', {
    async GET(c) {
      const { id } = await hookOfRequest(c, options, 'stats')
      const wanted = { ...readTimes(c), ...scopeOfRequest(c.var), hookId: id }
      return respond(200, shown(await inTerms(() => stats(wanted))))
    },
  })
}

function readTimes(c: HttpContext): StatisticsOptions {
  const query = queryOf(c.req.raw)
  const { since, until, bucket_ms } = readFields({
    since: () => readTime(query, 'since'),
    until: () => readTime(query, 'until'),
    bucket_ms: () => readInteger(query, 'bucket_ms', 1, LONGEST_BUCKET_MS),
  })
  return {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(bucket_ms === undefined ? {} : { bucketMs: bucket_ms }),
  }
}

/** What does not go together, such as a time that ends before it begins, in the words and names of the request. */
async function inTerms<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!hasCode(error, 'option_invalid')) throw error
    const field = error.field === 'stats.bucketMs' ? 'bucket_ms' : (error.field ?? '').replace('stats.', '')
    throw new HttpProblem(400, { [field]: [wordsOf(error)] })
  }
}

type Attempts = Statistics['buckets'][number]

function shown({ now, since, until, bucketMs, total, buckets, looked, complete }: Statistics) {
  const { cappedAt, events, deliveries, hooks } = now
  return {
    now: {
      capped_at: cappedAt,
      events: { waiting: events.waiting, oldest: events.oldestAt, failing: events.failing },
      deliveries: {
        due: deliveries.due,
        oldest_due: deliveries.oldestDueAt,
        in_flight: deliveries.inFlight,
        scheduled: deliveries.scheduled,
        parked: deliveries.parked,
      },
      hooks,
    },
    since,
    until,
    bucket_ms: bucketMs,
    total: { ...attempts(total), failures: total.failures },
    buckets: buckets.map((bucket) => ({ since: bucket.since, ...attempts(bucket) })),
    looked,
    complete,
  }
}

function attempts({ attempts, delivered, failed, durationMs }: Omit<Attempts, 'since'>) {
  return { attempts, delivered, failed, duration_ms: durationMs }
}
