import type { Store } from '../store/store.ts'
import type { Work } from '../store/work.ts'
import type { LaneChanges } from './lanes.ts'
import { type AttemptResult, type GivenBack, giveBack, record } from './record.ts'

/** What a transaction has written of the attempts that ended. */
export interface Written {
  results: number
  brokenOff: number
}

/** Attempts that have ended and are not written down yet. Nothing is forgotten before its transaction is committed. */
export class Ended {
  readonly #results: AttemptResult[] = []
  readonly #brokenOff: GivenBack[] = []

  get size(): number {
    return this.#results.length + this.#brokenOff.length
  }

  add(result: AttemptResult): void {
    this.#results.push(result)
  }

  /** A delivery whose attempt was broken off: it counts for nothing. */
  addBrokenOff(claimed: GivenBack): void {
    this.#brokenOff.push(claimed)
  }

  /** Writes what has ended by now. Once that is committed, `forget` it. */
  *write(store: Store, now: number, lanes: LaneChanges): Work<Written> {
    const written = { results: this.#results.length, brokenOff: this.#brokenOff.length }
    yield* record(store, this.#results.slice(0, written.results), lanes)
    yield* giveBack(store, this.#brokenOff.slice(0, written.brokenOff), now)
    return written
  }

  forget({ results, brokenOff }: Written): void {
    this.#results.splice(0, results)
    this.#brokenOff.splice(0, brokenOff)
  }
}
