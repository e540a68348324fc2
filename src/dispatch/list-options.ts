import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import { type OwnerScope, scopeOf } from '../hooks/index.ts'
import type { DeliveryStatus } from '../store/tables.ts'

export interface DeliveryListOptions extends OwnerScope {
  /** Only deliveries to this hook, which may be a deleted one. */
  hookId?: number
  status?: DeliveryStatus | readonly DeliveryStatus[]
  /** Only deliveries of events of this name. */
  event?: string
  /** Only deliveries of events since this time. */
  since?: Date
  /** Only deliveries of events before this time. */
  until?: Date
  /** Only deliveries that come after this one in the list: the `id` of the last one of the page before. */
  after?: string
  /** The most to give: 100 unless told. */
  limit?: number
}

/** What is to be listed, checked. */
export interface DeliveryListing {
  hookId: number | undefined
  /** As the database keeps it. */
  owner: string | undefined
  statuses: readonly DeliveryStatus[] | undefined
  event: string | undefined
  /** Milliseconds since the epoch. */
  since: number | undefined
  until: number | undefined
  after: string | undefined
  limit: number
}

const KNOWN = ['hookId', 'owner', 'status', 'event', 'since', 'until', 'after', 'limit']
const STATUSES: readonly unknown[] = [
  'pending',
  'delivered',
  'failed',
  'cancelled',
] satisfies DeliveryStatus[]
const DEFAULT_LIMIT = 100

/** @throws `option_invalid`, `owner_missing`, `hook_invalid` */
export function checkDeliveryListing(options: DeliveryListOptions): DeliveryListing {
  refuseUnknownOptions(options, KNOWN, 'deliveries')
  const { hookId, status, event, since, until, after, limit = DEFAULT_LIMIT } = options
  if (hookId !== undefined && !Number.isSafeInteger(hookId)) {
    throw wrong('hookId', hookId, "a hook's id is a number", 'Pass Number(id)')
  }
  const statuses = status === undefined || Array.isArray(status) ? status : [status]
  for (const one of statuses ?? []) {
    if (!STATUSES.includes(one))
      throw wrong('status', one, 'there is no such status', `There are ${STATUSES.join(', ')}`)
  }
  if (event !== undefined && !isKeepable(event))
    throw wrong('event', event, 'it must be the name of an event')
  if (after !== undefined && typeof after !== 'string') {
    throw wrong('after', after, "it must be a delivery's id", 'Pass page.at(-1)?.id')
  }
  if (!(Number.isSafeInteger(limit) && limit > 0))
    throw wrong('limit', limit, 'it must be a whole number above 0')
  return {
    hookId,
    owner: scopeOf(options),
    statuses: statuses as readonly DeliveryStatus[] | undefined,
    event,
    since: timeOf('since', since),
    until: timeOf('until', until),
    after,
    limit,
  }
}

function timeOf(name: string, time: unknown): number | undefined {
  if (time === undefined) return undefined
  if (time instanceof Date && !Number.isNaN(time.getTime())) return time.getTime()
  throw wrong(name, time, 'it must be a date')
}

/** Text that every database takes. */
function isKeepable(text: unknown): text is string {
  return typeof text === 'string' && text.isWellFormed() && !text.includes('\0')
}

function wrong(name: string, value: unknown, fault: string, cure?: string): Error {
  const details = { field: `deliveries.${name}`, value, problem: fault }
  return problem('option_invalid', cure === undefined ? details : { ...details, cure })
}
