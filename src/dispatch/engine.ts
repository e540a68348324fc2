import type { Cipher } from '../core/cipher.ts'
import type { Clock } from '../core/clock.ts'
import type { Telemetry } from '../core/telemetry.ts'
import {
  fanOut,
  giveEventsBack,
  learnKeys,
  type PendingEvent,
  type PrepareContext,
  type Prepared,
} from '../events/index.ts'
import type { SignatureSettings } from '../hooks/index.ts'
import type { Transport } from '../outbound/index.ts'
import { attempt } from './attempt.ts'
import type { PayloadOption } from './body.ts'
import { type Claim, claimDue } from './claim.ts'
import { claimParked } from './claim-parked.ts'
import type { Claimed } from './claimed.ts'
import { Ended } from './ended.ts'
import { FanOutQueue } from './fan-out-queue.ts'
import { type Deliver, HAND_OVER_LEASE_MS, handOver } from './hand-over.ts'
import { LaneChanges } from './lanes.ts'
import { Leases } from './leases.ts'
import { openClaimed } from './openable.ts'
import type { ClaimContext } from './parking.ts'
import { Places } from './places.ts'
import { type AttemptResult, HANDED_OVER, keyOf, renew } from './record.ts'
import { reportAttempt, reportFailures, reportUnknown, reportUnreadable } from './report.ts'
import { follow, type SettleContext } from './settle.ts'
import { LONGEST_SLEEP_MS, type Waiting, waiting } from './waiting.ts'

export interface EngineContext extends SettleContext {
  prepare: PrepareContext
  payload: PayloadOption | undefined
  maxPayloadBytes?: number
  deliver: Deliver | undefined
  clock: Clock
  transport: Transport
  signature: SignatureSettings
  /** Reads what the database keeps encrypted. */
  cipher: Cipher
  /** Of deliveries whose hook has none of its own. */
  userAgent: string
  telemetry: Telemetry
}

/** What a turn of the engine is asked for. */
export interface TurnOptions {
  /** Breaks off the attempts that this turn begins. */
  signal?: AbortSignal | undefined
  /** Whether new deliveries may be claimed; true unless told. */
  claims?: boolean
}

/** From the end of an attempt until its result is written. */
const PROBE_SLACK_MS = 5_000
/** Deliveries that fan-out makes in one transaction: more would hold locks, and on SQLite the event loop, for too long. */
const FAN_OUT_BUDGET = 1_000

/**
 * Fans out events and delivers them, turn by turn: a turn writes the results of attempts, gives events their deliveries, and
 * claims what is due, in one transaction. Attempts, and serializers that take long, go on between turns.
 */
export class Engine {
  readonly #context: EngineContext
  readonly #wake: () => void
  readonly #queue: FanOutQueue
  readonly #ended = new Ended()
  readonly #places: Places
  readonly #leases: Leases
  readonly #instance: string
  readonly #listeners = new Set<(result: AttemptResult) => void>()
  /** Hooks whose filter cannot be read, once that is reported. */
  readonly #unreadable = new Set<number>()
  #crowdedOut: readonly number[] = []
  #claims = 0
  #contended = false
  #turning: Promise<unknown> = Promise.resolve()

  /** @param wake called when there is something for the next turn */
  constructor(context: EngineContext, wake: () => void) {
    const { settings, clock, deliver, telemetry } = context
    const { leaseMs } = settings
    this.#context = context
    this.#wake = wake
    this.#queue = new FanOutQueue(context.prepare, clock, leaseMs, telemetry)
    this.#leases = new Leases(leaseMs)
    // Handed over, it is the application's queue that meets the target.
    this.#places = new Places(settings, clock, deliver === undefined)
    this.#instance = context.random.id()
  }

  /**
   * One turn, after the one that is under way.
   *
   * @returns how long one may sleep, in milliseconds: 0 if there may be more to do at once
   */
  turn(options: TurnOptions = {}): Promise<number> {
    const turn = this.#turning.then(() => this.#turn(options))
    this.#turning = turn.catch(() => {})
    return turn
  }

  /** Resolves when no serializer runs and no attempt is under way, or when the next turn must prolong what these hold. */
  async rest(): Promise<void> {
    const settled = this.#queue.settled().then(() => this.#places.ended())
    const prolong = Promise.withResolvers<void>()
    const cancel = this.#context.clock.timer(this.#context.settings.leaseMs / 2, prolong.resolve)
    await Promise.race([settled, prolong.promise])
    cancel()
  }

  /** Resolves when no attempt is under way. */
  async attemptsEnded(): Promise<void> {
    await this.#places.ended()
  }

  /** Whether nothing is in hand, and nothing left to be written down. */
  get isEmpty(): boolean {
    return this.#ended.size === 0 && this.#queue.inHand === 0 && this.#places.taken === 0
  }

  /** Attempts under way. */
  get inFlight(): number {
    return this.#places.taken
  }

  /** Whether the last turn saw something due and came by none of it, because others have it locked at this moment. */
  get contended(): boolean {
    return this.#contended
  }

  /** Calls `listener` with each result, until the function that comes back is called. */
  onResult(listener: (result: AttemptResult) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Writes down what is known, and lets go of events in hand, so that another process may have them at once. */
  async finish(): Promise<void> {
    await this.#turning
    const context = this.#context
    const { store, clock } = context
    const ended = this.#ended
    const events = this.#queue.abandon()
    if (ended.size + events.length === 0) return
    const written = await store.write(function* () {
      const lanes = new LaneChanges()
      const now = clock.now()
      const written = yield* ended.write(context, now, lanes)
      yield* giveEventsBack(store, events)
      yield* lanes.write(store, now)
      return written
    })
    ended.forget(written)
    await follow(context, written.settled)
  }

  async #turn({ signal, claims = true }: TurnOptions): Promise<number> {
    const { store, clock } = this.#context
    const queue = this.#queue
    const look = await store.read(function* () {
      const now = clock.now()
      const found = yield* queue.find(now)
      return { found, ...(yield* waiting(store, now, queue.leasable(now))) }
    })
    const found = look.eventDue
      ? await store.write(() => queue.lease(clock.now()), { durable: false })
      : look.found
    await this.#prepare(found)

    const ready = queue.takeReady()
    let free = claims ? this.#places.free : 0
    let any = found.length > 0
    const due = look.eventDue || (free > 0 && (look.due || look.laneDue))
    if (look.laneDue && free > 0) {
      // Half of what is free at the most, so that hooks without a lane are not the last in the queue.
      const parked = await this.#claimParked(Math.ceil(free / 2))
      this.#launch(parked.claimed, signal)
      any ||= parked.claimed.length + parked.putAside > 0
      free -= parked.claimed.length
    }
    const now = clock.now()
    const leases = { events: queue.leasesDue(now), attempts: this.#leases.due(now) }
    const toWrite = ready.length + this.#ended.size + leases.events.length + leases.attempts.length
    if (toWrite > 0 || (look.due && free > 0)) {
      const progress = await this.#write(ready, free, leases, look.listened)
      this.#launch(progress.claimed, signal)
      any ||= progress.any
    }
    this.#contended = due && !any
    return any ? 0 : this.#untilNext(look.nextAt)
  }

  async #prepare(found: readonly PendingEvent[]): Promise<void> {
    const { store, logger } = this.#context
    const queue = this.#queue
    await learnKeys(this.#context.prepare, found)
    const known = queue.unknown.size
    await queue.prepare(found, this.#wake)
    const foreign = queue.takeForeign()
    if (foreign.length > 0) await store.write(() => giveEventsBack(store, foreign), { durable: false })
    if (queue.unknown.size > known) reportUnknown(logger, queue.unknown)
  }

  #untilNext(nextAt: number | undefined): number {
    const times = [nextAt, this.#leases.nextAt()].filter((at) => at !== undefined)
    if (times.length === 0) return LONGEST_SLEEP_MS
    return Math.min(Math.max(Math.min(...times) - this.#context.clock.now(), 1), LONGEST_SLEEP_MS)
  }

  async #claimParked(free: number): Promise<Claim> {
    const { store, clock } = this.#context
    const room = this.#places.room(free)
    const before = this.#crowdedOut
    let claiming: ClaimContext | undefined
    const claim = await store.write(
      () => {
        claiming = this.#claimContext(clock.now())
        return claimParked(claiming, room, before)
      },
      { durable: false },
    )
    this.#tellCancelled(claiming)
    this.#crowdedOut = claim.crowdedOut
    return claim
  }

  async #write(
    ready: readonly Prepared[],
    free: number,
    leases: { events: readonly PendingEvent[]; attempts: readonly Claimed[] },
    listened: Waiting['listened'],
  ): Promise<{ claimed: Claimed[]; any: boolean }> {
    const context = this.#context
    const { store, clock, settings, logger } = context
    const ended = this.#ended
    const queue = this.#queue
    const room = this.#places.room(free)
    let claiming: ClaimContext | undefined
    const claimContext = (now: number) => {
      claiming = this.#claimContext(now)
      return claiming
    }
    try {
      const done = await store.write(
        function* () {
          // The locks may be long in coming, so the time, and what has ended by now, are looked up when they are there: a
          // lease would be over before it began, or a delivery claimed again whose result is known.
          const now = clock.now()
          const leaseUntil = now + settings.leaseMs
          const lanes = new LaneChanges()
          const written = yield* ended.write(context, now, lanes, listened)
          yield* renew(store, leases.attempts.map(keyOf), leaseUntil)
          const events = yield* queue.renew(leases.events, now)
          const { left, parkedFor, unreadable } = yield* fanOut(store, ready, now, FAN_OUT_BUDGET)
          for (const hookId of parkedFor) {
            lanes.open(hookId)
            lanes.wake(hookId)
          }
          const claim = yield* claimDue(claimContext(now), room, lanes)
          yield* lanes.write(store, now)
          return { ...claim, written, left, unreadable, events, leaseUntil }
        },
        { durable: false },
      )
      const { claimed, putAside, written, left } = done
      ended.forget(written)
      this.#tellCancelled(claiming)
      await follow(context, written.settled)
      queue.prolonged(done.events)
      this.#leases.prolonged(leases.attempts, done.leaseUntil)
      queue.release(ready, left)
      reportFailures(logger, ready)
      this.#reportUnreadable(done.unreadable)
      const ends = written.results + written.brokenOff + written.unreadable
      const all = claimed.length + putAside + ends + ready.length
      return { claimed, any: all > 0 }
    } catch (error) {
      queue.release([], ready)
      throw error
    }
  }

  #reportUnreadable(hookIds: readonly number[]): void {
    const fresh = hookIds.filter((id) => !this.#unreadable.has(id))
    for (const id of fresh) this.#unreadable.add(id)
    if (fresh.length > 0) reportUnreadable(this.#context.logger, fresh)
  }

  #tellCancelled({ cancelled = 0 }: Pick<ClaimContext, 'cancelled'> = {}): void {
    if (cancelled > 0) this.#context.telemetry.cancelled(cancelled)
  }

  #claimContext(now: number): ClaimContext {
    const { store, fields, settings, deliver } = this.#context
    this.#claims += 1
    const token = `${this.#instance}-${this.#claims}`
    const handsOver = deliver !== undefined
    const leaseUntil = now + (handsOver ? HAND_OVER_LEASE_MS : settings.leaseMs)
    const probeUntil = Math.max(leaseUntil, now + settings.timeoutMs + PROBE_SLACK_MS)
    return { store, fields, now, lease: handsOver ? HANDED_OVER + token : token, leaseUntil, probeUntil }
  }

  #launch(claimed: readonly Claimed[], signal: AbortSignal | undefined): void {
    if (claimed.length === 0) return
    const { store, logger, clock, settings, deliver } = this.#context
    if (deliver !== undefined) {
      const { timeoutMs } = settings
      this.#places.take(0, handOver({ store, logger, clock, timeoutMs }, claimed, deliver))
      return
    }
    const { readable, unreadable } = openClaimed(this.#context, claimed)
    for (const one of unreadable) this.#ended.addUnreadable(keyOf(one))
    if (unreadable.length > 0) this.#wake()
    for (const one of readable) {
      this.#leases.add(one)
      this.#places.take(one.hook.id, this.#deliver(one, signal))
    }
  }

  async #deliver(claimed: Claimed, signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.#context
    const startedAt = clock.now()
    const result = await attempt(this.#context, claimed, signal)
    this.#leases.delete(claimed)
    if (result === undefined) this.#ended.addBrokenOff(keyOf(claimed))
    else {
      this.#places.note(result, startedAt)
      this.#ended.add(result)
      reportAttempt(this.#context.logger, result)
      for (const listener of this.#listeners) listener(result)
    }
    this.#wake()
  }
}
