import type { Work } from '../store/work.ts'
import type { LaneChanges } from './lanes.ts'
import { UNREADABLE_DELAY_MS } from './openable.ts'
import { type AttemptResult, type GivenBack, giveBack } from './record.ts'
import { type SettleContext, type Settled, settle } from './settle.ts'

/** What a transaction has written of the attempts that ended. */
export interface Written {
  results: number
  brokenOff: number
  unreadable: number
  /** What is to follow once it is committed. */
  settled: Settled
}

/** Attempts that have ended and are not written down yet. Nothing is forgotten before its transaction is committed. */
export class Ended {
  readonly #results: AttemptResult[] = []
  readonly #brokenOff: GivenBack[] = []
  readonly #unreadable: GivenBack[] = []

  get size(): number {
    return this.#results.length + this.#brokenOff.length + this.#unreadable.length
  }

  add(result: AttemptResult): void {
    this.#results.push(result)
  }

  /** A delivery whose attempt was broken off: it counts for nothing. */
  addBrokenOff(claimed: GivenBack): void {
    this.#brokenOff.push(claimed)
  }

  /** A delivery of which no attempt could be made, because its hook cannot be decrypted. */
  addUnreadable(claimed: GivenBack): void {
    this.#unreadable.push(claimed)
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
    const unreadable = [...this.#unreadable]
    const settled = yield* settle(context, results, lanes, now, listened)
    yield* giveBack(context.store, brokenOff, now)
    yield* giveBack(context.store, unreadable, now + UNREADABLE_DELAY_MS)
    return { results: results.length, brokenOff: brokenOff.length, unreadable: unreadable.length, settled }
  }

  forget({ results, brokenOff, unreadable }: Written): void {
    this.#results.splice(0, results)
    this.#brokenOff.splice(0, brokenOff)
    this.#unreadable.splice(0, unreadable)
  }
}
