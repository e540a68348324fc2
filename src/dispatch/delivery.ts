import { type HookRow, type OwnerScope, scopeOf } from '../hooks/index.ts'
import type { Store } from '../store/store.ts'
import { first, rows, type Work } from '../store/work.ts'
import { formedBody, type PayloadOption } from './body.ts'
import { claimedEvent, EVENT_COLUMNS } from './claimed.ts'
import { deliveryById, deliveryMissing } from './delivery-by-id.ts'
import { type Delivery, deliveryFromRow, withColumns } from './delivery-row.ts'
import { requestFromLog } from './sent.ts'

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
  /**
   * What was sent but for the body, headers in sending order. `[hidden]` stands for the values of the hook's own headers and for
   * the target's query. Null where nothing was posted, because there was no body or the address was refused, and for attempts
   * of older versions.
   */
  request: { url: string; headers: [string, string][] } | null
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
 * @param payload the option `hook.payload`: where it is a function, there is no body before the first attempt
 * @throws `delivery_missing`
 */
export async function getDelivery(
  store: Store,
  id: string,
  options: OwnerScope = {},
  payload?: PayloadOption,
): Promise<Delivery & DeliveryDetails> {
  const owner = scopeOf(options)
  return await store.read(function* () {
    const row = yield* deliveryById(store, id, (query) =>
      withColumns(query).select('d.body').select(EVENT_COLUMNS),
    )
    const hook = yield* first(
      store.db.selectFrom('hook').select(['id', 'owner', 'target', 'payload']).where('id', '=', row.hook_id),
    )
    if (owner !== undefined && hook?.owner !== owner) throw deliveryMissing(id)
    const made = hook === undefined || row.data === null ? null : bodyOf(hook, row, payload)
    return { ...deliveryFromRow(row), body: row.body ?? made, log: yield* attemptsOf(store, row) }
  })
}

/** Null where only an attempt can tell: of a function of the application's, and where a form cannot be had. */
function bodyOf(
  hook: Pick<HookRow, 'id' | 'target' | 'payload'>,
  row: Parameters<typeof claimedEvent>[0],
  payload: PayloadOption = 'envelope',
): string | null {
  const form = hook.payload ?? payload
  if (typeof form === 'function') return null
  try {
    return formedBody(form, { ...claimedEvent(row), hook })
  } catch {
    return null
  }
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
    request: row.request === null ? null : requestFromLog(row.request),
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
