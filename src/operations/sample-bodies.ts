import { type EventDefinition, findEvent } from '../catalog/index.ts'
import { messageOf } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { envelope, type PayloadFunction, renderedBody } from '../dispatch/body.ts'
import type { Claimed } from '../dispatch/claimed.ts'
import { isFound, type PrepareContext, storedSamples } from '../events/index.ts'
import { type FieldDefinitions, type HookRow, selectHooks } from '../hooks/index.ts'
import { first } from '../store/work.ts'
import type { EventCatalog, EventCatalogContext } from './event-catalog.ts'

export interface SampleBodiesContext extends EventCatalogContext, Pick<PrepareContext, 'find'> {
  fields: FieldDefinitions
  /** The option `hook.payload`. */
  payload: PayloadFunction | undefined
  events: EventCatalog
  logger: Logger
}

/** A list for a person to choose from. */
const MOST_SAMPLES = 3

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
    data.map((text) => bodyFor(context, hook ?? plausibleHook(context.fields, owner), name, text)),
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
): Promise<string[]> {
  // Without a hook nobody can tell what `find` would keep from it.
  if (hook !== undefined || context.find === undefined) {
    const stored = await storedSamples(context.store, [event.name], owner, MOST_SAMPLES)
    const found = await Promise.all(
      stored.map(async (sample) => hook === undefined || (await isFound(context, hook.id, sample))),
    )
    const visible = stored.filter((_, index) => found[index])
    if (visible.length > 0) return visible.map(({ data }) => data)
  }
  const { schemaFrom, example } = await context.events.data(event)
  if (example !== undefined) return [example]
  // An event that takes any payload.
  return event.source === null && schemaFrom === undefined && event.schema === undefined ? ['{}'] : []
}

async function bodyFor(
  { payload, fields, logger }: SampleBodiesContext,
  hook: HookRow,
  event: string,
  data: string,
): Promise<string | undefined> {
  const claimed = { hook, event, data, uid: '0'.repeat(32), body: null } as Claimed
  if (payload === undefined) return envelope(claimed)
  try {
    return await renderedBody(payload, claimed, fields)
  } catch (error) {
    logger.warn({ event, reason: messageOf(error) }, 'hook.payload makes no sample of an event')
    return undefined
  }
}

function plausibleHook(fields: FieldDefinitions, owner: string): HookRow {
  const own = Object.fromEntries([...fields.values()].map((field) => [field.name, field.default ?? null]))
  return { id: 1, owner, target: PLAUSIBLE_TARGET, created_at: 0, updated_at: 0, ...own } as HookRow
}
