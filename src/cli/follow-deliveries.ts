import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../core/errors.ts'
import type { Delivery, DeliveryListOptions } from '../dispatch/index.ts'
import type { AnyHooks, CommandContext } from './command.ts'
import { liveRow } from './delivery-text.ts'

const POLL_MS = 500
/** While the database is away. */
const RETRY_MS = 2_000
/** The newest that are looked at each time. */
const LOOKED_AT = 500
/** Of those that were pending when they were too old to be among them, so many are looked at each time. */
const LATE_ONES = 20

/**
 * Prints deliveries as they come and whenever something becomes of them, until the signal. The database may be away for a
 * while.
 *
 * @param before how many are shown to begin with
 */
export async function followDeliveries(
  hooks: AnyHooks,
  filters: DeliveryListOptions,
  before: number,
  { out, signal }: CommandContext,
): Promise<number> {
  const ended = AbortSignal.any([signal, out.gone])
  const seen = new Seen()
  const print = (delivery: Delivery, at: Date) =>
    out.live(delivery, () => out.table(COLUMNS, [liveRow(delivery, at)]))
  const first = await hooks.deliveries({ ...filters, limit: LOOKED_AT })
  for (const delivery of first) seen.note(delivery)
  for (const delivery of first.slice(0, before).toReversed())
    print(delivery, delivery.finishedAt ?? delivery.createdAt)
  out.note('Following; Ctrl-C ends it.')

  let away = false
  while (!ended.aborted) {
    await delay(away ? RETRY_MS : POLL_MS, undefined, { signal: ended }).catch(() => {})
    if (ended.aborted) break
    try {
      for (const delivery of await changed(hooks, filters, seen)) print(delivery, new Date())
      if (away) out.note('The database is back.')
      away = false
    } catch (error) {
      if (!away) out.note(`The database does not answer, trying again: ${out.escape(messageOf(error))}`)
      away = true
    }
  }
  return 0
}

const COLUMNS = Array.from({ length: 7 }, () => ({ title: '' }))

/** What is new, or not as it was: the oldest first. */
async function changed(hooks: AnyHooks, filters: DeliveryListOptions, seen: Seen): Promise<Delivery[]> {
  const newest = await hooks.deliveries({ ...filters, limit: LOOKED_AT })
  const inSight = new Set(newest.map(({ id }) => id))
  const late = await Promise.all(
    seen.pendingBeyond(inSight).map((id) => hooks.delivery(id).catch(() => undefined)),
  )
  const { status } = filters
  const wanted = late.flatMap((delivery) =>
    delivery === undefined || (status !== undefined && delivery.status !== status) ? [] : [listed(delivery)],
  )
  return [...wanted, ...newest.toReversed()].filter((delivery) => seen.note(delivery))
}

/** Without what only a look at one has. */
function listed<T extends Delivery & { body?: unknown; log?: unknown }>({
  body: _,
  log: __,
  ...delivery
}: T): Delivery {
  return delivery
}

/** What has been shown of each delivery. */
class Seen {
  readonly #states = new Map<string, { state: string; isPending: boolean }>()
  #turn = 0

  /** @returns whether it is new, or not as it was */
  note({ id, status, attempts, manual, reason }: Delivery): boolean {
    const state = JSON.stringify([status, attempts, manual, reason])
    const before = this.#states.get(id)
    if (before?.state === state) return false
    this.#states.set(id, { state, isPending: status === 'pending' })
    return true
  }

  /** Some of those that are still to come and are too old to be among the newest; others the next time. */
  pendingBeyond(inSight: ReadonlySet<string>): string[] {
    const pending: string[] = []
    for (const [id, { isPending }] of this.#states) {
      if (inSight.has(id)) continue
      if (isPending) pending.push(id)
      else this.#states.delete(id)
    }
    const from = pending.length > LATE_ONES ? (this.#turn++ * LATE_ONES) % pending.length : 0
    return pending.slice(from, from + LATE_ONES)
  }
}
