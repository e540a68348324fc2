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

/** Milliseconds since the epoch, of this very moment and not of the transaction's beginning. */
export const NOW = "(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) * 1000)::bigint"

/** As `newUid` makes it: the time, and chance. */
const NEW_UID = `pg_catalog.lpad(pg_catalog.to_hex(${NOW}), 12, '0')
      || pg_catalog.substr(pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''), 13)`

/**
 * `INSERT INTO hookwright.event … SELECT …`, to be followed by a FROM. All columns of a new row without a default are
 * there: a column that is added to the table later must have one.
 *
 * @param s the schema, quoted
 */
export function eventInsert(s: string, values: EventValues): string {
  return `INSERT INTO ${s}.event (uid, name, owner, broadcast, model, action, created_at, fanout_due_at, row_json, previous_json)
    SELECT ${values.uid ?? NEW_UID}, ${values.name}, ${values.owner}, ${values.broadcast}, ${values.model}, ${values.action}, ${values.createdAt ?? NOW}, 0,
    ${values.row}, ${values.previous ?? 'NULL'}`
}
