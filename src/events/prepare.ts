import type { Compilable, Kysely, SelectQueryBuilder } from 'kysely'
import { decodeRow } from '../capture/index.ts'
import { accepts, type Catalog, type EventDefinition, serializeRow } from '../catalog/index.ts'
import { messageOf, problem } from '../core/errors.ts'
import { parseExact, toJson } from '../core/json.ts'
import type { Store } from '../store/store.ts'
import type { Tables } from '../store/tables.ts'
import type { PendingEvent } from './pending.ts'

/** What became of an event before it is fanned out: outside of any transaction, because the application's code runs here. */
export type Prepared =
  | { event: PendingEvent; outcome: 'ready'; data: string; found: HookQuery | undefined }
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
}

/** Makes an event's data, and its query over the hooks. It never rejects. */
export async function prepare(context: PrepareContext, event: PendingEvent): Promise<Prepared> {
  const definition = context.catalog.events.get(event.name)
  if (definition === undefined) return { event, outcome: 'unknown' }
  try {
    const data = event.data ?? (await dataOf(context, definition, event))
    if (data === undefined) return { event, outcome: 'dismissed' }
    return { event, outcome: 'ready', data, found: hooksFor(context, event, data) }
  } catch (error) {
    return { event, outcome: 'failed', error: messageOf(error) }
  }
}

async function dataOf(
  { db }: PrepareContext,
  definition: EventDefinition,
  event: PendingEvent,
): Promise<string | undefined> {
  const { source, name } = definition
  if (source === null || event.row_json === null || event.action === null) {
    throw problem('event_invalid', {
      field: `events["${name}"]`,
      problem: 'the event was captured from a model, and the catalog now says that it comes from none',
      cure: 'Give it its model back until these events are delivered',
    })
  }
  const row = decodeRow(event.row_json)
  const previous = event.previous_json === null ? undefined : decodeRow(event.previous_json)
  if (!accepts(definition, row, previous)) return undefined
  const data = await serializeRow(source.model, { event: name, action: event.action, row, previous, db })
  return toJson(data, `the data of "${name}"`)
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
