import type { Clock } from '../../core/clock.ts'
import { inTime } from '../../core/in-time.ts'
import type { Logger } from '../../core/logger.ts'
import type { Backlog } from '../../core/telemetry.ts'
import type { Store } from '../../store/store.ts'
import { currentStatistics } from './current.ts'

/** What was found out is good for so long, in milliseconds: however often it is collected, and by however many. */
const FRESH_MS = 5_000
/** Whoever collects does not wait longer for the database than that. */
const LONGEST_MS = 2_000

/**
 * What waits in the database, for a telemetry that collects it: asked for only then, never twice at once, and not again for a
 * few seconds. It never rejects: while the database cannot be reached there is nothing to tell.
 */
export class BacklogReader {
  readonly #context: { store: Store; clock: Clock; logger: Logger }
  #reading: Promise<Backlog | undefined> | undefined
  #last: { backlog: Backlog | undefined; at: number } | undefined

  constructor(context: { store: Store; clock: Clock; logger: Logger }) {
    this.#context = context
  }

  async read(): Promise<Backlog | undefined> {
    if (this.#last !== undefined && performance.now() - this.#last.at < FRESH_MS) return this.#last.backlog
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return await inTime(this.#reading, LONGEST_MS, undefined)
  }

  async #read(): Promise<Backlog | undefined> {
    const { store, clock, logger } = this.#context
    let backlog: Backlog | undefined
    try {
      const now = clock.now()
      const { events, deliveries, hooks } = await currentStatistics(store, now)
      const { due, scheduled, parked, oldestDueAt } = deliveries
      const { enabled, disabled, failing, open, recovering } = hooks
      const well = Math.max(0, enabled - failing - open - recovering)
      backlog = {
        events: { waiting: events.waiting },
        deliveries: {
          due,
          scheduled,
          parked,
          oldestDueMs: oldestDueAt === null ? 0 : now - oldestDueAt.getTime(),
        },
        hooks: { well, failing, waiting: open, recovering, disabled },
      }
    } catch (error) {
      logger.debug({ err: error }, 'what waits could not be counted for the telemetry')
    }
    this.#last = { backlog, at: performance.now() }
    return backlog
  }
}
