import type { Clock } from '../../core/clock.ts'
import { problem } from '../../core/errors.ts'
import type { Logger } from '../../core/logger.ts'
import { type DeadlineOptions, deadlineOf } from '../../core/options.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import type { Store } from '../../store/store.ts'
import { Chore } from './chore.ts'
import { type Pruned, prune } from './prune.ts'
import type { RetentionSettings } from './settings.ts'

export interface PrunerContext {
  store: Store
  /** False where everything is kept. */
  settings: RetentionSettings | false
  clock: Clock
  logger: Logger
  telemetry: Pick<Telemetry, 'cancelled'>
}

/**
 * While deliveries are made: so little that even the slowest hundredth of them is not met by it, above all on SQLite, where a
 * part keeps everybody from writing. It is still tens of millions of rows a day.
 */
export const BACKGROUND_SHARE = 0.02
/** When somebody waits for it. */
const BY_HAND_SHARE = 0.1
const CHECK_MS = 60_000

/** Removes what is too old: from time to time while the dispatcher runs, or when it is told to. */
export class Pruner {
  readonly #context: PrunerContext
  readonly #chore: Chore
  readonly #sweeps = new Set<Promise<unknown>>()
  #abort = new AbortController()
  #cancel: (() => void) | undefined

  constructor(context: PrunerContext) {
    this.#context = context
    this.#chore = new Chore(context.store, 'retention')
  }

  start(): void {
    if (this.#cancel !== undefined || this.#context.settings === false) return
    this.#schedule(this.#abort.signal)
  }

  /** Ends what is under way after the part that it is at. */
  async stop(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    this.#abort.abort()
    this.#abort = new AbortController()
    await Promise.allSettled(this.#sweeps)
  }

  /**
   * Removes what is too old now.
   *
   * @throws `option_invalid` also where everything is kept
   */
  async prune(options: DeadlineOptions = {}): Promise<Pruned> {
    const { settings, store, clock, telemetry } = this.#context
    const deadlineMs = deadlineOf(options, 'prune')
    if (settings === false) {
      throw problem('option_invalid', {
        field: 'retention',
        value: false,
        problem: 'everything is kept, so there is nothing to prune',
        cure: 'Give createHooks a `retention`, or leave it out for 30 days',
      })
    }
    await store.open()
    store.verify()
    const end = clock.now() + deadlineMs
    const late = () => clock.now() >= end
    const terms = { insists: true, signal: this.#abort.signal, late, share: BY_HAND_SHARE }
    return await this.#tracked(prune({ store, chore: this.#chore, settings, clock, telemetry }, terms))
  }

  #schedule(signal: AbortSignal): void {
    this.#cancel = this.#context.clock.timer(CHECK_MS, () => {
      void this.#tracked(this.#round(signal)).finally(() => {
        if (!signal.aborted) this.#schedule(signal)
      })
    })
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { settings, store, clock, logger, telemetry } = this.#context
    if (settings === false) return
    try {
      if (!(await store.read(() => this.#chore.due(clock.now())))) return
      const terms = { insists: false, signal, late: () => false, share: BACKGROUND_SHARE }
      const pruned = await prune({ store, chore: this.#chore, settings, clock, telemetry }, terms)
      const { finished, ...removed } = pruned
      if (Object.values(removed).some((count) => count > 0)) {
        logger.info({ ...removed, finished }, `removed what is older than ${settings.days} days`)
      }
    } catch (error) {
      logger.warn({ err: error }, 'what is too old could not be removed; it is tried again in a minute')
    }
  }

  async #tracked<T>(sweep: Promise<T>): Promise<T> {
    this.#sweeps.add(sweep)
    try {
      return await sweep
    } finally {
      this.#sweeps.delete(sweep)
    }
  }
}
