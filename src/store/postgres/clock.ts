import { type Clock, systemClock } from '../../core/clock.ts'
import type { Session } from './session.ts'

const MEASURE_EVERY_MS = 5_000

/**
 * The database's time. Leases and due times are compared between machines whose own clocks may differ, so all of them go by
 * the database's, as the machine's clock and a difference that is measured from time to time.
 */
export class DatabaseClock implements Clock {
  readonly #machine: Clock
  #difference = 0
  #measuredAt: number | undefined

  constructor(machine: Clock = systemClock) {
    this.#machine = machine
  }

  now(): number {
    return this.#machine.now() + this.#difference
  }

  timer(ms: number, callback: () => void): () => void {
    return this.#machine.timer(ms, callback)
  }

  /** Measures the difference, unless that was done a moment ago. */
  async follow(session: Session): Promise<void> {
    const asked = this.#machine.now()
    // The machine's clock may have been set back.
    if (this.#measuredAt !== undefined && Math.abs(asked - this.#measuredAt) < MEASURE_EVERY_MS) return
    const { rows } = await session.query(
      'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
      [],
    )
    const answered = this.#machine.now()
    const { now } = rows[0] as { now: number }
    // The answer was true at some moment between the question and now, which may be long where the server stood still. What
    // fits stays as it was.
    const [least, most] = [now - answered, now - asked]
    this.#difference =
      this.#measuredAt === undefined
        ? Math.round((least + most) / 2)
        : Math.round(Math.min(Math.max(this.#difference, least), most))
    this.#measuredAt = answered
  }
}
