import { type SqlBool, sql } from 'kysely'
import type { Store } from '../store/store.ts'
import { rows, type Work } from '../store/work.ts'

/** An event whose fan-out is due. */
export interface PendingEvent {
  seq: number
  uid: string
  name: string
  owner: string | null
  broadcast: number
  action: string | null
  row_json: string | null
  previous_json: string | null
  data: string | null
  fanout_cursor: number
  fanout_attempts: number
}

/**
 * Events whose fan-out is due, oldest first. They are found by what is not done yet, never by a cursor over their numbers:
 * a lower number may be committed later.
 *
 * @param except numbers of events that are in hand already
 * @param unknown names of events that this process has met and cannot serve; another one may
 */
export function pendingEvents(
  { db }: Store,
  {
    now,
    limit,
    except,
    unknown,
  }: { now: number; limit: number; except: Iterable<number>; unknown: Iterable<string> },
): Work<PendingEvent[]> {
  const query = db
    .selectFrom('event')
    .select([
      'seq',
      'uid',
      'name',
      'owner',
      'broadcast',
      'action',
      'row_json',
      'previous_json',
      'data',
      'fanout_cursor',
      'fanout_attempts',
    ])
    .where('fanout_due_at', '<=', now)
    .where(notAmong('seq', [...except]))
    .where(notAmong('name', [...unknown]))
    .orderBy('fanout_due_at')
    .orderBy('seq')
    .limit(limit)
  return rows(query)
}

function notAmong(column: string, values: readonly unknown[]) {
  return sql<SqlBool>`${sql.ref(column)} not in (select value from json_each(${JSON.stringify(values)}))`
}
