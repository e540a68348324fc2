import { createHash } from 'node:crypto'
import { type Compilable, type CompiledQuery, sql } from 'kysely'
import { type Catalog, findEvent, isOperational, validatePayload } from '../catalog/index.ts'
import type { Clock } from '../core/clock.ts'
import { problem } from '../core/errors.ts'
import { toJson } from '../core/json.ts'
import { checkSize, MAX_PAYLOAD_BYTES } from '../core/payload-size.ts'
import type { Random } from '../core/random.ts'
import type { Telemetry } from '../core/telemetry.ts'
import { newUid } from '../core/uid.ts'
import type { Store } from '../store/store.ts'
import { explainWithin } from '../store/tx/explain-within.ts'
import { type TxOption, txFor } from '../store/tx/to-tx.ts'
import type { AsyncTx, SyncTx } from '../store/tx/tx.ts'
import { exec } from '../store/work.ts'
import { type Audience, audienceColumns } from './everyone.ts'
import { traced } from './traced.ts'

export interface SendOptions {
  /** Whose hooks hear of it; `everyone` broadcasts. */
  owner: Audience
  /** The transaction of the caller that the event belongs to: it exists if that commits, and not otherwise. */
  tx?: TxOption
  /** Events of one name and owner with the same key are one event, however often they are sent. At most 255 characters. */
  idempotencyKey?: string
}

/** An event that was sent. */
export interface SentEvent {
  /** The event's id; the `webhook-id` of each of its deliveries begins with it. If no hook listens, nothing is kept of it. */
  id: string
}

export interface SenderContext {
  store: Store
  catalog: Catalog
  clock: Clock
  random: Random
  /** The most that a payload may have, in bytes as JSON. */
  maxPayloadBytes?: number
  telemetry: Telemetry
  /** Called when an event may be there to be fanned out. */
  wake: () => void
}

/**
 * Sends an event by hand.
 *
 * With a synchronous `tx` the row is written when the call returns, and a mistake is thrown at once and not by way of the
 * promise: the callback of a synchronous transaction awaits nothing, so only what is thrown in it makes it roll back. With
 * an asynchronous `tx` the promise is awaited inside the transaction, and every mistake rejects it. Nothing is tried again
 * there: the transaction is the caller's. What is no transaction at all is thrown at once in any case.
 *
 * @throws `event_unknown`, `owner_missing`, `payload_invalid`, `payload_not_json`, `payload_too_large`, `event_invalid`, `transaction_invalid`
 */
export function send(
  context: SenderContext,
  name: string,
  payload: unknown,
  options: SendOptions,
): Promise<SentEvent> {
  return traced(context.telemetry, { by: 'send', name }, (traceContext) => {
    const what = { name, payload, options, traceContext }
    if (options === undefined || !('tx' in options)) return sendAlone(context, what)
    const tx = txFor(context.store, options.tx)
    return tx.mode === 'sync'
      ? Promise.resolve(sendWithin(tx, context, what))
      : sendWithinAsync(tx, context, what)
  })
}

interface What {
  name: string
  payload: unknown
  options: SendOptions
  traceContext: string | null
}

interface Prepared {
  id: string
  insert: CompiledQuery
}

/** Checks everything, and gives the one statement that sends; a promise only where the schema answers by one. */
function prepare(
  context: SenderContext,
  { name, payload, options, traceContext }: What,
): Prepared | Promise<Prepared> {
  const event = findEvent(context.catalog, name, 'event')
  if (isOperational(name)) throw ownEvent(name)
  const columns = columnsOf(context, name, options)
  const checked: unknown = validatePayload(event, payload)
  const prepared = (value: unknown): Prepared => {
    const data = toJson(value, 'payload')
    checkSize(data, context.maxPayloadBytes ?? MAX_PAYLOAD_BYTES, 'payload', 'sent')
    const insert = insertEvent(context, { ...columns, data, traceContext })
    return { id: columns.uid, insert: insert.compile() }
  }
  return checked instanceof Promise ? checked.then(prepared) : prepared(checked)
}

/** Whoever is told that a hook was disabled must be able to rely on it. */
function ownEvent(name: string): Error {
  return problem('event_invalid', {
    field: 'event',
    value: name,
    problem: 'this event is made by hookwright itself',
    cure: 'Give an event of your own another name; to hear of this one, use hooks.on or subscribe a hook',
  })
}

function sendWithin(tx: SyncTx, context: SenderContext, what: What): SentEvent {
  const prepared = prepare(context, what)
  if (prepared instanceof Promise) {
    prepared.catch(() => {})
    throw problem('event_invalid', {
      field: `events["${what.name}"]`,
      problem: 'its schema validates asynchronously, and a synchronous transaction cannot wait for it',
      cure: 'Use a schema that validates synchronously, or send without `tx`',
    })
  }
  try {
    tx.execute(prepared.insert)
  } catch (error) {
    throw explainWithin(context.store, error)
  }
  context.wake()
  return { id: prepared.id }
}

async function sendWithinAsync(tx: AsyncTx, context: SenderContext, what: What): Promise<SentEvent> {
  const preparing = prepare(context, what)
  // Awaited only where it must be: the statement is on its way before the call returns, and so before a COMMIT behind it.
  const { id, insert } = preparing instanceof Promise ? await preparing : preparing
  try {
    await tx.execute(insert)
  } catch (error) {
    throw explainWithin(context.store, error)
  }
  context.wake()
  return { id }
}

async function sendAlone(context: SenderContext, what: What): Promise<SentEvent> {
  const { id, insert } = await prepare(context, what)
  await context.store.write(() => exec(insert))
  context.wake()
  return { id }
}

function columnsOf({ random, clock }: SenderContext, name: string, options: SendOptions | undefined) {
  const audience = audienceColumns(options?.owner)
  const key = options?.idempotencyKey
  const uid = key === undefined ? newUid(clock.now(), random) : idOf(name, audience, key)
  return { uid, name, ...audience }
}

interface NewEvent {
  uid: string
  name: string
  owner: string | null
  broadcast: 0 | 1
  data: string
  traceContext: string | null
}

/**
 * One statement, so that it fits into any transaction: writes the event if any hook listens to it and it is not there yet.
 * The casts tell PostgreSQL, and the libraries that ask it, what each parameter is.
 */
function insertEvent({ store, clock }: SenderContext, event: NewEvent): Compilable<unknown> {
  const { db } = store
  const listened = db
    .selectFrom('listening')
    .select('event')
    .where('event', '=', sql<string>`cast(${event.name} as text)`)
  return db
    .insertInto('event')
    .columns(['uid', 'name', 'owner', 'broadcast', 'data', 'trace_context', 'created_at', 'fanout_due_at'])
    .expression(
      db
        .selectNoFrom((eb) => [
          sql<string>`cast(${event.uid} as text)`.as('uid'),
          sql<string>`cast(${event.name} as text)`.as('name'),
          sql<string | null>`cast(${event.owner} as text)`.as('owner'),
          sql<number>`cast(${event.broadcast} as integer)`.as('broadcast'),
          sql<string>`cast(${event.data} as text)`.as('data'),
          sql<string | null>`cast(${event.traceContext} as text)`.as('trace_context'),
          sql<number>`cast(${clock.now()} as bigint)`.as('created_at'),
          eb.lit(0).as('fanout_due_at'),
        ])
        .where((eb) => eb.exists(listened)),
    )
    .onConflict((conflict) => conflict.column('uid').doNothing())
}

const LONGEST_KEY = 255

/** The same name, owner and key give the same id, and the id is unique. */
function idOf(
  name: string,
  { owner, broadcast }: { owner: string | null; broadcast: number },
  key: unknown,
): string {
  if (typeof key !== 'string' || key === '' || key.length > LONGEST_KEY) {
    throw problem('event_invalid', {
      field: 'idempotencyKey',
      value: key,
      problem: `it must be a string of 1 to ${LONGEST_KEY} characters`,
    })
  }
  return createHash('sha256')
    .update(JSON.stringify([name, owner, broadcast, key]))
    .digest('hex')
    .slice(0, 32)
}
