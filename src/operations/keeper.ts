import type { Capture } from '../capture/index.ts'
import type { Clock } from '../core/clock.ts'
import type { Logger } from '../core/logger.ts'
import { ensureFieldColumns, type FieldDefinitions } from '../hooks/index.ts'
import type { Store } from '../store/store.ts'

export interface KeeperContext {
  store: Store
  capture: Capture
  fields: FieldDefinitions
  clock: Clock
  logger: Logger
  /** Called when going on would do harm, with the reason. */
  onUnsafe: (error: unknown) => void
}

const CHECK_MS = 1_000
/** A second library may be loaded late, by the first request; looking costs milliseconds, so it is done more and more rarely. */
const VERIFY_AT_CHECKS: ReadonlySet<number> = new Set([1, 5, 15])
const VERIFY_EVERY_CHECKS = 60

/**
 * Keeps the triggers and tables as the catalog wants them while the dispatcher runs: schema tools drop what they do not
 * know, and then the application's own writes may fail until it is repaired.
 */
export class Keeper {
  readonly #context: KeeperContext
  #cancel: (() => void) | undefined
  #checking: Promise<void> = Promise.resolve()
  #checks = 0
  #ended = true

  constructor(context: KeeperContext) {
    this.#context = context
  }

  start(): void {
    if (!this.#ended) return
    this.#ended = false
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#ended = true
    this.#cancel?.()
    await this.#checking
  }

  /** Looks once, and repairs what can be repaired. */
  async check(): Promise<void> {
    const { capture, store, fields, logger } = this.#context
    try {
      const drift = await capture.check()
      if (drift.length === 0) return
      const { storeRestored } = await capture.repair()
      if (storeRestored) await store.write(() => ensureFieldColumns(store, fields))
    } catch (error) {
      logger.error(
        { err: error },
        'the capture triggers could not be checked; they are looked at again in a second',
      )
    }
  }

  #schedule(): void {
    this.#cancel = this.#context.clock.timer(CHECK_MS, () => {
      this.#checking = this.#round()
    })
  }

  async #round(): Promise<void> {
    this.#checks += 1
    if (VERIFY_AT_CHECKS.has(this.#checks) || this.#checks % VERIFY_EVERY_CHECKS === 0) this.#verify()
    await this.check()
    if (!this.#ended) this.#schedule()
  }

  #verify(): void {
    try {
      this.#context.store.verify()
    } catch (error) {
      this.#ended = true
      this.#context.onUnsafe(error)
    }
  }
}
