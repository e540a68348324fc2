/** What a hook may have under way before it has answered once. */
const FIRST_SHARE = 4
/** Hooks that are remembered, at the most. */
const HOOKS_KEPT = 10_000

/**
 * How many attempts each hook may have under way: few at first, twice as many with every response, one after an attempt that
 * brought none. A target that does not answer thus holds few places, however many deliveries wait for it, and a hook that
 * recovers is not run over. Kept in memory: a new process begins carefully.
 */
export class Shares {
  readonly #most: number
  readonly #shares = new Map<number, number>()

  /** @param most what a hook may have under way in any case */
  constructor(most: number) {
    this.#most = most
  }

  of(hookId: number): number {
    return Math.min(this.#most, this.#shares.get(hookId) ?? FIRST_SHARE)
  }

  /** Whether the last attempt brought no response. */
  isSilent(hookId: number): boolean {
    return this.#shares.get(hookId) === 1
  }

  /** An attempt ended, with a response or without one. */
  note(hookId: number, responded: boolean): void {
    const before = Math.max(this.of(hookId), 2)
    const share = responded ? Math.min(before * 2, Math.max(this.#most, 2)) : 1
    // What was noted last stands last: the first one is the one to forget.
    this.#shares.delete(hookId)
    this.#shares.set(hookId, share)
    const [oldest] = this.#shares.keys()
    if (this.#shares.size > HOOKS_KEPT && oldest !== undefined) this.#shares.delete(oldest)
  }
}
