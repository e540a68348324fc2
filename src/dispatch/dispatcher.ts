import type { Clock } from '../core/clock.ts'
import type { Logger } from '../core/logger.ts'
import type { Random } from '../core/random.ts'
import { fanOut, type PrepareContext, type Prepared } from '../events/index.ts'
import type { FieldDefinitions } from '../hooks/index.ts'
import type { Transport } from '../outbound/index.ts'
import type { Store } from '../store/store.ts'
import { Alarm } from './alarm.ts'
import type { Room } from './allowance.ts'
import { attempt } from './attempt.ts'
import { type Claimed, claim } from './claim.ts'
import { Ended } from './ended.ts'
import { FanOutQueue } from './fan-out-queue.ts'
import { type Deliver, HAND_OVER_LEASE_MS, handOver } from './hand-over.ts'
import type { DispatchSettings } from './options.ts'
import { HANDED_OVER, keyOf } from './record.ts'
import { reopenLanes } from './release.ts'
import type { PayloadFunction } from './request.ts'
import { Shares } from './shares.ts'
import { isCurrent, leave, takeOver } from './single.ts'
import { Underway } from './underway.ts'
import { waiting } from './waiting.ts'

export interface DispatcherContext {
  store: Store
  fields: FieldDefinitions
  settings: DispatchSettings
  prepare: PrepareContext
  payload: PayloadFunction | undefined
  deliver: Deliver | undefined
  clock: Clock
  random: Random
  logger: Logger
  transport: Transport
  /** Called when it stops, also because another copy of the module takes over. */
  onStop?: () => void
}

/** Deliveries that fan-out makes in one transaction: more would hold the lock, and the event loop, for too long. */
const FAN_OUT_BUDGET = 1_000
/** Under load there are this many milliseconds between two transactions: few and large ones disturb the application less. */
const SPACING_MS = 4
/** Nobody calls after a fault elsewhere, so look by oneself from time to time. */
const LONGEST_SLEEP_MS = 1_000
const LONGEST_INTERVAL_MS = 2 ** 31 - 1
const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 10_000

/**
 * Fans out events and delivers them. Each turn is one transaction that writes the results of attempts, gives events their
 * deliveries, and claims what is due; the attempts go on between turns.
 */
export class Dispatcher {
  readonly #context: DispatcherContext
  readonly #queue: FanOutQueue
  readonly #alarm = new Alarm()
  readonly #underway = new Underway()
  readonly #shares: Shares
  readonly #instance: string
  #claims = 0
  readonly #ended = new Ended()
  #run: Run | undefined
  #stopping: Promise<void> | undefined
  #turning: Promise<unknown> = Promise.resolve()

  constructor(context: DispatcherContext) {
    this.#context = context
    this.#queue = new FanOutQueue(context.prepare, context.clock)
    this.#shares = new Shares(context.settings.concurrencyPerHook)
    this.#instance = context.random.id()
  }

  get running(): boolean {
    return this.#run !== undefined
  }

  /** Starts delivering. Another dispatcher of the same database in this process is ended first. */
  async start(): Promise<void> {
    const { store, logger } = this.#context
    await this.#stopping
    await store.open()
    await store.write(() => reopenLanes(store, this.#context.clock.now()), { durable: false })
    if (this.#run !== undefined) return
    if (await takeOver(store.name, this)) {
      logger.info({ database: store.name }, 'took over from another dispatcher in this process')
    }
    // Meanwhile somebody may have taken over from here, or have called start() a second time.
    if (!isCurrent(store.name, this) || this.#run !== undefined) return
    const abort = new AbortController()
    const run: Run = {
      abort,
      unwatch: store.watch(() => this.#alarm.ring()),
      loop: Promise.resolve(),
      // All other timers let the process end. A process whose only work is to deliver must live until stop().
      alive: setInterval(() => {}, LONGEST_INTERVAL_MS),
    }
    this.#run = run
    run.loop = this.#loop(run)
  }

  /** There may be something to do. */
  wake(): void {
    this.#alarm.ring()
  }

  /**
   * Stops: attempts under way are finished and written down; what does not finish within the time of one attempt is broken
   * off and given back.
   */
  stop(): Promise<void> {
    const run = this.#run
    if (run === undefined) return this.#stopping ?? Promise.resolve()
    this.#run = undefined
    this.#context.onStop?.()
    this.#stopping = this.#stop(run).finally(() => {
      this.#stopping = undefined
    })
    return this.#stopping
  }

  async #stop({ loop, abort, unwatch, alive }: Run): Promise<void> {
    const { clock, settings, store, logger } = this.#context
    unwatch()
    this.#alarm.ring()
    await loop
    const cancel = clock.timer(settings.timeoutMs, () => abort.abort())
    await this.#underway.ended()
    cancel()
    try {
      await this.#writeRest()
    } catch (error) {
      logger.error(
        { err: error },
        'the last attempts could not be written down; they are made again when their leases end',
      )
    } finally {
      clearInterval(alive)
      leave(store.name, this)
    }
  }

  async #loop(run: Run): Promise<void> {
    const { clock, logger } = this.#context
    let backoff = 0
    while (this.#run === run) {
      const startedAt = clock.now()
      try {
        const sleep = await this.turn(run.abort.signal)
        backoff = 0
        if (this.#run !== run) break
        if (sleep > 0) await this.#alarm.sleep(clock, sleep)
        else await this.#space(startedAt)
      } catch (error) {
        backoff = Math.min(Math.max(backoff * 2, FIRST_BACKOFF_MS), LONGEST_BACKOFF_MS)
        logger.error({ err: error, retryInMs: backoff }, 'a turn of the dispatcher failed; nothing is lost')
        await this.#pause(backoff, run)
      }
    }
  }

  /** Waits, whoever rings, unless the dispatcher is stopped. */
  async #pause(ms: number, run: Run): Promise<void> {
    const { clock } = this.#context
    const end = clock.now() + ms
    while (this.#run === run && clock.now() < end) await this.#alarm.sleep(clock, end - clock.now())
  }

  async #space(startedAt: number): Promise<void> {
    const { clock } = this.#context
    const rest = startedAt + SPACING_MS - clock.now()
    if (rest > 0) await new Promise<void>((resolve) => clock.timer(rest, resolve))
    else await new Promise(setImmediate)
  }

  /**
   * One turn, after the one that is under way.
   *
   * @returns how long one may sleep: 0 if there may be more to do at once
   */
  turn(signal?: AbortSignal): Promise<number> {
    const turn = this.#turning.then(() => this.#turn(signal))
    this.#turning = turn.catch(() => {})
    return turn
  }

  async #turn(signal: AbortSignal | undefined): Promise<number> {
    const { store, clock } = this.#context
    const queue = this.#queue
    const now = clock.now()
    const { found, due, nextAt } = await store.read(function* () {
      const found = yield* queue.find(now)
      return { found, ...(yield* waiting(store, now)) }
    })
    const known = queue.unknown.size
    await queue.prepare(found, () => this.#alarm.ring())
    if (queue.unknown.size > known) this.#reportUnknown()

    const ready = queue.takeReady()
    const free = this.#context.settings.concurrency - this.#underway.size
    if (ready.length === 0 && this.#ended.size === 0 && !(due && free > 0)) return this.#untilNext(nextAt)
    const progress = await this.#write(ready, Math.max(free, 0))
    this.#launch(progress.claimed, signal)
    return progress.any ? 0 : this.#untilNext(nextAt)
  }

  #untilNext(nextAt: number | undefined): number {
    if (nextAt === undefined) return LONGEST_SLEEP_MS
    return Math.min(Math.max(nextAt - this.#context.clock.now(), 1), LONGEST_SLEEP_MS)
  }

  async #write(ready: readonly Prepared[], free: number): Promise<{ claimed: Claimed[]; any: boolean }> {
    const { store, fields, settings, clock, deliver } = this.#context
    const ended = this.#ended
    const leaseMs = deliver === undefined ? settings.leaseMs : HAND_OVER_LEASE_MS
    const token = deliver === undefined ? this.#token() : HANDED_OVER + this.#token()
    const room = this.#room(free)
    try {
      // The lock may be long in coming, so the time, and what has ended by now, are looked up when it is there: a lease
      // would be over before it began, or a delivery claimed again whose result is known.
      const { claimed, putAside, written, left } = await store.write(
        function* () {
          const now = clock.now()
          const written = yield* ended.write(store, now)
          const left = yield* fanOut(store, ready, now, FAN_OUT_BUDGET)
          const context = { store, fields, now, lease: token, leaseUntil: now + leaseMs }
          return { ...(yield* claim(context, room)), written, left }
        },
        { durable: false },
      )
      ended.forget(written)
      this.#queue.release(ready, left)
      this.#reportFailures(ready)
      const done = claimed.length + putAside + written.results + written.brokenOff + ready.length
      return { claimed, any: done > 0 }
    } catch (error) {
      this.#queue.release([], ready)
      throw error
    }
  }

  #room(free: number): Room {
    const { settings, deliver } = this.#context
    const underWay = this.#underway.byHook
    const perHook = settings.concurrencyPerHook
    // Handed over, it is the application's queue that meets the target.
    if (deliver !== undefined) return { free, perHook, underWay }
    const shares = this.#shares
    const silent = [...underWay].reduce(
      (total, [hook, count]) => total + (shares.isSilent(hook) ? count : 0),
      0,
    )
    return {
      free,
      perHook,
      underWay,
      shareOf: (hook) => shares.of(hook),
      isSilent: (hook) => shares.isSilent(hook),
      // The other half is for hooks that answer.
      freeForSilent: Math.ceil(settings.concurrency / 2) - silent,
    }
  }

  #launch(claimed: readonly Claimed[], signal: AbortSignal | undefined): void {
    if (claimed.length === 0) return
    const { store, logger, clock, settings, deliver } = this.#context
    if (deliver !== undefined) {
      const { timeoutMs } = settings
      this.#underway.add(0, handOver({ store, logger, clock, timeoutMs }, claimed, deliver))
      return
    }
    for (const one of claimed) this.#underway.add(one.hook.id, this.#deliver(one, signal))
  }

  async #deliver(claimed: Claimed, signal: AbortSignal | undefined): Promise<void> {
    const result = await attempt(this.#context, claimed, signal)
    if (result === undefined) this.#ended.addBrokenOff(keyOf(claimed))
    else {
      this.#shares.note(claimed.hook.id, result.status !== null)
      this.#ended.add(result)
    }
    this.#alarm.ring()
  }

  /** Delivers everything that is due by now, and returns when nothing is left that could be done without waiting. */
  async drain(): Promise<void> {
    for (;;) {
      const sleep = await this.turn()
      await this.#queue.settled()
      await this.#underway.ended()
      if (sleep > 0 && this.#ended.size === 0 && this.#queue.inHand === 0) return
    }
  }

  async #writeRest(): Promise<void> {
    if (this.#ended.size === 0) return
    const { store, clock } = this.#context
    this.#ended.forget(await store.write(() => this.#ended.write(store, clock.now())))
  }

  #token(): string {
    this.#claims += 1
    return `${this.#instance}-${this.#claims}`
  }

  #reportFailures(prepared: readonly Prepared[]): void {
    for (const one of prepared) {
      if (one.outcome !== 'failed') continue
      const { uid: id, name } = one.event
      const message = `the data of an event "${name}" could not be made; it is tried again: ${one.error}`
      this.#context.logger.error({ event: name, id, error: one.error }, message)
    }
  }

  #reportUnknown(): void {
    const names = [...this.#queue.unknown].join(', ')
    this.#context.logger.warn(
      { events: [...this.#queue.unknown] },
      `events wait that this process's catalog does not know: ${names}; a process with a newer catalog can deliver them`,
    )
  }
}

interface Run {
  loop: Promise<void>
  abort: AbortController
  unwatch: () => void
  alive: NodeJS.Timeout
}
