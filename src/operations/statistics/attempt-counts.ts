import { type RawBuilder, sql } from 'kysely'
import { givenRows } from '../../store/given-rows.ts'
import type { Store } from '../../store/store.ts'
import type { Span } from '../../store/timeline.ts'
import { first, rows } from '../../store/work.ts'
import { attemptIdsOf } from './attempt-ids.ts'
import type { Scope } from './scope.ts'

/** Attempts that are looked at, at the most. */
const MOST_LOOKED_AT = 50_000
/** Attempts in one query: on SQLite nothing else runs meanwhile. */
const AT_ONCE = 5_000
/** Of hooks: theirs lie far apart, so each costs more. */
const MOST_OF_HOOKS = 20_000
const OF_HOOK_AT_ONCE = 2_000
/** A sample is taken in as many places, evenly over the time. */
const PLACES = 100

/** Attempts that are alike. */
export interface AttemptCount {
  /** Which of the buckets, from 0. */
  bucket: number
  /** The first digit of the HTTP status; null where no response came. */
  class: number | null
  error_code: string | null
  /** Milliseconds, to two digits. */
  duration: number
  attempts: number
}

/** A time in parts of the same length, in milliseconds since the epoch. */
export interface Buckets {
  since: number
  until: number
  bucketMs: number
}

export interface AttemptCounts {
  counts: AttemptCount[]
  /** What each that was counted stands for. */
  weight: number
  /** How many attempts were looked at. */
  looked: number
  /** Whether that was all of them. */
  complete: boolean
}

/** Counts attempts, in bounded queries over the primary key or over the index of a hook's attempts. */
export async function countAttempts(
  store: Store,
  buckets: Buckets,
  scope: Scope | undefined,
): Promise<AttemptCounts> {
  return scope === undefined ? await ofAll(store, buckets) : await ofHooks(store, buckets, scope)
}

async function ofAll(store: Store, buckets: Buckets): Promise<AttemptCounts> {
  const ids = await store.read(() => attemptIdsOf(store, buckets.since, buckets.until))
  const { ranges, weight } = rangesOf(ids)
  const counts: AttemptCount[] = []
  let looked = 0
  let at = 0
  while (at < ranges.length) {
    const some: Range[] = []
    for (let size = 0; size < AT_ONCE && at < ranges.length; at += 1) {
      const range = ranges[at] as Range
      some.push(range)
      size += range.until - range.at
    }
    const found = await store.read(() => rows(grouped(store, attemptsIn(store, some), buckets)))
    counts.push(...found)
    looked += found.reduce((sum, { attempts: more }) => sum + more, 0)
  }
  return { counts, weight, looked, complete: weight === 1 }
}

/** Along the primary key, whatever the planner thinks of it. */
function attemptsIn(store: Store, ranges: readonly Range[]): { as(alias: 'a'): unknown } {
  const { db, dialect } = store
  const given = db.selectFrom(givenRows(store, ranges, ['at', 'until']).as('r'))
  if (dialect === 'postgres') {
    // Without an order and a limit it reads the whole table for each of them.
    const most = Math.max(...ranges.map(({ at, until }) => until - at))
    return given
      .innerJoinLateral(
        ({ selectFrom }) =>
          selectFrom('attempt as a')
            .select(JUDGED)
            .whereRef('a.id', '>', 'r.at')
            .whereRef('a.id', '<=', 'r.until')
            .orderBy('a.id')
            .limit(most)
            .as('a'),
        (join) => join.onTrue(),
      )
      .select(JUDGED)
  }
  return (
    given
      // Crosswise: SQLite then keeps its order.
      .crossJoin('attempt as a')
      .select(JUDGED)
      .whereRef('a.id', '>', 'r.at')
      .whereRef('a.id', '<=', 'r.until')
  )
}

interface Range {
  at: number
  until: number
}

function rangesOf({ after, upTo }: Span): { ranges: Range[]; weight: number } {
  const width = upTo - after
  if (width <= MOST_LOOKED_AT) {
    const ranges: Range[] = []
    for (let at = after; at < upTo; at += AT_ONCE) ranges.push({ at, until: Math.min(at + AT_ONCE, upTo) })
    return { ranges, weight: 1 }
  }
  const size = MOST_LOOKED_AT / PLACES
  const ranges = Array.from({ length: PLACES }, (_, place) => {
    const at = after + Math.floor((place * width) / PLACES)
    return { at, until: at + size }
  })
  return { ranges, weight: width / MOST_LOOKED_AT }
}

async function ofHooks(store: Store, buckets: Buckets, scope: Scope): Promise<AttemptCounts> {
  const share = Math.ceil(MOST_OF_HOOKS / Math.max(scope.hookIds.length, 1))
  const counts: AttemptCount[] = []
  let looked = 0
  let complete = !scope.isCut
  for (const hookId of scope.hookIds) {
    let left = share
    let upTo: Place | undefined
    for (;;) {
      const limit = Math.min(left, OF_HOOK_AT_ONCE)
      const page = grouped(store, pageOf(store, hookId, upTo, limit).select(JUDGED), buckets)
      const keys = pageOf(store, hookId, upTo, limit).select(['a.event_seq', 'a.number'])
      const { found, end } = await store.read(function* () {
        return { found: yield* rows(page), end: yield* first(endOf(store, keys)) }
      })
      counts.push(...found)
      looked += end?.rows ?? 0
      if (end === undefined || end.rows < limit) break
      left -= end.rows
      upTo = end
      if (left > 0) continue
      complete = false
      break
    }
  }
  return { counts, weight: 1, looked, complete }
}

const JUDGED = ['a.started_at', 'a.status', 'a.error_code', 'a.duration_ms'] as const

/** Attempts of a hook, the newest events first. */
function pageOf({ db }: Store, hookId: number, upTo: Place | undefined, limit: number) {
  const page = db
    .selectFrom('attempt as a')
    .where('a.hook_id', '=', hookId)
    .orderBy('a.event_seq', 'desc')
    .orderBy('a.number', 'desc')
    .limit(limit)
  if (upTo === undefined) return page
  const { event_seq, number } = upTo
  return page.where(
    sql<boolean>`(a.event_seq, a.number) < (cast(${event_seq} as bigint), cast(${number} as integer))`,
  )
}

interface Place {
  event_seq: number
  number: number
}

/** Where a page ends, and how many attempts it has: of the index alone. */
function endOf({ db }: Store, keys: { as(alias: 'p'): unknown }) {
  const from = db.selectFrom(keys.as('p') as never) as unknown as ReturnType<typeof ofPlaces>
  return from
    .select(['p.event_seq', 'p.number', sql<number>`cast(count(*) over () as integer)`.as('rows')])
    .orderBy('p.event_seq')
    .orderBy('p.number')
    .limit(1)

  function ofPlaces() {
    return db.selectFrom('attempt as p')
  }
}

/** Durations to two digits, so that few rows come back: that is as close as a percentile needs to be. */
const duration = sql<number>`case when a.duration_ms < 100 then a.duration_ms
  when a.duration_ms < 1000 then a.duration_ms / 10 * 10 + 5
  when a.duration_ms < 10000 then a.duration_ms / 100 * 100 + 50
  else a.duration_ms / 1000 * 1000 + 500 end`

function grouped({ db }: Store, attempts: { as(alias: 'a'): unknown }, { since, until, bucketMs }: Buckets) {
  const time = (at: number): RawBuilder<number> => sql<number>`cast(${at} as bigint)`
  const from = db.selectFrom(attempts.as('a') as never) as unknown as ReturnType<typeof ofAttempts>
  return from
    .select([
      sql<number>`cast((a.started_at - ${time(since)}) / ${time(bucketMs)} as integer)`.as('bucket'),
      sql<number | null>`a.status / 100`.as('class'),
      'a.error_code',
      duration.as('duration'),
      sql<number>`cast(count(*) as integer)`.as('attempts'),
    ])
    .where('a.started_at', '>=', since)
    .where('a.started_at', '<', until)
    .groupBy(sql`1, 2, 3, 4`)

  function ofAttempts() {
    return db.selectFrom('attempt as a')
  }
}
