import { EVENT_TABLE } from './names.ts'
import { literal } from './quote.ts'

/** What is written into an event's row, each as an SQL expression. */
export interface EventValues {
  uid?: string
  name: string
  owner: string
  broadcast: string
  model: string
  action: string
  row: string
  previous?: string
  createdAt?: string
}

/** Milliseconds since the epoch. `unixepoch('subsec')` is younger than what we ask for, and `strftime` slower. */
export const NOW = "CAST((julianday('now') - 2440587.5) * 86400000 + 0.5 AS INTEGER)"

/** As `newUid` makes it: the time, and chance. */
const NEW_UID = `printf('%012x', ${NOW}) || lower(hex(randomblob(10)))`

/**
 * `INSERT INTO hookwright_event … SELECT …`, to be followed by a FROM. All columns of a new row without a default are
 * there: a column that is added to the table later must have one.
 */
export function eventInsert(values: EventValues): string {
  return `INSERT INTO ${EVENT_TABLE} (uid, name, owner, broadcast, model, action, created_at, fanout_due_at, row_json, previous_json)
  SELECT ${values.uid ?? NEW_UID}, ${values.name}, ${values.owner}, ${values.broadcast}, ${values.model}, ${values.action}, ${values.createdAt ?? NOW}, 0,
  ${values.row},
  ${values.previous ?? 'NULL'}`
}

export function inList(values: readonly string[]): string {
  return `(${values.map(literal).join(', ')})`
}
