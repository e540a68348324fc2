/** Who hears of a write. All variants write the same rows into the same table, each in a database of its own. */
export interface VariantDefinition {
  name: string
  capture: 'none' | 'installed'
  /** Whether a hook listens to what is written. */
  heard: boolean
  /** Whether the application writes into an outbox of its own, in the same transaction. */
  outbox: boolean
  /** Whether a dispatcher runs in this process; as nobody listens, it finds nothing to do. */
  dispatcher: boolean
  /** Whether a sleeping dispatcher asks to be notified of every event. PostgreSQL only. */
  notified: boolean
}

const PLAIN: VariantDefinition = {
  name: 'no capture',
  capture: 'none',
  heard: false,
  outbox: false,
  dispatcher: false,
  notified: false,
}

/** The first one is what the others are compared with. */
export const variants: readonly VariantDefinition[] = [
  PLAIN,
  { ...PLAIN, name: 'captured, nobody listens', capture: 'installed' },
  { ...PLAIN, name: 'captured, nobody listens, dispatcher runs', capture: 'installed', dispatcher: true },
  { ...PLAIN, name: 'captured, a hook listens', capture: 'installed', heard: true },
  {
    ...PLAIN,
    name: 'captured, a hook listens, every commit notifies',
    capture: 'installed',
    heard: true,
    notified: true,
  },
  { ...PLAIN, name: 'outbox insert by the application', outbox: true },
]

/** What a writer does in one transaction. */
export type OperationName = 'insert' | 'bulk' | 'update'

/** Rows that one statement of a bulk insert writes. */
export const BULK_ROWS = 1_000
/** Rows that are there to be updated. */
export const UPDATED_ROWS = 8_000

export const operations: Record<OperationName, { title: string; rows: number }> = {
  insert: { title: 'insert, one row a transaction', rows: 1 },
  bulk: { title: `insert, ${BULK_ROWS.toLocaleString('en-US')} rows in one statement`, rows: BULK_ROWS },
  update: { title: 'update, one row a transaction', rows: 1 },
}
