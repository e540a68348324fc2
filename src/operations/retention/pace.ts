import { setTimeout as pause } from 'node:timers/promises'

/** Also after a part that took no time at all, so that whoever waits for the lock gets it. */
const SHORTEST_REST_MS = 5
/** One part that had to wait long for a lock must not stretch a sweep for ever. */
const LONGEST_REST_MS = 1_000

export interface Terms {
  /** Ends it. */
  signal: AbortSignal
  /** Whether the time is over. */
  late: () => boolean
  /** What share of the time it may take: others have the database for the rest. */
  share: number
}

/**
 * Does the parts of a long work one after the other, with a rest between them. In real time, whatever the clock: how long a
 * part takes is the database's affair.
 */
export class Pace {
  readonly #signal: AbortSignal
  readonly #late: () => boolean
  readonly #share: number
  #restMs = 0

  constructor({ signal, late, share }: Terms) {
    this.#signal = signal
    this.#late = late
    this.#share = share
  }

  /** @throws {BrokenOff} instead of beginning a part when it is to end */
  async part<T>(work: () => Promise<T>): Promise<T> {
    if (this.#restMs > 0) await pause(this.#restMs, undefined, { signal: this.#signal }).catch(() => {})
    if (this.#signal.aborted || this.#late()) throw new BrokenOff()
    const started = performance.now()
    const result = await work()
    const took = performance.now() - started
    this.#restMs = Math.min(Math.max(took / this.#share - took, SHORTEST_REST_MS), LONGEST_REST_MS)
    return result
  }
}

/** A sweep ends before it is done: its time is over, it was stopped, or another worker has taken over. */
export class BrokenOff extends Error {}
