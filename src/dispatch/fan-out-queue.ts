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

/**
 * Events between being found and being fanned out. Serializers are the application's code and may be slow: each event is
 * prepared by itself, and a turn of the dispatcher takes those that are ready instead of waiting for the others.
 */
export class FanOutQueue {
  readonly #context: PrepareContext
  readonly #clock: Clock
  readonly #inHand = new Map<number, Promise<void>>()
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
    const limit = EVENTS_IN_HAND - this.#inHand.size
    if (limit <= 0) return []
    return yield* pendingEvents(this.#context.store, {
      now,
      limit,
      except: this.#inHand.keys(),
      unknown: this.#unknown,
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
      this.#inHand.set(event.seq, preparing)
    }
    // Synchronous serializers are through after some turns of the microtask queue, which setImmediate stands behind.
    if (events.length > 0) await new Promise(setImmediate)
    waiting = false
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
    for (const { event } of left) this.#inHand.set(event.seq, Promise.resolve())
    this.#ready.push(...left)
  }

  /** Resolves when nothing is being prepared any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#inHand.values())
  }
}
