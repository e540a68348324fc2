import type { Clock } from '../../src/core/clock.ts'
import { problem } from '../../src/core/errors.ts'
import type { Store } from '../../src/store/store.ts'
import type { Watch } from '../../src/store/watch.ts'
import type { Work } from '../../src/store/work.ts'
import { type Database, queries } from './database.ts'
import type { Machine } from './machine.ts'
import type { World } from './world.ts'

/** The longest that a watcher sleeps without being called. */
const LOOK_MS = 1_000

/**
 * A process's way to the database: every transaction takes time before and after, may fail, and its answer may be lost.
 *
 * With `locks: 'rows'` it stands for a server: what was sent runs there, whether or not its sender lives. With `'database'`
 * it stands for SQLite: the transaction is a call in the process, which waits with it while it is frozen.
 */
export class SimulatedStore implements Store {
  readonly dialect = 'sqlite'
  readonly schema = undefined
  readonly db = queries
  readonly applicationDb = queries
  readonly name: string
  readonly locks: 'database' | 'rows'
  readonly clock: Clock
  readonly #world: World
  readonly #database: Database
  readonly #machine: Machine
  readonly #watchers: Map<Machine, () => void>

  constructor(world: World, database: Database, machine: Machine, watchers: Map<Machine, () => void>) {
    this.name = `simulation/${world.plan.seed}/${machine.name}`
    this.locks = world.plan.locks
    this.clock = machine.clock
    this.#world = world
    this.#database = database
    this.#machine = machine
    this.#watchers = watchers
  }

  open(): Promise<void> {
    return this.#ask('open', () => {})
  }

  read<T>(work: () => Work<T>): Promise<T> {
    return this.#ask('read', () => this.#database.read(work))
  }

  async write<T>(work: () => Work<T>): Promise<T> {
    return await this.transaction((repeat) => this.#database.write(this.#machine, work, repeat))
  }

  /** A transaction of the application's own is subject to the same faults. */
  transaction<T>(run: (repeat: boolean) => T): Promise<T> {
    const { plan } = this.#world
    return this.#ask('write', () => {
      const value = run(this.#world.stormy && this.#machine.chance.happens(plan.repeated))
      this.#callWatchers()
      return value
    })
  }

  watch(listener: () => void): Watch {
    this.#watchers.set(this.#machine, listener)
    return { looked: () => LOOK_MS, end: () => void this.#watchers.delete(this.#machine) }
  }

  migrate(): Promise<void> {
    return Promise.resolve()
  }

  planMigration(): Promise<string[]> {
    return Promise.resolve([])
  }

  verify(): void {}

  explain(error: unknown): unknown {
    return error
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #ask<T>(kind: string, run: () => T): Promise<T> {
    const { scheduler, plan } = this.#world
    const machine = this.#machine
    const where = this.locks === 'rows' ? undefined : machine
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const answer = (act: () => void) => void scheduler.after(this.#latency(), machine, act)
    scheduler.after(this.#latency(), where, () => {
      const { chance } = machine
      const { stormy } = this.#world
      if (stormy && chance.happens(plan.failsBefore)) {
        this.#world.fault('refused', `${machine.name} ${kind}`)
        answer(() => reject(this.#error('the transaction did not begin')))
        return
      }
      let value: T
      try {
        value = run()
      } catch (error) {
        this.#world.log(`${machine.name} ${kind} threw: ${error}`)
        answer(() => reject(error as Error))
        return
      }
      if (!stormy) return answer(() => resolve(value))
      if (kind === 'write' && chance.happens(0.01))
        machine.freeze(chance.integer(50, 2 * plan.settings.leaseMs))
      if (kind !== 'open' && chance.happens(plan.answerLost)) {
        this.#world.fault('answer lost', `${machine.name} ${kind}`)
        answer(() => reject(this.#error('the connection was lost')))
      } else answer(() => resolve(value))
    })
    return promise
  }

  #latency(): number {
    const { chance } = this.#machine
    const { stormy, plan } = this.#world
    if (stormy && chance.happens(plan.slow))
      return chance.integer(20, Math.round(1.5 * plan.settings.leaseMs))
    return chance.fraction() * 4
  }

  #error(what: string): Error {
    return problem(this.locks === 'rows' ? 'database_unavailable' : 'database_busy', { problem: what })
  }

  /** Somebody else's commit is noticed soon, or not at all. */
  #callWatchers(): void {
    const { scheduler, stormy } = this.#world
    for (const [machine, listener] of this.#watchers) {
      if (machine === this.#machine && this.locks === 'database') continue
      if (machine.chance.happens(stormy ? 0.6 : 0.3)) continue
      scheduler.after(machine.chance.fraction() * 20, machine, listener)
    }
  }
}
