import { createHash } from 'node:crypto'
import { type Compilable, sql } from 'kysely'
import { type Catalog, findEvent, validatePayload } from '../catalog/index.ts'
import type { Clock } from '../core/clock.ts'
import { problem } from '../core/errors.ts'
import { toJson } from '../core/json.ts'
import type { Random } from '../core/random.ts'
import type { Store } from '../store/store.ts'
import { type TxOption, toTx } from '../store/tx/index.ts'
import { exec } from '../store/work.ts'
import { type Audience, audienceColumns } from './everyone.ts'

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
  /** Called when an event may be there to be fanned out. */
  wake: () => void
}

/**
 * Sends an event by hand. Until the row is written everything is synchronous, so that with a synchronous `tx` the event is
 * part of that transaction when the call returns, before anybody awaits it.
 *
 * @throws `event_unknown`, `owner_missing`, `payload_invalid`, `payload_not_json`, `event_invalid`, `transaction_invalid`
 */
export async function send(
  context: SenderContext,
  name: string,
  payload: unknown,
  options: SendOptions,
): Promise<SentEvent> {
  const { store, catalog, clock, random } = context
  const event = findEvent(catalog, name, 'event')
  const audience = audienceColumns(options?.owner)
  const tx = 'tx' in options ? toTx(options.tx as TxOption) : undefined
  const id = options.idempotencyKey === undefined ? random.id() : idOf(name, audience, options.idempotencyKey)

  const validated = validatePayload(event, payload)
  if (validated instanceof Promise && tx?.dialect === 'sqlite') {
    validated.catch(() => {})
    throw problem('event_invalid', {
      field: `events["${name}"]`,
      problem: 'its schema validates asynchronously, and a synchronous transaction cannot wait for it',
      cure: 'Use a schema that validates synchronously, or send without `tx`',
    })
  }
  const value = validated instanceof Promise ? await validated : validated
  const data = toJson(value, 'payload')
  const insert = insertEvent(store, { uid: id, name, ...audience, data, created_at: clock.now() })

  if (tx === undefined) await store.write(() => exec(insert))
  else await tx.execute(insert.compile())
  context.wake()
  return { id }
}

interface NewEvent {
  uid: string
  name: string
  owner: string | null
  broadcast: 0 | 1
  data: string
  created_at: number
}

/** One statement, so that it fits into any transaction: writes the event if any hook listens to it and it is not there yet. */
function insertEvent(store: Store, event: NewEvent): Compilable<unknown> {
  const { db } = store
  const listened = db.selectFrom('listening').select('event').where('event', '=', event.name)
  return db
    .insertInto('event')
    .columns(['uid', 'name', 'owner', 'broadcast', 'data', 'created_at', 'fanout_due_at'])
    .expression(
      db.selectNoFrom((eb) => [
          sql<string>`${event.uid}`.as('uid'),
          sql<string>`${event.name}`.as('name'),
          sql<string | null>`${event.owner}`.as('owner'),
          sql<number>`${event.broadcast}`.as('broadcast'),
          sql<string>`${event.data}`.as('data'),
          sql<number>`${event.created_at}`.as('created_at'),
          eb.lit(0).as('fanout_due_at'),
        ])
        .where((eb) => eb.exists(listened)),
    )
    .onConflict((conflict) => conflict.column('uid').doNothing())
}

const LONGEST_KEY = 255

/** The same name, owner and key give the same id, and the id is unique. */
function idOf(name: string, { owner, broadcast }: { owner: string | null; broadcast: number }, key: unknown): string {
  if (typeof key !== 'string' || key === '' || key.length > LONGEST_KEY) {
    throw problem('event_invalid', {
      field: 'idempotencyKey',
      value: key,
      problem: `it must be a string of 1 to ${LONGEST_KEY} characters`,
    })
  }
  return createHash('sha256').update(JSON.stringify([name, owner, broadcast, key])).digest('hex').slice(0, 32)
}
