import { inChunks } from '../../core/chunks.ts'
import type { Clock } from '../../core/clock.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { firstSince } from '../../events/index.ts'
import type { Store } from '../../store/store.ts'
import type { Work } from '../../store/work.ts'
import { cancelWaiting, waitedTooLong } from './cancel-waiting.ts'
import { lookAtHooks, removeHooks } from './deleted-hooks.ts'
import { KeptEvents } from './kept-events.ts'
import { BEGINNING, lookAtOld, type OldDelivery, type Place } from './old-deliveries.ts'
import { lookAtEvents, lookAtUnfinished, removeEvents } from './old-events.ts'
import { removeDeliveries } from './remove-deliveries.ts'
import { rowsAtOnce } from './rows-at-once.ts'
import { DAY_MS, type RetentionSettings } from './settings.ts'

/** What was removed. */
export interface Removed {
  deliveries: number
  attempts: number
  events: number
  /** Hooks that had been deleted. */
  hooks: number
  /** Deliveries that were cancelled, because their hooks have been disabled for too long. */
  cancelled: number
}

export interface SweepContext {
  store: Store
  clock: Clock
  settings: RetentionSettings
  telemetry: Pick<Telemetry, 'cancelled'>
  /** Runs a part that only looks. */
  read<T>(work: () => Work<T>): Promise<T>
  /** Runs a part that writes, as one transaction. */
  write<T>(work: () => Work<T>): Promise<T>
}

/**
 * One way through the whole database: the deliveries hook by hook, then the events that no delivery needs, then the hooks
 * that are left with nothing. Broken off at any point, it leaves nothing behind that is half done; the next one begins anew.
 */
export class Sweep {
  readonly removed: Removed = { deliveries: 0, attempts: 0, events: 0, hooks: 0, cancelled: 0 }
  readonly #context: SweepContext
  readonly #kept = new KeptEvents()
  readonly #now: number
  readonly #since: number

  constructor(context: SweepContext) {
    this.#context = context
    this.#now = context.clock.now()
    this.#since = this.#now - context.settings.keepMs
  }

  async run(): Promise<void> {
    // Before anything else: what gets deliveries from now on has them behind this sweep's back.
    const unfinished = await this.#context.read(() => lookAtUnfinished(this.#context.store))
    for (const seq of unfinished ?? []) this.#kept.add(seq)
    await this.#deliveries()
    if (unfinished !== undefined) await this.#events()
    await this.#hooks()
  }

  async #deliveries(): Promise<void> {
    const { store } = this.#context
    const before = await this.#context.read(() => firstSince(store, this.#since))
    let place: Place | undefined = BEGINNING
    while (place !== undefined) {
      const from: Place = place
      const { found, next } = await this.#context.read(() => lookAtOld(store, from, before))
      await this.#remove(found.filter((delivery) => this.#isOver(delivery)))
      const staying = found.filter((delivery) => !this.#isOver(delivery))
      for (const { event_seq } of staying) this.#kept.add(event_seq)
      await this.#cancel(staying.filter(({ parked_due_at: at }) => at !== null && at < this.#since))
      place = next
    }
  }

  #isOver({ status, finished_at }: OldDelivery): boolean {
    return status !== 'pending' && finished_at !== null && finished_at < this.#since
  }

  async #remove(deliveries: readonly OldDelivery[]): Promise<void> {
    const { store, write } = this.#context
    // A delivery knows how many attempts it has.
    for (const chunk of inChunks(deliveries, rowsAtOnce(store), ({ attempts }) => 1 + attempts)) {
      const { removed, attempts } = await write(() => removeDeliveries(store, chunk, this.#since))
      this.removed.deliveries += removed.length
      this.removed.attempts += attempts
      if (removed.length === chunk.length) continue
      const gone = new Set(removed.map(({ hook_id, event_seq }) => `${hook_id} ${event_seq}`))
      for (const { hook_id, event_seq } of chunk) {
        if (!gone.has(`${hook_id} ${event_seq}`)) this.#kept.add(event_seq)
      }
    }
  }

  async #cancel(waiting: readonly OldDelivery[]): Promise<void> {
    const { store, settings, write, telemetry } = this.#context
    const reason = waitedTooLong(settings.days)
    for (const [hookId, deliveries] of Map.groupBy(waiting, ({ hook_id }) => hook_id)) {
      const terms = { since: this.#since, now: this.#now, reason }
      for (const chunk of inChunks(deliveries, rowsAtOnce(store))) {
        const cancelled = await write(() => cancelWaiting(store, hookId, chunk, terms))
        this.removed.cancelled += cancelled
        if (cancelled > 0) telemetry.cancelled(cancelled)
      }
    }
  }

  /**
   * A day later than deliveries, so that no event is removed while it is being sent once more: only those that are young
   * enough for a delivery may be.
   */
  async #events(): Promise<void> {
    const { store, settings, write } = this.#context
    const createdBefore = this.#since - Math.min(settings.keepMs, DAY_MS)
    const before = Math.min(
      await this.#context.read(() => firstSince(store, createdBefore)),
      this.#kept.known,
    )
    for (let after = 0; ; ) {
      const from = after
      const seqs = await this.#context.read(() => lookAtEvents(store, from, before))
      const last = seqs.at(-1)
      if (last === undefined) return
      const unneeded = seqs.filter((seq) => !this.#kept.has(seq))
      for (const chunk of inChunks(unneeded, rowsAtOnce(store))) {
        this.removed.events += await write(() => removeEvents(store, chunk, createdBefore))
      }
      after = last
    }
  }

  async #hooks(): Promise<void> {
    const { store, write } = this.#context
    for (let after = 0; ; ) {
      const from = after
      const hooks = await this.#context.read(() => lookAtHooks(store, from))
      const last = hooks.at(-1)
      if (last === undefined) return
      const dead = hooks.filter(({ deleted_at: at }) => at !== null && at < this.#since).map(({ id }) => id)
      // Each with two notes at the most.
      for (const chunk of inChunks(dead, rowsAtOnce(store), () => 3)) {
        this.removed.hooks += await write(() => removeHooks(store, chunk, this.#since))
      }
      after = last.id
    }
  }
}
