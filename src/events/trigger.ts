import { sql } from 'kysely'
import type { Capture } from '../capture/index.ts'
import { type EventDefinition, eventsOn, findAction, type Model } from '../catalog/index.ts'
import { problem } from '../core/errors.ts'
import { newUid } from '../core/uid.ts'
import type { Store } from '../store/store.ts'
import { explainWithin } from '../store/tx/explain-within.ts'
import { type TxOption, txFor } from '../store/tx/to-tx.ts'
import type { AsyncTx, SyncTx } from '../store/tx/tx.ts'
import { exec, first, type Work } from '../store/work.ts'
import { type Audience, audienceColumns } from './everyone.ts'
import type { SenderContext } from './send.ts'
import { traced } from './traced.ts'

export interface TriggerOptions {
  /** The transaction of the caller that the event belongs to. Without it, the row is read as it is committed. */
  tx?: TxOption
  /** Instead of the owner that the row names; `everyone` broadcasts. */
  owner?: Audience
}

export interface TriggerContext extends SenderContext {
  capture: Capture
}

/**
 * Fires a model's action by hand: the row is read by its key, and an event written for each that the catalog has on that
 * action, exactly as a trigger would. With a synchronous `tx` that has happened when the call returns, and a mistake is
 * thrown at once; an asynchronous one is awaited: as by `send`.
 *
 * @throws `action_unknown`, `key_invalid`, `row_missing`, `owner_missing`, `transaction_invalid`
 */
export function trigger(
  context: TriggerContext,
  name: string,
  key: unknown,
  options: TriggerOptions = {},
): Promise<void> {
  return traced(context.telemetry, { by: 'trigger', name }, (traceContext) => {
    const what = { name, key, options, traceContext }
    if (!('tx' in options)) return triggerAlone(context, what)
    const tx = txFor(context.store, options.tx)
    return tx.mode === 'sync'
      ? Promise.resolve(triggerWithin(tx, context, what))
      : triggerWithinAsync(tx, context, what)
  })
}

function triggerWithin(tx: SyncTx, context: TriggerContext, what: What): void {
  const firing = firingOf(context, what)
  try {
    tx.run(fire(context, firing))
  } catch (error) {
    throw explainWithin(context.store, error)
  }
  context.wake()
}

async function triggerWithinAsync(tx: AsyncTx, context: TriggerContext, what: What): Promise<void> {
  const firing = firingOf(context, what)
  try {
    await tx.run(fire(context, firing))
  } catch (error) {
    throw explainWithin(context.store, error)
  }
  context.wake()
}

async function triggerAlone(context: TriggerContext, what: What): Promise<void> {
  const firing = firingOf(context, what)
  await context.store.write(() => fire(context, firing))
  context.wake()
}

interface What {
  name: string
  key: unknown
  options: TriggerOptions
  traceContext: string | null
}

function firingOf({ catalog }: TriggerContext, { name, key, options, traceContext }: What): Firing {
  const { model, action } = findAction(catalog, name, 'action')
  const events = eventsOn(catalog, model.name, action)
  const audience = 'owner' in options ? audienceColumns(options.owner) : undefined
  return { model, action, key, events, audience, traceContext }
}

interface Firing {
  model: Model
  action: string
  key: unknown
  events: EventDefinition[]
  audience: ReturnType<typeof audienceColumns> | undefined
  traceContext: string | null
}

function* fire({ store, capture, random, clock }: TriggerContext, firing: Firing): Work<void> {
  const { model, action, key, events, audience, traceContext } = firing
  yield* capture.describe(model)
  const row = yield* first(capture.readByKey(model, key))
  if (row === undefined) {
    throw problem('row_missing', {
      field: 'key',
      value: key,
      problem: `"${model.name}" has no such row`,
      cure: 'Trigger inside the transaction that writes the row (`tx`), or after its commit',
    })
  }
  const uids: string[] = []
  const statements = capture.insertByKey({
    model,
    action,
    key,
    events,
    uid() {
      const uid = newUid(clock.now(), random)
      uids.push(uid)
      return uid
    },
    createdAt: clock.now(),
    ...(audience === undefined ? {} : { owner: audience.owner, broadcast: audience.broadcast === 1 }),
  })
  for (const statement of statements) yield* exec(statement)
  if (traceContext !== null) yield* mark(store, uids, traceContext)
}

/** One by one: not each library whose transaction this may be takes a list as a parameter. */
function* mark({ db }: Store, uids: readonly string[], traceContext: string): Work<void> {
  for (const uid of uids) {
    yield* exec(
      db
        .updateTable('event')
        .set({ trace_context: sql<string>`cast(${traceContext} as text)` })
        .where('uid', '=', sql<string>`cast(${uid} as text)`),
    )
  }
}
