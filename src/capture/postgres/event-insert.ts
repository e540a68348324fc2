import { type EventValues, insertEvent } from '../event-insert.ts'

/** Of this very moment, and not of the transaction's beginning. */
export const NOW = "(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) * 1000)::bigint"

const NEW_UID = `pg_catalog.lpad(pg_catalog.to_hex(${NOW}), 12, '0')
      || pg_catalog.substr(pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''), 13)`

/** @param s the schema, quoted */
export function eventInsert(s: string, values: EventValues): string {
  return insertEvent({ table: `${s}.event`, newUid: NEW_UID, now: NOW }, values)
}
