/** Counts the attempts under way, in all and for each hook, and waits until they have ended. */
export class Underway {
  /** The one that began first comes first. */
  readonly #byHook = new Map<number, Set<{ startedAt: number }>>()
  readonly #attempts = new Set<Promise<void>>()

  get size(): number {
    return this.#attempts.size
  }

  /** How many each hook has. */
  counts(): ReadonlyMap<number, number> {
    return new Map([...this.#byHook].map(([hookId, attempts]) => [hookId, attempts.size]))
  }

  /** When the hook's longest one began, in milliseconds since the epoch; undefined while it has none. */
  longestSince(hookId: number): number | undefined {
    const [longest] = this.#byHook.get(hookId) ?? []
    return longest?.startedAt
  }

  /** Keeps count of an attempt that begins now, and must not reject, until it ends. */
  add(hookId: number, startedAt: number, attempt: Promise<void>): void {
    const ofHook = this.#byHook.get(hookId) ?? new Set()
    this.#byHook.set(hookId, ofHook)
    const one = { startedAt }
    ofHook.add(one)
    const counted = attempt.finally(() => {
      this.#attempts.delete(counted)
      ofHook.delete(one)
      if (ofHook.size === 0) this.#byHook.delete(hookId)
    })
    this.#attempts.add(counted)
  }

  async ended(): Promise<void> {
    while (this.#attempts.size > 0) await Promise.all(this.#attempts)
  }
}
