import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { noTelemetry, type Operation, type Telemetry } from '../core/telemetry.ts'
import { within } from '../core/within.ts'
import {
  dueEvents,
  leaseEvents,
  type PendingEvent,
  type PendingOptions,
  type PrepareContext,
  type Prepared,
  pendingEvents,
  prepare,
  renewEvents,
} from '../events/index.ts'
import type { Work } from '../store/work.ts'

/** Events whose data is being made at once, at the most. */
const EVENTS_IN_HAND = 200
const LONGEST_PREPARATION_MS = 60_000
/** Events of one name whose serializer hangs, at the most: further ones of that name wait, and other names do not. */
const SLOW_OF_ONE_NAME = 100

/**
 * Events between being found and being fanned out. Serializers are the application's code and may be slow: each event is
 * prepared by itself, and a turn of the dispatcher takes those that are ready instead of waiting for the others.
 */
export class FanOutQueue {
  readonly #context: PrepareContext
  readonly #clock: Clock
  readonly #leaseMs: number
  readonly #telemetry: Telemetry
  /** Of events in hand, by their numbers; none where nobody is told. */
  readonly #operations = new Map<number, Operation>()
  readonly #inHand = new Map<number, { event: PendingEvent; preparing: Promise<void>; slow: boolean }>()
  #ready: Prepared[] = []
  /** Names of events that this process's catalog does not know; a newer process may. */
  readonly #unknown = new Set<string>()
  #foreign: PendingEvent[] = []

  constructor(context: PrepareContext, clock: Clock, leaseMs: number, telemetry: Telemetry) {
    this.#telemetry = telemetry
    this.#context = context
    this.#clock = clock
    this.#leaseMs = leaseMs
  }

  /** Names that were met in the outbox and are not in the catalog. */
  get unknown(): ReadonlySet<string> {
    return this.#unknown
  }

  get inHand(): number {
    return this.#inHand.size
  }

  /** Looks for events that are due and not in hand; where they are to be leased, that is for `lease`. */
  *find(now: number): Work<PendingEvent[]> {
    const options = this.#options(now)
    const { store } = this.#context
    if (options === undefined || store.locks === 'rows') return []
    return yield* pendingEvents(store, options)
  }

  /** Whether there is anything to lease, as a query; undefined where there is no room for more, or no need to ask. */
  leasable(now: number): ReturnType<typeof dueEvents> | undefined {
    const options = this.#options(now)
    const { store } = this.#context
    return options === undefined || store.locks === 'database' ? undefined : dueEvents(store, options)
  }

  /** Takes events that are due under a lease. */
  *lease(now: number): Work<PendingEvent[]> {
    const options = this.#options(now)
    if (options === undefined) return []
    return yield* leaseEvents(this.#context.store, options, now + this.#leaseMs)
  }

  #options(now: number): PendingOptions | undefined {
    const slow = this.#slowByName()
    const waiting = [...slow.values()].reduce((total, count) => total + count, 0)
    const limit = EVENTS_IN_HAND - (this.#inHand.size - waiting)
    if (limit <= 0) return undefined
    const crowded = [...slow].filter(([, count]) => count >= SLOW_OF_ONE_NAME).map(([name]) => name)
    return { now, limit, except: this.#inHand.keys(), unknown: [...this.#unknown, ...crowded] }
  }

  /** Events in hand whose lease is half over. */
  leasesDue(now: number): PendingEvent[] {
    if (this.#context.store.locks === 'database') return []
    const limit = now + this.#leaseMs / 2
    return [...this.#inHand.values()]
      .map(({ event }) => event)
      .filter((event) => event.fanout_due_at <= limit)
  }

  /** Prolongs leases. Once that is committed, tell it by `prolonged`. */
  *renew(events: readonly PendingEvent[], now: number): Work<{ renewed: number[]; until: number }> {
    const until = now + this.#leaseMs
    return { renewed: yield* renewEvents(this.#context.store, events, until), until }
  }

  prolonged({ renewed, until }: { renewed: readonly number[]; until: number }): void {
    for (const seq of renewed) {
      const held = this.#inHand.get(seq)
      if (held !== undefined) held.event.fanout_due_at = until
    }
  }

  /** Events that were taken and that this process does not know: another one must not wait for them. */
  takeForeign(): PendingEvent[] {
    const foreign = this.#foreign
    this.#foreign = []
    return this.#context.store.locks === 'database' ? [] : foreign
  }

  /** Forgets everything, and tells what another process may have at once. */
  abandon(): PendingEvent[] {
    const held = [...this.#inHand.values()].map(({ event }) => event)
    for (const { seq } of held) this.#ended(seq, 'abandoned')
    this.#inHand.clear()
    this.#ready = []
    return this.#context.store.locks === 'database' ? [] : held
  }

  /** Prepares events; `onReady` is called for each that takes longer than this turn. */
  async prepare(events: readonly PendingEvent[], onReady: () => void): Promise<void> {
    let waiting = true
    for (const event of events) {
      const preparing = this.#prepare(event).then((prepared) => {
        if (this.#inHand.get(event.seq)?.event !== event) return
        if (prepared.outcome === 'unknown') {
          this.#unknown.add(event.name)
          this.#inHand.delete(event.seq)
          this.#foreign.push(event)
          return
        }
        this.#ready.push(prepared)
        if (!waiting) onReady()
      })
      this.#inHand.set(event.seq, { event, preparing, slow: false })
    }
    // Synchronous serializers are through after some turns of the microtask queue, which setImmediate stands behind.
    if (events.length > 0) await new Promise(setImmediate)
    waiting = false
    const ready = new Set(this.#ready.map(({ event }) => event.seq))
    for (const { seq } of events) {
      const held = this.#inHand.get(seq)
      if (held !== undefined && !ready.has(seq)) held.slow = true
    }
  }

  /** How many events of each name take longer than a turn. They take no place from others. */
  #slowByName(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { event, slow } of this.#inHand.values())
      if (slow) counts.set(event.name, (counts.get(event.name) ?? 0) + 1)
    return counts
  }

  /** A serializer that never ends would keep its place for good, and the event would never be marked. */
  async #prepare(event: PendingEvent): Promise<Prepared> {
    const what = `what makes the data of "${event.name}"`
    const preparing = () =>
      within(this.#clock, LONGEST_PREPARATION_MS, what, () => prepare(this.#context, event))
    try {
      return await (this.#begun(event)?.run(preparing) ?? preparing())
    } catch (error) {
      return { event, outcome: 'failed', error: messageOf(error) }
    }
  }

  /** The fan-out of an event begins. Where it takes several turns, its deliveries all belong to the first one's. */
  #begun(event: PendingEvent): Operation | undefined {
    const { seq, uid: id, name, fanout_cursor: cursor, trace_context: traceContext } = event
    if (this.#telemetry === noTelemetry || cursor > 0 || !this.#context.catalog.events.has(name))
      return undefined
    const operation = this.#telemetry.fanOut({ id, event: name, traceContext })
    this.#operations.set(seq, operation)
    event.trace_context = operation.traceContext ?? traceContext
    return operation
  }

  #ended(seq: number, fault?: string): void {
    this.#operations.get(seq)?.end(fault)
    this.#operations.delete(seq)
  }

  /** Takes what is ready, in the order in which it was written. */
  takeReady(): Prepared[] {
    const ready = this.#ready.sort((a, b) => a.event.seq - b.event.seq)
    this.#ready = []
    return ready
  }

  /** Lets events go whose turn was committed, but for those that are `left` for the next: they need not be prepared again. */
  release(prepared: readonly Prepared[], left: readonly Prepared[]): void {
    for (const { event } of prepared) this.#inHand.delete(event.seq)
    if (this.#operations.size > 0) {
      const staying = new Set(left.map(({ event }) => event.seq))
      for (const { event, outcome } of prepared) {
        if (!staying.has(event.seq)) this.#ended(event.seq, outcome === 'failed' ? 'serializer' : undefined)
      }
    }
    const preparing = Promise.resolve()
    for (const { event } of left) this.#inHand.set(event.seq, { event, preparing, slow: false })
    this.#ready.push(...left)
  }

  /** Resolves when nothing is being prepared any more. */
  async settled(): Promise<void> {
    await Promise.all([...this.#inHand.values()].map(({ preparing }) => preparing))
  }
}
