import type { Delivery } from '../dispatch/index.ts'
import type { Cell } from './table.ts'
import { spanOf, stampOf } from './times.ts'

/** The widths of those that stand live under each other, where the rows to come are not known. */
const EVENT_WIDTH = 24

export const DELIVERY_COLUMNS = [
  { title: 'EVENT SINCE' },
  { title: 'STATUS' },
  { title: 'EVENT', shrinks: true },
  { title: 'HOOK', align: 'right' },
  { title: 'ATTEMPTS', align: 'right' },
  { title: 'NEXT OR WHY', shrinks: true },
  { title: 'ID' },
] as const

/** A delivery as a row of a table. */
export function deliveryRow(delivery: Delivery, now = Date.now()): Cell[] {
  const { id, hookId, event, attempts, createdAt } = delivery
  return [stampOf(createdAt), statusCell(delivery), event, hookId, attempts, fate(delivery, now), id]
}

/** A row that stands live below others: its columns are as wide as they mostly are. */
export function liveRow(delivery: Delivery, at: Date): Cell[] {
  const { id, hookId, event, attempts } = delivery
  const status = statusCell(delivery)
  return [
    stampOf(at),
    {
      text: delivery.status.padEnd(9),
      style: typeof status === 'object' && status !== null ? status.style : 'reset',
    },
    event.padEnd(EVENT_WIDTH),
    `hook ${hookId}`.padEnd(9),
    attempts === 0 ? ''.padEnd(11) : `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`.padEnd(11),
    id,
    fate(delivery, at.getTime()),
  ]
}

/** When the next attempt is, or why there is none. */
export function fate({ status, dueAt, reason, manual }: Delivery, now: number): string {
  if (reason !== null) return reason
  if (status !== 'pending') return ''
  if (dueAt === null) return 'waits for its hook'
  const ms = dueAt.getTime() - now
  return `${ms <= 0 ? 'due now' : `in ${spanOf(ms)}`}${manual ? ', by hand' : ''}`
}

export function statusCell({ status }: Pick<Delivery, 'status'>): Cell {
  return { text: status, style: STYLES[status] }
}

const STYLES = { pending: 'cyan', delivered: 'green', failed: 'red', cancelled: 'yellow' } as const
