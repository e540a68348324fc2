import type { Clock } from '../core/clock.ts'

/** Sleep that can be ended early. A ring while nobody sleeps is kept for the next sleep. */
export class Alarm {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Sleeps until it rings, for `ms` milliseconds at the most. */
  async sleep(clock: Clock, ms: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const cancel = clock.timer(ms, resolve)
        this.#wake = () => {
          cancel()
          resolve()
        }
      })
      this.#wake = undefined
    }
    this.#rung = false
  }
}
