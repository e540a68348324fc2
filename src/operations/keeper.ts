import type { Capture, CaptureDrift } from '../capture/index.ts'
import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { reopenLanes } from '../dispatch/index.ts'
import { forgetDeparted } from '../events/departed.ts'
import { ensureFieldColumns, type FieldDefinitions, forgetUnheard } from '../hooks/index.ts'
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
/** What deleted owners and related rows leave behind does no harm for a while, so a look a minute is enough. */
const FORGET_EVERY_CHECKS = 60

/**
 * Keeps the triggers and tables as the catalog wants them while the dispatcher runs: schema tools drop what they do not
 * know, and then the application's own writes may fail until it is repaired.
 */
export class Keeper {
  readonly #context: KeeperContext
  #cancel: (() => void) | undefined
  #checking: Promise<void> = Promise.resolve()
  #checks = 0
  #seen: readonly CaptureDrift[] | undefined
  #reported: string | undefined
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
    const { capture, store, fields, logger, clock } = this.#context
    try {
      const drift = await capture.check()
      // It is the same array as long as nobody has changed the schema; after a fault it is looked at anew.
      if (drift === this.#seen) return
      if (drift.length > 0) {
        const { storeRestored } = await capture.repair()
        if (storeRestored) await store.write(() => reopenLanes(store, clock.now()))
      }
      // Whoever made our tables anew may not know of this application's fields.
      if (fields.size > 0) await store.write(() => ensureFieldColumns(store, fields))
      this.#seen = await capture.check()
      this.#reported = undefined
    } catch (error) {
      // Once, not every second: it may be that this role must not install triggers, and another one will.
      const message = messageOf(error)
      if (message === this.#reported) return
      this.#reported = message
      logger.error(
        { err: error },
        'the capture triggers could not be checked or repaired; they are looked at again every second',
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
    if (this.#ended) return
    await this.check()
    if (this.#checks % FORGET_EVERY_CHECKS === 0) await this.#forget()
    if (!this.#ended) this.#schedule()
  }

  async #forget(): Promise<void> {
    const { store, clock, logger } = this.#context
    try {
      await forgetDeparted(store, clock.now())
      await forgetUnheard(store)
    } catch (error) {
      logger.warn(
        { err: error },
        'what deleted owners and related rows have left behind could not be removed; it is tried again',
      )
    }
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
