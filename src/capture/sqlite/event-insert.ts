import { type EventValues, insertEvent } from '../event-insert.ts'
import { EVENT_TABLE } from './names.ts'
import { literal } from './quote.ts'

/** `unixepoch('subsec')` is younger than what we ask for, and `strftime` slower. */
export const NOW = "CAST((julianday('now') - 2440587.5) * 86400000 + 0.5 AS INTEGER)"

const DEFAULTS = {
  table: EVENT_TABLE,
  newUid: `printf('%012x', ${NOW}) || lower(hex(randomblob(10)))`,
  now: NOW,
}

export function eventInsert(values: EventValues): string {
  return insertEvent(DEFAULTS, values)
}

export function inList(values: readonly string[]): string {
  return `(${values.map(literal).join(', ')})`
}
