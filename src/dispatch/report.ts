import type { Logger } from '../core/logger.ts'
import type { Prepared } from '../events/index.ts'
import { outcomeName } from './attempt.ts'
import type { AttemptResult } from './record.ts'
import { deliveryId } from './request.ts'

/**
 * Tells of an attempt: what each one came to for whoever looks closely, those that failed for everybody, and a schedule of the
 * application's that failed.
 */
export function reportAttempt(logger: Logger, result: AttemptResult): void {
  reportFault(logger, result)
  const { claimed, number, status, duration_ms: durationMs, error_code: error, next_due_at: next } = result
  const { hook, uid, event } = claimed
  const outcome = outcomeName(result)
  const about = {
    hook: hook.id,
    delivery: deliveryId(uid, hook.id),
    event,
    attempt: number,
    status,
    durationMs,
  }
  if (outcome === 'delivered') {
    logger.debug(about, 'delivered')
    return
  }
  const nextAttemptAt = next === null ? null : new Date(next)
  const fields = { ...about, outcome, error, host: URL.parse(hook.target)?.host, nextAttemptAt }
  logger.info(fields, outcome === 'failed' ? 'a delivery has failed for good' : 'an attempt has failed')
}

function reportFault(logger: Logger, { verdict, claimed }: AttemptResult): void {
  if (verdict.fault === undefined) return
  logger.error(
    { err: verdict.fault, hook: claimed.hook.id, event: claimed.event },
    'dispatch.retry.delaysMs failed; the standard schedule has stood in for it',
  )
}

/** Tells of events whose data could not be made. */
export function reportFailures(logger: Logger, prepared: readonly Prepared[]): void {
  for (const one of prepared) {
    if (one.outcome !== 'failed') continue
    const { uid: id, name } = one.event
    const message = `the data of an event "${name}" could not be made; it is tried again: ${one.error}`
    logger.error({ event: name, id, error: one.error }, message)
  }
}

/** Tells of hooks that hear of nothing because their filter is none: somebody else has written it. */
export function reportUnreadable(logger: Logger, hookIds: readonly number[]): void {
  logger.error(
    { hookIds },
    `the filters of some hooks cannot be read, and they get no events: ${hookIds.slice(0, 20).join(', ')}. ` +
      "Give them one by hooks.update(id, { filter }), and what they missed by hooks.replay({ what: 'missed' })",
  )
}

/** Tells of events that wait for a process with another catalog. */
export function reportUnknown(logger: Logger, unknown: ReadonlySet<string>): void {
  const names = [...unknown].join(', ')
  logger.warn(
    { events: [...unknown] },
    `events wait that this process's catalog does not know: ${names}; a process with a newer catalog can deliver them`,
  )
}
