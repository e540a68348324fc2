import type { Logger } from '../core/logger.ts'
import type { Prepared } from '../events/index.ts'

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
