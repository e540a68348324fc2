import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import {
  type PendingEvent,
  type PrepareContext,
  type Prepared,
  pendingEvents,
  prepare,
} from '../events/index.ts'
import type { Work } from '../store/work.ts'
import { within } from './within.ts'

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
  readonly #inHand = new Map<number, { name: string; preparing: Promise<void>; slow: boolean }>()
  #ready: Prepared[] = []
  /** Names of events that this process's catalog does not know; a newer process may. */
  readonly #unknown = new Set<string>()

  constructor(context: PrepareContext, clock: Clock) {
    this.#context = context
    this.#clock = clock
  }

  /** Names that were met in the outbox and are not in the catalog. */
  get unknown(): ReadonlySet<string> {
    return this.#unknown
  }

  get inHand(): number {
    return this.#inHand.size
  }

  /** The query for events that are due and not in hand. */
  *find(now: number): Work<PendingEvent[]> {
    const slow = this.#slowByName()
    const waiting = [...slow.values()].reduce((total, count) => total + count, 0)
    const limit = EVENTS_IN_HAND - (this.#inHand.size - waiting)
    if (limit <= 0) return []
    const crowded = [...slow].filter(([, count]) => count >= SLOW_OF_ONE_NAME).map(([name]) => name)
    return yield* pendingEvents(this.#context.store, {
      now,
      limit,
      except: this.#inHand.keys(),
      unknown: [...this.#unknown, ...crowded],
    })
  }

  /** Prepares events; `onReady` is called for each that takes longer than this turn. */
  async prepare(events: readonly PendingEvent[], onReady: () => void): Promise<void> {
    let waiting = true
    for (const event of events) {
      const preparing = this.#prepare(event).then((prepared) => {
        if (prepared.outcome === 'unknown') {
          this.#unknown.add(event.name)
          this.#inHand.delete(event.seq)
          return
        }
        this.#ready.push(prepared)
        if (!waiting) onReady()
      })
      this.#inHand.set(event.seq, { name: event.name, preparing, slow: false })
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
    for (const { name, slow } of this.#inHand.values())
      if (slow) counts.set(name, (counts.get(name) ?? 0) + 1)
    return counts
  }

  /** A serializer that never ends would keep its place for good, and the event would never be marked. */
  async #prepare(event: PendingEvent): Promise<Prepared> {
    const what = `what makes the data of "${event.name}"`
    try {
      return await within(this.#clock, LONGEST_PREPARATION_MS, what, () => prepare(this.#context, event))
    } catch (error) {
      return { event, outcome: 'failed', error: messageOf(error) }
    }
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
    const preparing = Promise.resolve()
    for (const { event } of left) this.#inHand.set(event.seq, { name: event.name, preparing, slow: false })
    this.#ready.push(...left)
  }

  /** Resolves when nothing is being prepared any more. */
  async settled(): Promise<void> {
    await Promise.all([...this.#inHand.values()].map(({ preparing }) => preparing))
  }
}
