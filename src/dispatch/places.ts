import type { Clock } from '../core/clock.ts'
import type { Room } from './allowance.ts'
import { lotsOf } from './lots.ts'
import type { DispatchSettings } from './options.ts'
import type { AttemptResult } from './record.ts'
import { QUICK_MS, Shares, type Speed } from './shares.ts'
import { Underway } from './underway.ts'

/** The places that a process has for attempts: how many are taken, by whose, and how many more each hook may have. */
export class Places {
  readonly #settings: DispatchSettings
  readonly #clock: Clock
  readonly #goesByAnswers: boolean
  readonly #shares: Shares
  readonly #underway = new Underway()

  /** @param goesByAnswers whether hooks earn their places by how they answer; not where another meets the targets */
  constructor(settings: DispatchSettings, clock: Clock, goesByAnswers: boolean) {
    this.#settings = settings
    this.#clock = clock
    this.#goesByAnswers = goesByAnswers
    this.#shares = new Shares(settings.concurrencyPerHook)
  }

  get taken(): number {
    return this.#underway.size
  }

  get free(): number {
    return Math.max(this.#settings.concurrency - this.#underway.size, 0)
  }

  /** Keeps a place for an attempt that begins now, and must not reject, until it ends. */
  take(hookId: number, attempt: Promise<void>): void {
    this.#underway.add(hookId, this.#clock.now(), attempt)
  }

  /** Resolves when no place is taken. */
  async ended(): Promise<void> {
    await this.#underway.ended()
  }

  /** @param free how many of the places may be given away */
  room(free: number): Room {
    const { concurrency, concurrencyPerHook: perHook } = this.#settings
    const underWay = this.#underway.counts()
    if (!this.#goesByAnswers) return { free, perHook, underWay }
    const lots = lotsOf(concurrency, underWay, (hook) => this.#speedOf(hook))
    return { free, perHook, underWay, lots, shareOf: (hook) => this.#shares.of(hook) }
  }

  /** An attempt has ended. @param startedAt milliseconds since the epoch */
  note({ hook_id, status, verdict }: AttemptResult, startedAt: number): void {
    // A fault of our own says nothing of the hook.
    if (verdict.bearing === 'none') return
    const answer = this.#clock.now() - startedAt > QUICK_MS ? 'slow' : 'quick'
    this.#shares.note(hook_id, status === null ? 'none' : answer)
  }

  /** A hook is slow while it keeps an attempt waiting, however well it answered before. */
  #speedOf(hookId: number): Speed {
    const since = this.#underway.longestSince(hookId)
    if (since !== undefined && this.#clock.now() - since > QUICK_MS) return 'slow'
    return this.#shares.speed(hookId)
  }
}
