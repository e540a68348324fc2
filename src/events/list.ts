import type { Selectable } from 'kysely'
import { type Owner, ownerText } from '../hooks/index.ts'
import type { Store } from '../store/store.ts'
import type { EventTable } from '../store/tables.ts'
import { rows } from '../store/work.ts'

/** An event as it is kept. */
export interface StoredEvent {
  id: string
  name: string
  /** Null when it was broadcast. */
  owner: string | null
  /** The data as JSON text; null as long as it was not made. */
  data: string | null
  createdAt: Date
  /** Whether its deliveries exist. */
  fannedOut: boolean
  /** Why its data could not be made, the last time that it was tried. */
  error: string | null
}

export interface EventListOptions {
  name?: string
  owner?: Owner
  /** Only events whose data could not be made yet, because a serializer, `when` or `find` threw. */
  failing?: boolean
  /** The most to give: 100 unless told. */
  limit?: number
}

/** The newest events first. */
export async function listEvents(store: Store, options: EventListOptions = {}): Promise<StoredEvent[]> {
  let query = store.db
    .selectFrom('event')
    .select(['uid', 'name', 'owner', 'data', 'created_at', 'fanout_due_at', 'fanout_error'])
    .orderBy('seq', 'desc')
    .limit(options.limit ?? 100)
  if (options.name !== undefined) query = query.where('name', '=', options.name)
  if (options.owner !== undefined) query = query.where('owner', '=', ownerText(options.owner, 'owner'))
  if (options.failing === true)
    query = query.where('fanout_due_at', 'is not', null).where('fanout_error', 'is not', null)
  const found = await store.read(() => rows(query))
  return found.map(eventFromRow)
}

type EventColumns = Pick<
  Selectable<EventTable>,
  'uid' | 'name' | 'owner' | 'data' | 'created_at' | 'fanout_due_at' | 'fanout_error'
>

function eventFromRow(row: EventColumns): StoredEvent {
  return {
    id: row.uid,
    name: row.name,
    owner: row.owner,
    data: row.data,
    createdAt: new Date(row.created_at),
    fannedOut: row.fanout_due_at === null,
    error: row.fanout_error,
  }
}
