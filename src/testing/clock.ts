import type { Clock } from '../core/clock.ts'

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #now: number
  readonly #timers = new Set<{ at: number; callback: () => void }>()

  constructor(now: Date | number = Date.now()) {
    this.#now = Number(now)
  }

  now(): number {
    return this.#now
  }

  timer(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(ms, 0), callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Sets the time, and lets everything happen that was to happen until then, in its order. */
  set(now: Date | number): void {
    const end = Number(now)
    for (;;) {
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
    }
    this.#now = end
  }

  /** Moves the time on by so many milliseconds. */
  advance(ms: number): void {
    this.set(this.#now + ms)
  }
}
