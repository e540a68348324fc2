import { type PendingEvent, type Prepared, type PrepareContext, pendingEvents, prepare } from '../events/index.ts'
import type { Work } from '../store/work.ts'

/** Events whose data is being made at once, at the most. */
const EVENTS_IN_HAND = 200

/**
 * Events between being found and being fanned out. Serializers are the application's code and may be slow: each event is
 * prepared by itself, and a turn of the dispatcher takes those that are ready instead of waiting for the others.
 */
export class FanOutQueue {
  readonly #context: PrepareContext
  readonly #inHand = new Map<number, Promise<void>>()
  #ready: Prepared[] = []
  /** Names of events that this process's catalog does not know; a newer process may. */
  readonly #unknown = new Set<string>()

  constructor(context: PrepareContext) {
    this.#context = context
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
    return yield* pendingEvents(this.#context.store, { now, limit, except: this.#inHand.keys(), unknown: this.#unknown })
  }

  /** Prepares events; `onReady` is called for each that takes longer than this turn. */
  async prepare(events: readonly PendingEvent[], onReady: () => void): Promise<void> {
    let waiting = true
    for (const event of events) {
      const preparing = prepare(this.#context, event).then((prepared) => {
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

  /** Takes what is ready, in the order in which it was written. */
  takeReady(): Prepared[] {
    const ready = this.#ready.sort((a, b) => a.event.seq - b.event.seq)
    this.#ready = []
    return ready
  }

  /** Lets events go: their turn was committed, or failed and will find them anew. */
  release(prepared: readonly Prepared[]): void {
    for (const { event } of prepared) this.#inHand.delete(event.seq)
  }

  /** Resolves when nothing is being prepared any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#inHand.values())
  }
}

