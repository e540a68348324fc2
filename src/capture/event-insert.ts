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

/** What each database says in its own way. */
export interface EventDefaults {
  /** The name of the table. */
  readonly table: string
  /** As `newUid` makes it: the time, and chance. */
  readonly newUid: string
  /** Milliseconds since the epoch, of this very moment. */
  readonly now: string
}

/**
 * `INSERT INTO … SELECT …`, to be followed by a FROM. All columns of a new row without a default are there: a column that is
 * added to the table later must have one.
 */
export function insertEvent({ table, newUid, now }: EventDefaults, values: EventValues): string {
  return `INSERT INTO ${table} (uid, name, owner, broadcast, model, action, created_at, fanout_due_at, row_json, previous_json)
  SELECT ${values.uid ?? newUid}, ${values.name}, ${values.owner}, ${values.broadcast}, ${values.model}, ${values.action}, ${values.createdAt ?? now}, 0,
  ${values.row},
  ${values.previous ?? 'NULL'}`
}
