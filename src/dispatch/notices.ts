import type { Catalog } from '../catalog/index.ts'
import { isOperational } from '../catalog/index.ts'
import type { Random } from '../core/random.ts'
import {
  insertOperational,
  type Listeners,
  type OperationalEvent,
  operationalEvent,
  operationalListened,
} from '../events/index.ts'
import { type FieldDefinitions, referencesTo } from '../hooks/index.ts'
import type { Store } from '../store/store.ts'
import type { Work } from '../store/work.ts'
import type { HookNotice } from './health-rows.ts'
import type { AttemptResult } from './record.ts'
import { deliveryId } from './request.ts'

export interface NoticeContext {
  store: Store
  catalog: Catalog
  fields: FieldDefinitions
  random: Random
  listeners: Listeners
}

/**
 * Tells what has happened to hooks and deliveries: writes the events that hooks listen to, in the transaction that makes them
 * true, and gives those that listeners of this process are to be told once that is committed.
 *
 * @param known which of them hooks listen to, where that has been looked up already
 */
export function* noteEvents(
  context: NoticeContext,
  results: readonly AttemptResult[],
  notices: readonly HookNotice[],
  now: number,
  known?: ReadonlySet<OperationalEvent['name']>,
): Work<OperationalEvent[]> {
  const { store, random, listeners } = context
  if (results.length === 0) return []
  const listened = known ?? (yield* operationalListened(store))
  const isWanted = (name: OperationalEvent['name']) => listened.has(name) || listeners.has(name)
  const events: OperationalEvent[] = []
  for (const result of results) {
    const event = ofDelivery(result)
    if (event !== undefined && isWanted(event.name)) events.push(event)
  }
  events.push(...(yield* ofHooks(context, notices)).filter(({ name }) => isWanted(name)))
  yield* insertOperational(
    store,
    random,
    events.filter(({ name }) => listened.has(name)),
    now,
  )
  return events.filter(({ name }) => listeners.has(name))
}

/** None about the delivery of such an event: that would never end. */
function ofDelivery({ claimed, ...result }: AttemptResult): OperationalEvent | undefined {
  if (result.next_status === 'pending' || isOperational(claimed.event)) return undefined
  const { id, owner, target } = claimed.hook
  const about = {
    hook: { id, owner, target },
    delivery: { id: deliveryId(claimed.uid, id), event: claimed.event, attempts: result.number },
    attempt: {
      number: result.number,
      status: result.status,
      durationMs: result.duration_ms,
      manual: result.manual === 1,
    },
  }
  return result.next_status === 'delivered'
    ? operationalEvent('delivery.delivered', about)
    : operationalEvent('delivery.exhausted', { ...about, reason: result.reason ?? '' })
}

function* ofHooks(context: NoticeContext, notices: readonly HookNotice[]): Work<OperationalEvent[]> {
  const told = notices.filter(({ kind }) => kind === 'failing' || kind === 'recovered')
  if (told.length === 0) return []
  const references = yield* referencesTo(
    context,
    told.map(({ hook }) => hook),
  )
  const events: OperationalEvent[] = []
  for (const [index, notice] of told.entries()) {
    const hook = references[index]
    if (hook === undefined) continue
    if (notice.kind === 'failing') {
      const { failing_since: since, failures } = notice.health
      const { percent, disableAt } = notice
      const failingSince = new Date(since ?? disableAt)
      events.push(
        operationalEvent('hook.failing', {
          hook,
          failingSince,
          failures,
          percent,
          disableAt: new Date(disableAt),
        }),
      )
    } else if (notice.kind === 'recovered') {
      const { failing_since: since, failures } = notice.before
      const failingSince = since === null ? null : new Date(since)
      events.push(operationalEvent('hook.recovered', { hook, failingSince, failures }))
    }
  }
  return events
}
