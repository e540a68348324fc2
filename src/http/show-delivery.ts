import type { Attempt, Delivery, DeliveryDetails } from '../dispatch/index.ts'
import type { HttpContext } from './env.ts'

/** A delivery as lists show it: an administrator is told whose it is. */
export function showDelivery({ var: { caller } }: HttpContext, delivery: Delivery): Record<string, unknown> {
  const { id, hookId, target, owner, event, status, reason, attempts, manual, dueAt, createdAt, finishedAt } =
    delivery
  return {
    id,
    hook: hookId,
    target,
    ...(caller.admin ? { owner } : {}),
    event,
    status,
    reason,
    attempts,
    manual,
    due: dueAt,
    created: createdAt,
    finished: finishedAt,
  }
}

/** A delivery by itself: with the body that is posted, and its attempts. */
export function showDetails(c: HttpContext, delivery: Delivery & DeliveryDetails): Record<string, unknown> {
  const { body, log } = delivery
  return { ...showDelivery(c, delivery), body, log: log.map(showAttempt) }
}

export function showAttempt(attempt: Attempt): Record<string, unknown> {
  const { number, startedAt, durationMs, status, manual, error, request, response } = attempt
  return { number, started: startedAt, duration_ms: durationMs, status, manual, error, request, response }
}
