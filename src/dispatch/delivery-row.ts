import type { DeliveryStatus } from '../store/tables.ts'
import type { deliveriesWithEvents } from './delivery-by-id.ts'
import { deliveryId } from './request.ts'

/** One event on its way to one hook. */
export interface Delivery {
  /** The `webhook-id` that the receiver sees. */
  id: string
  hookId: number
  /** The hook's target as it is now, also of one that is deleted; null once the hook itself is removed. */
  target: string | null
  /** Whose hook it is; null likewise. */
  owner: string | null
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

/** What lists show of deliveries. */
export function withColumns(query: ReturnType<typeof deliveriesWithEvents>) {
  return query
    .leftJoin('hook as h', 'h.id', 'd.hook_id')
    .select(['h.target', 'h.owner'])
    .select(['d.hook_id', 'd.event_seq', 'd.status', 'd.reason', 'd.attempts', 'd.manual'])
    .select(['d.due_at', 'd.finished_at'])
    .select(['e.uid', 'e.name', 'e.created_at'])
}

export type DeliveryRow = Awaited<ReturnType<ReturnType<typeof withColumns>['execute']>>[number]

export function deliveryFromRow(row: DeliveryRow): Delivery {
  return {
    id: deliveryId(row.uid, row.hook_id),
    hookId: row.hook_id,
    target: row.target,
    owner: row.owner,
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
