import { type OwnerScope, scopeOf } from '../hooks/index.ts'
import type { Store } from '../store/store.ts'
import { first, rows, type Work } from '../store/work.ts'
import { envelope } from './body.ts'
import { deliveryById, deliveryMissing } from './delivery-by-id.ts'
import { type Delivery, deliveryFromRow, withColumns } from './delivery-row.ts'

/** One POST of one delivery. */
export interface Attempt {
  /** Counted from 1. */
  number: number
  startedAt: Date
  durationMs: number
  /** The HTTP status; null when no response came. */
  status: number | null
  /** Whether somebody asked for it by hand. */
  manual: boolean
  /** Why no response came; null when one did. */
  error: { code: string; message: string } | null
  response: { headers: [string, string][]; body: string; truncated: boolean } | null
}

/** What is said of one delivery beside what lists have. */
export interface DeliveryDetails {
  /** The body that is posted, as text; null as long as there is none, and once the hook itself is removed. */
  body: string | null
  /** Its attempts, the first one first. */
  log: Attempt[]
}

/**
 * A delivery with its body and its attempts.
 *
 * @param ownBody whether the bodies are the application's own: then there is none before the first attempt
 * @throws `delivery_missing`
 */
export async function getDelivery(
  store: Store,
  id: string,
  options: OwnerScope = {},
  ownBody = false,
): Promise<Delivery & DeliveryDetails> {
  const owner = scopeOf(options)
  return await store.read(function* () {
    const row = yield* deliveryById(store, id, (query) => withColumns(query).select(['d.body', 'e.data']))
    const hook = yield* first(
      store.db.selectFrom('hook').select(['id', 'owner', 'target']).where('id', '=', row.hook_id),
    )
    if (owner !== undefined && hook?.owner !== owner) throw deliveryMissing(id)
    const made =
      ownBody || hook === undefined || row.data === null
        ? null
        : envelope({ hook, event: row.name, data: row.data })
    return { ...deliveryFromRow(row), body: row.body ?? made, log: yield* attemptsOf(store, row) }
  })
}

function* attemptsOf(
  store: Store,
  { hook_id, event_seq }: { hook_id: number; event_seq: number },
): Work<Attempt[]> {
  const found = yield* rows(
    store.db
      .selectFrom('attempt')
      .selectAll()
      .where('hook_id', '=', hook_id)
      .where('event_seq', '=', event_seq)
      .orderBy('number')
      .orderBy('id'),
  )
  return found.map((row) => ({
    number: row.number,
    startedAt: new Date(row.started_at),
    durationMs: row.duration_ms,
    status: row.status,
    manual: row.manual === 1,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error ?? '' },
    response:
      row.response_headers === null
        ? null
        : {
            headers: JSON.parse(row.response_headers) as [string, string][],
            body: row.response_body ?? '',
            truncated: row.response_truncated === 1,
          },
  }))
}
