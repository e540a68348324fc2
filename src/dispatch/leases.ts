import type { Claimed } from './claimed.ts'

/** The leases of attempts that are under way, to be prolonged once half of their time is over. */
export class Leases {
  readonly #held = new Map<Claimed, number>()
  readonly #leaseMs: number

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs
  }

  add(claimed: Claimed): void {
    this.#held.set(claimed, claimed.leaseUntil)
  }

  delete(claimed: Claimed): void {
    this.#held.delete(claimed)
  }

  /** Those that are to be prolonged now. */
  due(now: number): Claimed[] {
    const limit = now + this.#leaseMs / 2
    return [...this.#held].filter(([, until]) => until <= limit).map(([claimed]) => claimed)
  }

  /** When the next is to be prolonged; undefined while there is none. */
  nextAt(): number | undefined {
    let first: number | undefined
    for (const until of this.#held.values()) first = Math.min(first ?? until, until)
    return first === undefined ? undefined : first - this.#leaseMs / 2
  }

  /** These are now good until then. An attempt that has ended meanwhile is left out. */
  prolonged(claimed: readonly Claimed[], until: number): void {
    for (const one of claimed) if (this.#held.has(one)) this.#held.set(one, until)
  }
}
