import { type Catalog, type EventDefinition, findEvent, validatePayload } from '../catalog/index.ts'
import type { Clock } from '../core/clock.ts'
import { problem } from '../core/errors.ts'
import { toJson } from '../core/json.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import { checkSize, MAX_PAYLOAD_BYTES } from '../core/payload-size.ts'
import type { Random } from '../core/random.ts'
import { newUid } from '../core/uid.ts'
import { addByHand } from '../dispatch/again.ts'
import { deliveryId } from '../dispatch/request.ts'
import {
  type EventData,
  isFound,
  madeSample,
  type PrepareContext,
  type SampleContext,
  storedSample,
  withoutKey,
} from '../events/index.ts'
import {
  eventsOf,
  type FieldDefinitions,
  type HookRow,
  inCatalogOrder,
  type OwnerScope,
  scopeOf,
  selectHooks,
} from '../hooks/index.ts'
import { locking } from '../store/lock-rows.ts'
import { first, type Work } from '../store/work.ts'

export interface TestEventContext extends SampleContext, Pick<PrepareContext, 'find'> {
  catalog: Catalog
  fields: FieldDefinitions
  clock: Clock
  random: Random
  /** The most that data may have, in bytes as JSON. */
  maxPayloadBytes?: number
  /** Called when something is due. */
  wake: () => void
}

export interface TestEventOptions<Event extends string = string, Data = unknown> extends OwnerScope {
  /** One of the hook's events; its first unless told. */
  event?: Event
  /** Checked as `send` does. What happened last, or something made up, if left out. */
  data?: Data
}

/** How long after a test a second one of the same event is taken for an accident, in milliseconds. */
const SECOND_TEST_MS = 2_000

/**
 * Makes an event that is for one hook alone, to try it out.
 *
 * @returns the delivery's id
 * @throws `hook_missing`, `hook_disabled`, `event_unknown`, `event_invalid`, `payload_invalid`, `payload_not_json`,
 * `payload_too_large`, `sample_missing`
 */
export async function testEvent(
  context: TestEventContext,
  hookId: number,
  options: TestEventOptions = {},
): Promise<{ id: string }> {
  refuseUnknownOptions(options, ['event', 'data', 'owner'], 'test')
  const owner = scopeOf(options)
  const { store, catalog, clock, random, wake } = context
  const { hook, names } = await store.read(function* () {
    const found = requireAble(hookId, yield* first(hookQuery(context, hookId, owner)))
    return { hook: found, names: (yield* eventsOf(store, [found.id])).get(found.id) ?? [] }
  })
  const event = chosenEvent(catalog, inCatalogOrder(catalog, names), options.event)
  const made = await dataFor(context, hook, event, options.data)
  checkSize(made.data, context.maxPayloadBytes ?? MAX_PAYLOAD_BYTES, 'data', 'sent')

  const { id, isNew } = await store.write(function* () {
    // Whoever else tries the hook out at this moment waits here, and then sees this one.
    const row = requireAble(hookId, yield* first(locking(store, hookQuery(context, hookId, owner))))
    const now = clock.now()
    const before = yield* recentTest(context, row.id, event.name, now)
    if (before !== undefined) return { id: deliveryId(before, row.id), isNew: false }
    const uid = newUid(now, random)
    const inserted = yield* first(
      store.db
        .insertInto('event')
        .values({
          uid,
          name: event.name,
          owner: row.owner,
          broadcast: 0,
          action: event.source?.action ?? null,
          ...made,
          created_at: now,
          fanout_due_at: null,
          test: 1,
        })
        .returning('seq'),
    )
    yield* addByHand(store, row, inserted === undefined ? [] : [inserted.seq], now)
    return { id: deliveryId(uid, row.id), isNew: true }
  })
  if (isNew) wake()
  return { id }
}

function hookQuery({ store, fields }: TestEventContext, id: number, owner: string | undefined) {
  const query = selectHooks(store, fields).where('id', '=', id)
  return owner === undefined ? query : query.where('owner', '=', owner)
}

/** @throws `hook_missing`, `hook_disabled` */
function requireAble(id: number, hook: HookRow | undefined): HookRow {
  if (hook === undefined) {
    throw problem('hook_missing', { field: 'hookId', value: id, problem: 'there is no such hook' })
  }
  if (hook.disabled_at === null) return hook
  throw problem('hook_disabled', {
    field: 'hookId',
    value: id,
    problem: 'the hook is disabled, and would not get it',
    cure: 'Enable it first: hooks.enable(id)',
  })
}

/** @param names the hook's own */
function chosenEvent(
  catalog: Catalog,
  names: readonly string[],
  wanted: string | undefined,
): EventDefinition {
  const name = wanted ?? names[0]
  const event = name === undefined ? undefined : findEvent(catalog, name, 'event')
  if (event !== undefined && names.includes(event.name)) return event
  throw problem('event_invalid', {
    field: 'event',
    value: wanted,
    problem: 'the hook does not listen to it',
    cure:
      names.length === 0
        ? 'It listens to no event that the catalog has'
        : `It listens to ${names.join(', ')}`,
  })
}

async function dataFor(
  context: TestEventContext,
  hook: HookRow,
  event: EventDefinition,
  given: unknown,
): Promise<EventData & { model: string | null }> {
  // Data that was given is of no row.
  if (given !== undefined)
    return { ...withoutKey(toJson(await validatePayload(event, given), 'data')), model: null }
  const stored = await storedSample(context, event.name, hook.owner)
  // What `find` keeps from the hook must not come to it in this way either.
  if (stored !== undefined && (await isFound(context, hook.id, stored))) {
    const { model, data, key_json, previous_data } = stored
    return { model, data, key_json, previous_data }
  }
  return { ...(await madeSample(context, event)), model: event.source?.model.name ?? null }
}

/** Deliveries of the hook that are looked through for a test: the newest. */
const NEWEST = 1_000

/** The uid of the event of a test that was made just now. */
function* recentTest(
  { store }: TestEventContext,
  hookId: number,
  name: string,
  now: number,
): Work<string | undefined> {
  const newest = store.db
    .selectFrom('delivery')
    .select('event_seq')
    .where('hook_id', '=', hookId)
    .orderBy('event_seq', 'desc')
    .limit(NEWEST)
  const found = yield* first(
    store.db
      .selectFrom(newest.as('d'))
      .innerJoin('event as e', 'e.seq', 'd.event_seq')
      .select('e.uid')
      .where('e.test', '=', 1)
      .where('e.name', '=', name)
      .where('e.created_at', '>', now - SECOND_TEST_MS)
      .orderBy('e.seq', 'desc')
      .limit(1),
  )
  return found?.uid
}
