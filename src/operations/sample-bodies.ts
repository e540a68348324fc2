import { type EventDefinition, findEvent, renameRow } from '../catalog/index.ts'
import { messageOf } from '../core/errors.ts'
import { toJson } from '../core/json.ts'
import type { Logger } from '../core/logger.ts'
import { within } from '../core/within.ts'
import { formedBody, type PayloadOption, renderedBody } from '../dispatch/body.ts'
import { type Claimed, claimedEvent } from '../dispatch/claimed.ts'
import { isFound, type PrepareContext, type StoredSample, storedSamples } from '../events/index.ts'
import { type FieldDefinitions, type HookRow, parseData, readFilter, selectHooks } from '../hooks/index.ts'
import { first } from '../store/work.ts'
import type { EventCatalog, EventCatalogContext } from './event-catalog.ts'

export interface SampleBodiesContext extends EventCatalogContext, Pick<PrepareContext, 'find'> {
  fields: FieldDefinitions
  /** The option `hook.payload`. */
  payload: PayloadOption | undefined
  events: EventCatalog
  maxPayloadBytes: number
  /** How long `hook.payload` may take, as for an attempt, in milliseconds. */
  timeoutMs: number
  logger: Logger
}

/** What a body is made of. */
type Sample = Omit<StoredSample, 'owner'>

/** A list for a person to choose from. */
const MOST_SAMPLES = 3

/** Events that a hook's filter may choose them from. */
const MOST_SIFTED = 10

/** Where a hook might lead that does not exist. */
const PLAUSIBLE_TARGET = 'https://example.com/target'

/**
 * Bodies as an owner's hook gets them for an event: of the last ones that happened to this owner, or else one with made-up
 * data. None where the serializer makes nothing of that.
 *
 * @returns up to 3 JSON texts, the newest first
 * @throws `event_unknown`
 */
export async function sampleBodies(
  context: SampleBodiesContext,
  name: string,
  owner: string,
): Promise<string[]> {
  const event = findEvent(context.catalog, name, 'event')
  const hook = await hookFor(context, name, owner)
  const data = await dataFor(context, event, hook, owner)
  const bodies = await Promise.all(
    data.map((sample) => bodyFor(context, hook ?? plausibleHook(context.fields, owner), sample)),
  )
  return bodies.filter((body) => body !== undefined)
}

/** The oldest of the owner's hooks that listens. */
async function hookFor({ store, fields }: SampleBodiesContext, name: string, owner: string) {
  const listening = store.db
    .selectFrom('subscription')
    .select('hook_id')
    .where('event', '=', name)
    .where('owner', '=', owner)
  const query = selectHooks(store, fields).where('owner', '=', owner).where('id', 'in', listening)
  return await store.read(() => first(query.orderBy('id').limit(1)))
}

async function dataFor(
  context: SampleBodiesContext,
  event: EventDefinition,
  hook: HookRow | undefined,
  owner: string,
): Promise<Sample[]> {
  // Without a hook nobody can tell what `find` would keep from it.
  if (hook !== undefined || context.find === undefined) {
    const stored = await heardSamples(context, event.name, hook, owner)
    const found = await Promise.all(
      stored.map(async (sample) => hook === undefined || (await isFound(context, hook.id, sample))),
    )
    const visible = stored.filter((_, index) => found[index])
    if (visible.length > 0) return visible
  }
  const { schemaFrom, example } = await context.events.data(event)
  const { model } = event.source ?? {}
  const keyColumns = model === undefined ? [] : await context.capture.keyOf(model)
  const row = Object.fromEntries(keyColumns.map((column) => [column, 0]))
  const made = {
    name: event.name,
    model: model?.name ?? null,
    key_json: model === undefined || keyColumns.length === 0 ? null : toJson(renameRow(model, row), 'key'),
    previous_data: event.source?.previous === true ? '{}' : null,
    created_at: context.clock.now(),
  }
  if (example !== undefined) return [{ ...made, data: example }]
  // An event that takes any payload.
  const isFree = event.source === null && schemaFrom === undefined && event.schema === undefined
  return isFree ? [{ ...made, data: '{}' }] : []
}

/** The newest events that the hook's filter lets through. */
async function heardSamples(
  { store }: SampleBodiesContext,
  name: string,
  hook: HookRow | undefined,
  owner: string,
): Promise<StoredSample[]> {
  const filter = hook?.filter ?? null
  if (filter === null) return await storedSamples(store, [name], owner, MOST_SAMPLES)
  const accepts = readFilter(filter)
  const stored = await storedSamples(store, [name], owner, MOST_SIFTED)
  return stored.filter(({ data }) => accepts?.(parseData(data)) === true).slice(0, MOST_SAMPLES)
}

async function bodyFor(
  { payload = 'envelope', fields, maxPayloadBytes, timeoutMs, clock, logger }: SampleBodiesContext,
  hook: HookRow,
  sample: Sample,
): Promise<string | undefined> {
  const event = claimedEvent({ ...sample, uid: '0'.repeat(32), trace_context: null })
  const form = hook.payload ?? payload
  try {
    if (typeof form !== 'function') return formedBody(form, { ...event, hook })
    return await within(clock, timeoutMs, 'hook.payload', () =>
      renderedBody(form, { ...event, hook, body: null } as Claimed, fields, maxPayloadBytes),
    )
  } catch (error) {
    logger.warn({ event: sample.name, reason: messageOf(error) }, 'no sample can be made of an event')
    return undefined
  }
}

function plausibleHook(fields: FieldDefinitions, owner: string): HookRow {
  const own = Object.fromEntries([...fields.values()].map((field) => [field.name, field.default ?? null]))
  return { id: 1, owner, target: PLAUSIBLE_TARGET, created_at: 0, updated_at: 0, ...own } as HookRow
}
