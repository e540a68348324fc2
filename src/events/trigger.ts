import type { Capture } from '../capture/index.ts'
import { type EventDefinition, eventsOn, findAction, type Model } from '../catalog/index.ts'
import { problem } from '../core/errors.ts'
import { newUid } from '../core/uid.ts'
import { explainWithin } from '../store/tx/explain-within.ts'
import { type TxOption, txFor } from '../store/tx/to-tx.ts'
import type { AsyncTx, SyncTx } from '../store/tx/tx.ts'
import { exec, first, type Work } from '../store/work.ts'
import { type Audience, audienceColumns } from './everyone.ts'
import type { SenderContext } from './send.ts'

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
  if (!('tx' in options)) return triggerAlone(context, name, key, options)
  const tx = txFor(context.store, options.tx)
  return tx.mode === 'sync'
    ? Promise.resolve(triggerWithin(tx, context, name, key, options))
    : triggerWithinAsync(tx, context, name, key, options)
}

function triggerWithin(
  tx: SyncTx,
  context: TriggerContext,
  name: string,
  key: unknown,
  options: TriggerOptions,
): void {
  const firing = firingOf(context, name, key, options)
  try {
    tx.run(fire(context, firing))
  } catch (error) {
    throw explainWithin(context.store, error)
  }
  context.wake()
}

async function triggerWithinAsync(
  tx: AsyncTx,
  context: TriggerContext,
  name: string,
  key: unknown,
  options: TriggerOptions,
): Promise<void> {
  const firing = firingOf(context, name, key, options)
  try {
    await tx.run(fire(context, firing))
  } catch (error) {
    throw explainWithin(context.store, error)
  }
  context.wake()
}

async function triggerAlone(
  context: TriggerContext,
  name: string,
  key: unknown,
  options: TriggerOptions,
): Promise<void> {
  const firing = firingOf(context, name, key, options)
  await context.store.write(() => fire(context, firing))
  context.wake()
}

function firingOf({ catalog }: TriggerContext, name: string, key: unknown, options: TriggerOptions): Firing {
  const { model, action } = findAction(catalog, name, 'action')
  const events = eventsOn(catalog, model.name, action)
  const audience = 'owner' in options ? audienceColumns(options.owner) : undefined
  return { model, action, key, events, audience }
}

interface Firing {
  model: Model
  action: string
  key: unknown
  events: EventDefinition[]
  audience: ReturnType<typeof audienceColumns> | undefined
}

function* fire({ capture, random, clock }: TriggerContext, firing: Firing): Work<void> {
  const { model, action, key, events, audience } = firing
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
  const statements = capture.insertByKey({
    model,
    action,
    key,
    events,
    uid: () => newUid(clock.now(), random),
    createdAt: clock.now(),
    ...(audience === undefined ? {} : { owner: audience.owner, broadcast: audience.broadcast === 1 }),
  })
  for (const statement of statements) yield* exec(statement)
}
