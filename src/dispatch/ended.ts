import type { Work } from '../store/work.ts'
import type { LaneChanges } from './lanes.ts'
import { type AttemptResult, type GivenBack, giveBack } from './record.ts'
import { type SettleContext, type Settled, settle } from './settle.ts'

/** What a transaction has written of the attempts that ended. */
export interface Written {
  results: number
  brokenOff: number
  /** What is to follow once it is committed. */
  settled: Settled
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
  *write(
    context: SettleContext,
    now: number,
    lanes: LaneChanges,
    listened?: Parameters<typeof settle>[4],
  ): Work<Written> {
    const results = [...this.#results]
    const brokenOff = [...this.#brokenOff]
    const settled = yield* settle(context, results, lanes, now, listened)
    yield* giveBack(context.store, brokenOff, now)
    return { results: results.length, brokenOff: brokenOff.length, settled }
  }

  forget({ results, brokenOff }: Written): void {
    this.#results.splice(0, results)
    this.#brokenOff.splice(0, brokenOff)
  }
}
