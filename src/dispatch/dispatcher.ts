import type { Watch } from '../store/watch.ts'
import { Alarm } from './alarm.ts'
import { contention, type Drained, drain } from './drain.ts'
import { Engine, type EngineContext } from './engine.ts'
import { reopenLanes } from './release.ts'
import { isCurrent, leave, takeOver } from './single.ts'

export interface DispatcherContext extends EngineContext {
  /** Called when it stops, also because another copy of the module takes over. */
  onStop?: () => void
}

/** Under load there are this many milliseconds between two transactions: few and large ones disturb the application less. */
const SPACING_MS = 4
const LONGEST_INTERVAL_MS = 2 ** 31 - 1
const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 10_000

/** Runs the engine in this process: as long as the process lives, or once until nothing is left. */
export class Dispatcher {
  readonly #context: DispatcherContext
  readonly #alarm = new Alarm()
  readonly #engine: Engine
  #run: Run | undefined
  /** Which call of start() is the last one, unless stop() has come after it. */
  #wanted: symbol | undefined
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined
  #turnedAt = 0

  constructor(context: DispatcherContext) {
    this.#context = context
    this.#engine = new Engine(context, () => this.#alarm.ring())
  }

  get running(): boolean {
    return this.#run !== undefined
  }

  /** Attempts under way. */
  get inFlight(): number {
    return this.#engine.inFlight
  }

  /** When the loop was last seen to turn, in milliseconds since the epoch. */
  get turnedAt(): number {
    return this.#turnedAt
  }

  /** Starts delivering. Another dispatcher of the same database in this process is ended first. */
  start(): Promise<void> {
    const wanted = Symbol('start')
    this.#wanted = wanted
    const starting = this.#start(wanted).finally(() => {
      if (this.#starting === starting) this.#starting = undefined
    })
    this.#starting = starting
    return starting
  }

  async #start(wanted: symbol): Promise<void> {
    const { store, logger, clock } = this.#context
    await this.#stopping
    await store.open()
    await store.write(() => reopenLanes(store, clock.now()), { durable: false })
    // The database may take its time; meanwhile somebody may have called stop(), or start() a second time.
    if (this.#wanted !== wanted || this.#run !== undefined) return
    if (await takeOver(store.name, this)) {
      logger.info({ database: store.name }, 'took over from another dispatcher in this process')
    }
    if (!isCurrent(store.name, this) || this.#run !== undefined) return
    if (this.#wanted !== wanted) return leave(store.name, this)
    const abort = new AbortController()
    const run: Run = {
      abort,
      watch: store.watch(() => this.#alarm.ring()),
      loop: Promise.resolve(),
      // All other timers let the process end. A process whose only work is to deliver must live until stop().
      alive: setInterval(() => {}, LONGEST_INTERVAL_MS),
    }
    this.#run = run
    this.#turnedAt = clock.now()
    run.loop = this.#loop(run)
    logger.info({ database: store.name }, 'the dispatcher has started')
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
    this.#wanted = undefined
    const run = this.#run
    if (run === undefined) return this.#stopping ?? this.#starting?.catch(() => {}) ?? Promise.resolve()
    this.#run = undefined
    this.#context.onStop?.()
    this.#stopping = this.#stop(run).finally(() => {
      this.#stopping = undefined
    })
    return this.#stopping
  }

  async #stop({ loop, abort, watch, alive }: Run): Promise<void> {
    const { clock, settings, store, logger } = this.#context
    watch.end()
    this.#alarm.ring()
    await loop
    const cancel = clock.timer(settings.timeoutMs, () => abort.abort())
    await this.#engine.attemptsEnded()
    cancel()
    try {
      await this.#engine.finish()
    } catch (error) {
      logger.error(
        { err: error },
        'the last attempts could not be written down; they are made again when their leases end',
      )
    } finally {
      clearInterval(alive)
      leave(store.name, this)
      logger.info({ database: store.name }, 'the dispatcher has stopped')
    }
  }

  async #loop(run: Run): Promise<void> {
    const { clock, logger } = this.#context
    let backoff = 0
    while (this.#run === run) {
      const startedAt = clock.now()
      this.#turnedAt = startedAt
      try {
        const sleep = await this.turn(run.abort.signal)
        backoff = 0
        if (this.#run !== run) break
        const longest = run.watch.looked(sleep === 0)
        if (sleep > 0) await this.#alarm.sleep(clock, Math.min(sleep, longest))
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
    while (this.#run === run && clock.now() < end) {
      await this.#alarm.sleep(clock, end - clock.now())
      this.#turnedAt = clock.now()
    }
  }

  async #space(startedAt: number): Promise<void> {
    const { clock } = this.#context
    const rest = startedAt + SPACING_MS - clock.now()
    if (rest > 0) await new Promise<void>((resolve) => clock.timer(rest, resolve))
    else await new Promise(setImmediate)
  }

  /** One turn by hand. @returns how long one may sleep, in milliseconds: 0 if there may be more to do at once */
  turn(signal?: AbortSignal): Promise<number> {
    return this.#engine.turn({ signal })
  }

  /** Delivers everything that is due by now, and returns when nothing is left that could be done without waiting. */
  async flush(): Promise<void> {
    for (;;) {
      const sleep = await this.turn()
      await this.#engine.rest()
      if (this.#engine.contended) await contention()
      else if (sleep > 0 && this.#engine.isEmpty) return
    }
  }

  /** Delivers what is due, for so long at the most; it needs no running dispatcher. */
  async drain(deadlineMs: number): Promise<Drained> {
    const { store, clock, settings } = this.#context
    await store.open()
    if (this.#run === undefined) {
      await store.write(() => reopenLanes(store, clock.now()), { durable: false })
    }
    return await drain(this.#engine, { clock, deadlineMs, timeoutMs: settings.timeoutMs })
  }
}

interface Run {
  loop: Promise<void>
  abort: AbortController
  watch: Watch
  alive: NodeJS.Timeout
}
