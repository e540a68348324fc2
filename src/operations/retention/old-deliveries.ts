import { sql } from 'kysely'
import type { Store } from '../../store/store.ts'
import type { DeliveryStatus } from '../../store/tables.ts'
import { rows, type Work } from '../../store/work.ts'

/** Deliveries that are looked at in one go. */
const LOOKED_AT = 500
/** Hooks that are looked at in one go. */
const HOOKS = 100

/** A delivery of an event that is old enough to look at it. */
export interface OldDelivery {
  hook_id: number
  event_seq: number
  status: DeliveryStatus
  finished_at: number | null
  parked_due_at: number | null
  attempts: number
}

/** How far a walk along the primary key is: the last delivery that was looked at. */
export interface Place {
  hookId: number
  seq: number
}

export const BEGINNING: Place = { hookId: -1, seq: Number.MAX_SAFE_INTEGER }

export interface Look {
  found: OldDelivery[]
  /** Where to go on; undefined at the end. */
  next: Place | undefined
}

/**
 * Looks at the next deliveries of old events: hook by hook, and in each from its oldest event on. No index is needed but the
 * primary key, and of what is young at most one delivery of each hook is met.
 *
 * @param before the first event that is young
 */
export function* lookAtOld(store: Store, { hookId, seq }: Place, before: number): Work<Look> {
  const found: OldDelivery[] = []
  if (seq < before) {
    found.push(...(yield* ofHook(store, hookId, seq, before, LOOKED_AT)))
    if (found.length === LOOKED_AT) return { found, next: placeOf(found) }
  }
  const hooks = yield* nextHooks(store, hookId)
  for (const { hook_id, oldest } of hooks) {
    if (oldest >= before) continue
    found.push(...(yield* ofHook(store, hook_id, 0, before, LOOKED_AT - found.length)))
    if (found.length === LOOKED_AT) return { found, next: placeOf(found) }
  }
  const last = hooks.at(-1)?.hook_id
  const next =
    last === undefined || hooks.length < HOOKS ? undefined : { hookId: last, seq: Number.MAX_SAFE_INTEGER }
  return { found, next }
}

function placeOf(found: readonly OldDelivery[]): Place | undefined {
  const last = found.at(-1)
  return last === undefined ? undefined : { hookId: last.hook_id, seq: last.event_seq }
}

function ofHook(
  { db }: Store,
  hookId: number,
  after: number,
  before: number,
  limit: number,
): Work<OldDelivery[]> {
  return rows(
    db
      .selectFrom('delivery')
      .select(['hook_id', 'event_seq', 'status', 'finished_at', 'parked_due_at', 'attempts'])
      .where('hook_id', '=', hookId)
      .where('event_seq', '>', after)
      .where('event_seq', '<', before)
      .orderBy('event_seq')
      .limit(limit),
  )
}

/** The next hooks that have deliveries, and the oldest event of each: two looks into the primary key for every hook. */
function nextHooks({ db }: Store, after: number): Work<{ hook_id: number; oldest: number }[]> {
  const delivery = sql.table('delivery')
  const next = (hookId: unknown) =>
    sql`(select d.hook_id from ${delivery} as d where d.hook_id > ${hookId} order by d.hook_id limit 1)`
  const hooks = sql<{ hook_id: number; oldest: number }>`(with recursive steps(hook_id, step) as (
    select ${next(sql`cast(${after} as bigint)`)}, 1
    union all
    select ${next(sql`steps.hook_id`)}, step + 1 from steps where steps.hook_id is not null and step < ${sql.lit(HOOKS)}
  ) select hook_id, (select d.event_seq from ${delivery} as d where d.hook_id = steps.hook_id
    order by d.event_seq limit 1) as oldest from steps where hook_id is not null)`
  return rows(db.selectFrom(hooks.as('h')).select(['h.hook_id', 'h.oldest']).orderBy('h.hook_id'))
}
