/**
 * Remembers which messages were received, so that none is handled twice: a sender that did not get the answer sends the same
 * message again, and whoever has recorded one may replay it. Where several processes receive, keep it where all see it.
 *
 * There, tell what is under way from what is done: a message that is called received while another process may still fail, or
 * die, is lost. In the example a process has a minute to handle one; if it dies, a later attempt counts.
 *
 * @example
 * ```ts
 * const seen: SeenIds = {
 *   async add(id) {
 *     const before = await redis.set(`webhook:${id}`, 'busy', { NX: true, GET: true, EX: 60 })
 *     return before === null ? true : before === 'busy' ? 'busy' : false
 *   },
 *   done: (id) => redis.set(`webhook:${id}`, 'done', { EX: 604_800 }),
 *   delete: (id) => redis.del(`webhook:${id}`),
 * }
 * ```
 */
export interface SeenIds {
  /** Takes an id. False where it has been handled already, `'busy'` while somebody else is about it: the sender tries again. */
  add(id: string): boolean | 'busy' | Promise<boolean | 'busy'>
  /** The message was handled. Where `add` gives no `'busy'`, there is no need of it. */
  done?(id: string): unknown
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
