import type { Logger } from '../core/logger.ts'
import type { OperationalEvent } from '../events/index.ts'
import type { HookRegistry } from '../hooks/index.ts'
import { first, type Work } from '../store/work.ts'
import { FEWEST_FAILURES } from './health.ts'
import { type HookNotice, noteHealth } from './health-rows.ts'
import type { LaneChanges } from './lanes.ts'
import { type NoticeContext, noteEvents } from './notices.ts'
import type { DispatchSettings } from './options.ts'
import { type AttemptResult, record } from './record.ts'

export interface SettleContext extends NoticeContext {
  settings: DispatchSettings
  logger: Logger
  /** Disables a hook for what its target does. */
  retire: HookRegistry['retire']
}

/** What is to follow once the results of attempts are committed. */
export interface Settled {
  /** What listeners are to be told. */
  events: readonly OperationalEvent[]
  notices: readonly HookNotice[]
}

/** Writes results of attempts, and what they say about their hooks. Once that is committed, call `follow`. */
export function* settle(
  context: SettleContext,
  results: readonly AttemptResult[],
  lanes: LaneChanges,
  now: number,
  listened?: ReadonlySet<OperationalEvent['name']>,
): Work<Settled> {
  const { store, settings, random } = context
  if (results.length === 0) return { events: [], notices: [] }
  yield* record(store, results, lanes)
  const notices = yield* noteHealth(store, results, { health: settings.health, random, now }, lanes)
  return { events: yield* noteEvents(context, results, notices, now, listened), notices }
}

/**
 * Tells the listeners, and disables hooks that have come to their end. That is a transaction of its own, because changes of
 * hooks wait for each other; if it fails, the hook's next attempt leads to it again. It never rejects.
 */
export async function follow(context: SettleContext, { events, notices }: Settled): Promise<void> {
  const { listeners, logger } = context
  for (const { name, data } of events) listeners.emit(name, data)
  for (const notice of notices) {
    const { id } = notice.hook
    reportHealth(logger, notice)
    try {
      await retire(context, notice)
    } catch (error) {
      logger.error({ err: error, hook: id }, `hook ${id} could not be disabled; it is tried again`)
    }
  }
}

async function retire({ retire, store, settings }: SettleContext, notice: HookNotice): Promise<void> {
  const { id } = notice.hook
  if (notice.kind === 'gone') {
    await retire(id, { cause: 'gone', reason: 'its target answered 410 Gone' })
  } else if (notice.kind === 'given_up') {
    const { failing_since: since } = notice.health
    const days = Math.round(((settings.health.disableAfterMs ?? 0) / 86_400_000) * 100) / 100
    const reason = `all attempts have failed for ${days} days, since ${new Date(since ?? 0).toISOString()}`
    await retire(id, { cause: 'failing', reason, unless: () => isBetter(store, id) })
  }
}

/** Whether an attempt has succeeded since. */
function* isBetter({ db }: SettleContext['store'], hookId: number): Work<boolean> {
  const failing = db
    .selectFrom('health')
    .select('hook_id')
    .where('hook_id', '=', hookId)
    .where('failures', '>=', FEWEST_FAILURES)
  return (yield* first(failing)) === undefined
}

function reportHealth(logger: Logger, notice: HookNotice): void {
  const { hook, health } = notice
  if (notice.kind === 'opened') {
    const host = URL.parse(hook.target)?.host
    logger.warn(
      { hook: hook.id, failures: health.failures, host, until: new Date(notice.until) },
      `hook ${hook.id} keeps failing: its deliveries wait`,
    )
  } else if (notice.kind === 'recovered') {
    logger.info({ hook: hook.id, failures: notice.before.failures }, `hook ${hook.id} has recovered`)
  }
}
