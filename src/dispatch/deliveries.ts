import type { Store } from '../store/store.ts'
import type { DeliveryStatus } from '../store/tables.ts'
import { rows, type Work } from '../store/work.ts'
import { deliveriesWithEvents, deliveryById } from './delivery-by-id.ts'
import { deliveryId } from './request.ts'

/** One event on its way to one hook. */
export interface Delivery {
  /** The `webhook-id` that the receiver sees. */
  id: string
  hookId: number
  event: string
  status: DeliveryStatus
  /** Why it failed or was cancelled. */
  reason: string | null
  /** How many attempts were made. */
  attempts: number
  /** Whether an attempt is to come that somebody asked for by hand. */
  manual: boolean
  /** When the next attempt is due; null when there is none to come, or when it waits for its hook. */
  dueAt: Date | null
  createdAt: Date
  finishedAt: Date | null
}

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

export interface DeliveryListOptions {
  hookId?: number
  status?: DeliveryStatus
  /** The most to give: 100 unless told. */
  limit?: number
}

/** The newest deliveries first. */
export async function listDeliveries(store: Store, options: DeliveryListOptions = {}): Promise<Delivery[]> {
  let query = withColumns(deliveriesWithEvents(store))
    .orderBy('d.event_seq', 'desc')
    .orderBy('d.hook_id')
    .limit(options.limit ?? 100)
  if (options.hookId !== undefined) query = query.where('d.hook_id', '=', options.hookId)
  if (options.status !== undefined) query = query.where('d.status', '=', options.status)
  const found = await store.read(() => rows(query))
  return found.map(deliveryFromRow)
}

/** A delivery and its attempts, the first one first. @throws `delivery_missing` */
export async function getDelivery(store: Store, id: string): Promise<Delivery & { log: Attempt[] }> {
  return await store.read(function* () {
    const row = yield* deliveryById(store, id, withColumns)
    return { ...deliveryFromRow(row), log: yield* attemptsOf(store, row) }
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

function withColumns(query: ReturnType<typeof deliveriesWithEvents>) {
  return query
    .select(['d.hook_id', 'd.event_seq', 'd.status', 'd.reason', 'd.attempts', 'd.manual'])
    .select(['d.due_at', 'd.finished_at'])
    .select(['e.uid', 'e.name', 'e.created_at'])
}

type DeliveryRow = Awaited<ReturnType<ReturnType<typeof withColumns>['execute']>>[number]

function deliveryFromRow(row: DeliveryRow): Delivery {
  return {
    id: deliveryId(row.uid, row.hook_id),
    hookId: row.hook_id,
    event: row.name,
    status: row.status,
    reason: row.reason,
    attempts: row.attempts,
    manual: row.manual === 1,
    dueAt: dateOrNull(row.due_at),
    createdAt: new Date(row.created_at),
    finishedAt: dateOrNull(row.finished_at),
  }
}

/** A time of the database's as a date. */
export function dateOrNull(ms: number | null | undefined): Date | null {
  return typeof ms === 'number' ? new Date(ms) : null
}
