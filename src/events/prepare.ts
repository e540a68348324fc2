import type { Compilable, Kysely, SelectQueryBuilder } from 'kysely'
import type { Catalog, Model } from '../catalog/index.ts'
import { messageOf, problem } from '../core/errors.ts'
import { parseExact } from '../core/json.ts'
import type { Store } from '../store/store.ts'
import type { Tables } from '../store/tables.ts'
import { type EventData, makeData } from './event-data.ts'
import type { PendingEvent } from './pending.ts'

/** What became of an event before it is fanned out: outside of any transaction, because the application's code runs here. */
export type Prepared =
  | ({ event: PendingEvent; outcome: 'ready'; found: HookQuery | undefined } & EventData)
  /** `when` said that this is no such event. */
  | { event: PendingEvent; outcome: 'dismissed' }
  | { event: PendingEvent; outcome: 'failed'; error: string }
  /** The catalog of this process does not know it; another process's may. */
  | { event: PendingEvent; outcome: 'unknown' }

/** A query over the hooks, as the option `hook.find` narrows it down. */
export type HookQuery = SelectQueryBuilder<{ hook: Tables['hook'] }, 'hook', { id: number }>

/** The option `hook.find`. */
export type Find = (query: never, event: FindContext) => Compilable<unknown>

export interface FindContext {
  event: string
  /** Null for a broadcast. */
  owner: string | null
  data: unknown
}

export interface PrepareContext {
  store: Store
  catalog: Catalog
  find: Find | undefined
  /** What a serializer gets as `db`. */
  db: Kysely<never>
  /** The columns of the key of a model's rows; none where it has no key. */
  keyOf?: (model: Model) => Promise<readonly string[]>
  /** The most that an event's data may have, in bytes as JSON. */
  maxPayloadBytes?: number
}

/** Makes an event's data, and its query over the hooks. It never rejects. */
export async function prepare(context: PrepareContext, event: PendingEvent): Promise<Prepared> {
  const definition = context.catalog.events.get(event.name)
  if (definition === undefined) return { event, outcome: 'unknown' }
  try {
    const made = keptData(event) ?? (await makeData(context, definition, event))
    if (made === undefined) return { event, outcome: 'dismissed' }
    return { event, outcome: 'ready', ...made, found: hooksFor(context, event, made.data) }
  } catch (error) {
    return { event, outcome: 'failed', error: messageOf(error) }
  }
}

/**
 * Asks for the keys that some events need, where they are not known yet: one that waits for the database while its data is
 * made would fall behind others. It never rejects; what is wrong shows again with each event.
 */
export async function learnKeys(
  { catalog, keyOf }: PrepareContext,
  events: readonly PendingEvent[],
): Promise<void> {
  const models = events.map(({ name, data }) =>
    data === null ? catalog.events.get(name)?.source?.model : undefined,
  )
  for (const model of new Set(models)) {
    if (model !== undefined) await keyOf?.(model).catch(() => {})
  }
}

/** Of an event that was sent by hand, or that has some of its deliveries already. */
function keptData({ data, key_json, previous_data }: PendingEvent): EventData | undefined {
  return data === null ? undefined : { data, key_json, previous_data }
}

/**
 * The query over the hooks that `find` makes for an event; undefined where there is no `find`.
 *
 * @throws `option_invalid`, and whatever `find` throws
 */
export function hooksFor(
  { store, find }: Pick<PrepareContext, 'store' | 'find'>,
  event: Pick<PendingEvent, 'name' | 'owner'>,
  data: string,
): HookQuery | undefined {
  if (find === undefined) return undefined
  const context: FindContext = { event: event.name, owner: event.owner, data: parseExact(data) }
  const query = find(store.db.selectFrom('hook').select('hook.id') as never, context) as HookQuery
  checkFound(query)
  return query
}

/** What a query of `find` may consist of: a limit or an order would be one of each chunk of hooks, and not of all. */
const PARTS_ALLOWED = new Set([
  'kind',
  'from',
  'selections',
  'where',
  'explain',
  'endModifiers',
  'frontModifiers',
])

function checkFound(query: HookQuery): void {
  const node = typeof query?.toOperationNode === 'function' ? query.toOperationNode() : undefined
  const parts = node === undefined ? [] : Object.entries(node).filter(([, value]) => value !== undefined)
  const [strange] = parts.map(([part]) => part).filter((part) => !PARTS_ALLOWED.has(part))
  if (node?.kind === 'SelectQueryNode' && strange === undefined) return
  throw problem('option_invalid', {
    field: 'hook.find',
    problem:
      strange === undefined ? 'it must return the query that it was given' : `its query has "${strange}"`,
    cure: 'Return the query with `where` conditions and nothing else',
  })
}
