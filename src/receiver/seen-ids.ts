/**
 * Remembers which messages were received, so that none is handled twice: a sender that did not get the answer sends the same
 * message again, and whoever has recorded one may replay it. Where several processes receive, keep it where all see it.
 *
 * @example
 * ```ts
 * const seen: SeenIds = {
 *   add: async (id) => (await redis.set(`webhook:${id}`, 1, { NX: true, EX: 604_800 })) !== null,
 *   delete: (id) => redis.del(`webhook:${id}`),
 * }
 * ```
 */
export interface SeenIds {
  /** Takes an id. False where it has been taken already. */
  add(id: string): boolean | Promise<boolean>
  /** Lets it go again, because handling failed: the sender's next attempt counts. */
  delete(id: string): unknown
}

const MOST_IDS = 10_000

/** The ids of the last messages, in this process. */
export class RecentIds implements SeenIds {
  readonly #most: number
  readonly #ids = new Set<string>()

  /** @param most how many are remembered; beyond that the oldest are forgotten */
  constructor(most: number = MOST_IDS) {
    this.#most = most
  }

  add(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.add(id)
    if (this.#ids.size > this.#most) {
      const [oldest] = this.#ids
      if (oldest !== undefined) this.#ids.delete(oldest)
    }
    return true
  }

  delete(id: string): void {
    this.#ids.delete(id)
  }
}
