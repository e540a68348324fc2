import type { Clock } from '../../core/clock.ts'
import { problem } from '../../core/errors.ts'
import { refuseUnknownOptions, wholeNumber } from '../../core/options.ts'
import type { OwnerScope } from '../../hooks/index.ts'
import type { Store } from '../../store/store.ts'
import { checkTime } from '../replay-options.ts'
import { type AttemptCount, type AttemptCounts, type Buckets, countAttempts } from './attempt-counts.ts'
import { type CurrentStatistics, currentStatistics } from './current.ts'
import { scopeFor } from './scope.ts'

export interface StatisticsOptions extends OwnerScope {
  /** From when on attempts are counted; 24 hours before `until` unless told. */
  since?: Date
  /** Up to when; to this moment unless told. */
  until?: Date
  /** How long a bucket is, in milliseconds; a 24th of the time unless told. There are at most 1,000. */
  bucketMs?: number
  /** Of one hook only. With `owner` too, another owner's is as good as missing. */
  hookId?: number
}

/** Attempts of a time, and how they went. */
export interface AttemptStatistics {
  attempts: number
  /** Those of them that the target accepted. */
  delivered: number
  /** Those that failed, whether or not another one follows. */
  failed: number
  /**
   * How long half, 95 % and 99 % of them took at the most, in milliseconds and to two digits, those that failed included;
   * null without attempts.
   */
  durationMs: { p50: number; p95: number; p99: number } | null
}

/** What `hooks.stats` gives. */
export interface Statistics {
  /** What there is at this moment. */
  now: CurrentStatistics
  since: Date
  until: Date
  /** The length of a bucket, in milliseconds; the last one may be shorter. */
  bucketMs: number
  /** Of the whole time; `failures` says how many failed in which way: by `4xx`, `5xx`, `timeout`, `dns`, … */
  total: AttemptStatistics & { failures: Readonly<Record<string, number>> }
  /** Of its parts, the earliest first; those without attempts are there too. */
  buckets: (AttemptStatistics & { since: Date })[]
  /** How many attempts of that time were looked at. */
  looked: number
  /**
   * Whether these are all of them. If not, counts are estimates from an even sample of about 50,000; those of one hook or
   * owner leave out what is older than its newest 20,000.
   */
  complete: boolean
}

const KNOWN = ['since', 'until', 'bucketMs', 'hookId', 'owner']
const DEFAULT_TIME_MS = 86_400_000
const DEFAULT_BUCKETS = 24
const MOST_BUCKETS = 1_000

/** @throws `option_invalid`, `hook_missing`, `hook_invalid`, `database_unavailable`, `database_outdated` */
export async function statistics(
  { store, clock }: { store: Store; clock: Clock },
  options: StatisticsOptions = {},
): Promise<Statistics> {
  refuseUnknownOptions(options, KNOWN, 'stats')
  const buckets = bucketsOf(options, clock.now())
  if (options.hookId !== undefined && !Number.isSafeInteger(options.hookId)) {
    throw wrong('hookId', options.hookId, "a hook's id is a number", 'Pass Number(id)')
  }
  const scope = await store.read(() => scopeFor(store, options))
  const now = await currentStatistics(store, clock.now(), scope)
  const counted = await countAttempts(store, buckets, scope)
  return { now, ...summary(buckets, counted) }
}

/** @throws `option_invalid` */
function bucketsOf({ since, until, bucketMs }: StatisticsOptions, now: number): Buckets {
  const end = until === undefined ? now : checkTime('stats.until', until)
  const begin = since === undefined ? end - DEFAULT_TIME_MS : checkTime('stats.since', since)
  if (begin >= end) {
    const earlier = new Date(end).toISOString()
    throw wrong('since', since, `it must be before until, which is ${earlier}`)
  }
  const fallback = Math.ceil((end - begin) / DEFAULT_BUCKETS)
  const length = wholeNumber(bucketMs, 'stats.bucketMs', fallback)
  if ((end - begin) / length > MOST_BUCKETS) {
    const shortest = Math.ceil((end - begin) / MOST_BUCKETS)
    throw wrong(
      'bucketMs',
      bucketMs,
      `there would be more than ${MOST_BUCKETS} buckets`,
      `For this time, pass ${shortest} or more`,
    )
  }
  return { since: begin, until: end, bucketMs: length }
}

function summary({ since, until, bucketMs }: Buckets, { counts, weight, looked, complete }: AttemptCounts) {
  const number = Math.ceil((until - since) / bucketMs)
  const byBucket = Map.groupBy(counts, ({ bucket }) => bucket)
  const failures = new Map<string, number>()
  for (const count of counts) {
    if (count.class === SUCCESS) continue
    const name = count.class === null ? (count.error_code ?? 'unknown') : `${count.class}xx`
    failures.set(name, (failures.get(name) ?? 0) + count.attempts)
  }
  const sorted = [...failures].sort(([, a], [, b]) => b - a)
  return {
    since: new Date(since),
    until: new Date(until),
    bucketMs,
    total: {
      ...summed(counts, weight),
      failures: Object.fromEntries(sorted.map(([name, count]) => [name, Math.round(count * weight)])),
    },
    buckets: Array.from({ length: number }, (_, index) => ({
      since: new Date(since + index * bucketMs),
      ...summed(byBucket.get(index) ?? [], weight),
    })),
    looked,
    complete,
  }
}

/** 2xx: any of them is a success. */
const SUCCESS = 2

function summed(counts: readonly AttemptCount[], weight: number): AttemptStatistics {
  const total = (some: readonly AttemptCount[]) => some.reduce((sum, { attempts }) => sum + attempts, 0)
  const all = total(counts)
  const delivered = Math.round(total(counts.filter((count) => count.class === SUCCESS)) * weight)
  const attempts = Math.round(all * weight)
  return { attempts, delivered, failed: attempts - delivered, durationMs: percentiles(counts, all) }
}

function percentiles(counts: readonly AttemptCount[], all: number): AttemptStatistics['durationMs'] {
  if (all === 0) return null
  const sorted = counts.toSorted((a, b) => a.duration - b.duration)
  const at = (share: number) => {
    let seen = 0
    for (const { duration, attempts } of sorted) {
      seen += attempts
      if (seen >= share * all) return duration
    }
    return sorted.at(-1)?.duration ?? 0
  }
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

function wrong(name: string, value: unknown, fault: string, cure?: string): Error {
  const details = { field: `stats.${name}`, value, problem: fault }
  return problem('option_invalid', cure === undefined ? details : { ...details, cure })
}
