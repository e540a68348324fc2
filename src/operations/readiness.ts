import type { Clock } from '../core/clock.ts'
import { hasCode } from '../core/errors.ts'
import { inTime } from '../core/in-time.ts'
import type { Dispatcher } from '../dispatch/index.ts'
import type { Store } from '../store/store.ts'
import { first } from '../store/work.ts'

/**
 * Why a process is not ready. `database_unavailable`: it does not answer, or not within 2 seconds; `database_outdated`: its
 * tables are missing or of another version; `dispatcher_stopped`: `start()` was called, and nothing runs; `dispatcher_stuck`:
 * its loop has not turned for 30 seconds.
 */
export type UnreadyReason =
  | 'database_unavailable'
  | 'database_outdated'
  | 'dispatcher_stopped'
  | 'dispatcher_stuck'

/** Whether a process can do its work. */
export interface Readiness {
  ready: boolean
  /** Empty when it is. */
  reasons: UnreadyReason[]
}

export interface ReadinessContext {
  store: Store
  clock: Clock
  dispatcher: Pick<Dispatcher, 'running' | 'turnedAt'>
  /** Whether `start()` was called, and `stop()` not since. */
  isWanted: () => boolean
}

const LONGEST_ANSWER_MS = 2_000
/** A turn may wait for a lock of the database for about as long. */
const LONGEST_TURN_MS = 30_000
/** A question that hangs is not waited for by all that are asked after it. */
const LONGEST_SHARED_MS = 10_000

/** Finds out whether this process can do its work. However many ask at once, the database is asked once. */
export class ReadinessCheck {
  readonly #context: ReadinessContext
  #asking: { answer: Promise<UnreadyReason | undefined>; since: number } | undefined
  /** The tables do not become older again; that they are gone is seen at each look. */
  #isCurrent = false

  constructor(context: ReadinessContext) {
    this.#context = context
  }

  /** It never rejects, and takes little more than two seconds at the most. */
  async check(): Promise<Readiness> {
    const database = await inTime(this.#database(), LONGEST_ANSWER_MS, 'database_unavailable' as const)
    const reasons = [database, this.#dispatcher()].filter((reason) => reason !== undefined)
    return { ready: reasons.length === 0, reasons }
  }

  #dispatcher(): UnreadyReason | undefined {
    const { dispatcher, isWanted, clock } = this.#context
    if (!isWanted()) return undefined
    if (!dispatcher.running) return 'dispatcher_stopped'
    return clock.now() - dispatcher.turnedAt > LONGEST_TURN_MS ? 'dispatcher_stuck' : undefined
  }

  #database(): Promise<UnreadyReason | undefined> {
    const now = performance.now()
    if (this.#asking !== undefined && now - this.#asking.since < LONGEST_SHARED_MS) return this.#asking.answer
    const asking = { answer: this.#ask(), since: now }
    this.#asking = asking
    void asking.answer.finally(() => {
      if (this.#asking === asking) this.#asking = undefined
    })
    return asking.answer
  }

  async #ask(): Promise<UnreadyReason | undefined> {
    const { store } = this.#context
    try {
      await store.open()
      await store.read(() => first(store.db.selectFrom('lane').select('hook_id').limit(1)))
      this.#isCurrent ||= (await store.planMigration()).length === 0
      return this.#isCurrent ? undefined : 'database_outdated'
    } catch (error) {
      return hasCode(error, 'database_outdated') ? 'database_outdated' : 'database_unavailable'
    }
  }
}
