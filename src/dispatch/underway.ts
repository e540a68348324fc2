/** Counts the attempts under way, in all and for each hook, and waits until they have ended. */
export class Underway {
  readonly #byHook = new Map<number, number>()
  readonly #attempts = new Set<Promise<void>>()

  get size(): number {
    return this.#attempts.size
  }

  get byHook(): ReadonlyMap<number, number> {
    return this.#byHook
  }

  /** Keeps count of an attempt, which must not reject, until it ends. */
  add(hookId: number, attempt: Promise<void>): void {
    this.#byHook.set(hookId, (this.#byHook.get(hookId) ?? 0) + 1)
    const counted = attempt.finally(() => {
      this.#attempts.delete(counted)
      const left = (this.#byHook.get(hookId) ?? 1) - 1
      if (left === 0) this.#byHook.delete(hookId)
      else this.#byHook.set(hookId, left)
    })
    this.#attempts.add(counted)
  }

  async ended(): Promise<void> {
    while (this.#attempts.size > 0) await Promise.all(this.#attempts)
  }
}
