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
import { FanOutQueue } from './fan-out-queue.ts'
import type { DispatchSettings } from './options.ts'
import { type AttemptResult, type GivenBack, giveBack, HANDED_OVER, record } from './record.ts'
import { reopenLanes } from './release.ts'
import { deliveryId, type PayloadFunction } from './request.ts'
import { Shares } from './shares.ts'
import { isCurrent, leave, takeOver } from './single.ts'
import { Underway } from './underway.ts'
import { waiting } from './waiting.ts'
import { within } from './within.ts'

export interface DispatcherContext {
  store: Store
  fields: FieldDefinitions
  settings: DispatchSettings
  prepare: PrepareContext
  payload: PayloadFunction | undefined
  /** The option `hook.deliver`: takes over deliveries by their ids, instead of a POST from here. */
  deliver: ((ids: string[]) => unknown) | undefined
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
/** A hand-over that failed is tried again after this long. */
const HAND_OVER_AGAIN_MS = 5_000
/** How long a delivery that was handed over may take before it is handed over again. */
const HAND_OVER_LEASE_MS = 15 * 60_000

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
  readonly #results: AttemptResult[] = []
  readonly #brokenOff: GivenBack[] = []
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
    if (
      ready.length === 0 &&
      this.#results.length === 0 &&
      this.#brokenOff.length === 0 &&
      !(due && free > 0)
    ) {
      return this.#untilNext(nextAt)
    }
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
    const allResults = this.#results
    const allBrokenOff = this.#brokenOff
    const leaseMs = deliver === undefined ? settings.leaseMs : HAND_OVER_LEASE_MS
    const token = deliver === undefined ? this.#token() : HANDED_OVER + this.#token()
    const room = this.#room(free)
    try {
      // The lock may be long in coming, so the time, and what has ended by now, are looked up when it is there: a lease
      // would be over before it began, or a delivery claimed again whose result is known.
      const { claimed, putAside, results, brokenOff, left } = await store.write(
        function* () {
          const now = clock.now()
          const results = [...allResults]
          const brokenOff = [...allBrokenOff]
          yield* record(store, results, now)
          yield* giveBack(store, brokenOff, now)
          const left = yield* fanOut(store, ready, now, FAN_OUT_BUDGET)
          const context = { store, fields, now, lease: token, leaseUntil: now + leaseMs }
          return { ...(yield* claim(context, room)), results, brokenOff, left }
        },
        { durable: false },
      )
      allResults.splice(0, results.length)
      allBrokenOff.splice(0, brokenOff.length)
      this.#queue.release(ready, left)
      this.#reportFailures(ready)
      const done = claimed.length + putAside + results.length + brokenOff.length + ready.length
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
    if (this.#context.deliver !== undefined) {
      this.#underway.add(0, this.#handOver(claimed, this.#context.deliver))
      return
    }
    for (const one of claimed) this.#underway.add(one.hook.id, this.#deliver(one, signal))
  }

  async #deliver(claimed: Claimed, signal: AbortSignal | undefined): Promise<void> {
    const result = await attempt(this.#context, claimed, signal)
    if (result === undefined) this.#brokenOff.push(keyOf(claimed))
    else {
      this.#shares.note(claimed.hook.id, result.status !== null)
      this.#results.push(result)
    }
    this.#alarm.ring()
  }

  async #handOver(claimed: readonly Claimed[], deliver: (ids: string[]) => unknown): Promise<void> {
    const { store, logger, clock, settings } = this.#context
    try {
      const ids = claimed.map(({ uid, hook }) => deliveryId(uid, hook.id))
      await within(clock, settings.timeoutMs, 'hook.deliver', async () => deliver(ids))
    } catch (error) {
      logger.error({ err: error, deliveries: claimed.length }, 'hook.deliver failed; it is called again')
      const dueAt = clock.now() + HAND_OVER_AGAIN_MS
      await store.write(() => giveBack(store, claimed.map(keyOf), dueAt)).catch(() => {})
    }
  }

  /** Delivers everything that is due by now, and returns when nothing is left that could be done without waiting. */
  async drain(): Promise<void> {
    for (;;) {
      const sleep = await this.turn()
      await this.#queue.settled()
      await this.#underway.ended()
      const unfinished = this.#results.length + this.#brokenOff.length + this.#queue.inHand
      if (sleep > 0 && unfinished === 0) return
    }
  }

  async #writeRest(): Promise<void> {
    if (this.#results.length + this.#brokenOff.length === 0) return
    const { store, clock } = this.#context
    const results = this.#results.splice(0)
    const brokenOff = this.#brokenOff.splice(0)
    await store.write(function* () {
      yield* record(store, results, clock.now())
      yield* giveBack(store, brokenOff, clock.now())
    })
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

function keyOf({ hook, seq, lease }: Claimed): GivenBack {
  return { hook_id: hook.id, event_seq: seq, lease }
}
