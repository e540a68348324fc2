/** What a hook may have under way before it has answered once, and what one that answers slowly may have. */
const FIRST_SHARE = 4
/** Hooks that are remembered, at the most. */
const HOOKS_KEPT = 10_000
/** An attempt that takes longer than that holds its place for long, whatever comes of it. */
export const QUICK_MS = 1_000

/** What an attempt showed of its hook: a response soon, a response late, or none. */
export type Answer = 'quick' | 'slow' | 'none'

/** How a hook answers, as far as this process knows: it has had no attempt of one that is `unproven`. */
export type Speed = 'quick' | 'unproven' | 'slow'

/**
 * How many attempts each hook may have under way: few at first, twice as many with every quick response, few again after a
 * slow one, and one after an attempt that brought none. A target that holds what it is sent thus has few places, however many
 * deliveries wait for it, and a hook that recovers is not run over. Kept in memory: a new process begins carefully.
 */
export class Shares {
  readonly #most: number
  readonly #known = new Map<number, { share: number; isQuick: boolean }>()

  /** @param most what a hook may have under way in any case */
  constructor(most: number) {
    this.#most = most
  }

  of(hookId: number): number {
    return Math.min(this.#most, this.#known.get(hookId)?.share ?? FIRST_SHARE)
  }

  /** By the last attempt that ended. */
  speed(hookId: number): Speed {
    const known = this.#known.get(hookId)
    if (known === undefined) return 'unproven'
    return known.isQuick ? 'quick' : 'slow'
  }

  /** An attempt ended. */
  note(hookId: number, answer: Answer): void {
    const share = answer === 'none' ? 1 : answer === 'slow' ? FIRST_SHARE : Math.max(this.of(hookId), 2) * 2
    // What was noted last stands last: the first one is the one to forget.
    this.#known.delete(hookId)
    this.#known.set(hookId, { share: Math.min(share, this.#most), isQuick: answer === 'quick' })
    const [oldest] = this.#known.keys()
    if (this.#known.size > HOOKS_KEPT && oldest !== undefined) this.#known.delete(oldest)
  }
}
