import type { Clock } from '../../src/core/clock.ts'
import { Chance } from './chance.ts'
import { MOST_SKEW_MS } from './plan.ts'
import type { Owner } from './scheduler.ts'
import type { World } from './world.ts'

/** One run of a simulated process: its clock, its chance, and its fate. A new run after a crash is another one. */
export class Machine implements Owner {
  readonly name: string
  readonly chance: Chance
  alive = true
  frozenUntil = 0
  readonly #world: World
  readonly #skewMs: number

  constructor(world: World, name: string) {
    this.name = name
    this.#world = world
    this.chance = new Chance(world.plan.seed, name)
    this.#skewMs = this.chance.integer(-MOST_SKEW_MS, MOST_SKEW_MS)
  }

  /** What this process takes for the time. */
  readonly clock: Clock = {
    now: () => Math.floor(this.#world.now) + this.#skewMs,
    timer: (ms, callback) =>
      this.#world.scheduler.after(ms + (this.#world.stormy ? this.chance.fraction() * 3 : 0), this, callback),
  }

  freeze(ms: number): void {
    this.frozenUntil = Math.max(this.frozenUntil, this.#world.scheduler.now + ms)
    this.#world.fault('freeze', `${this.name} for ${ms} ms`)
  }

  crash(): void {
    this.alive = false
    this.#world.fault('crash', this.name)
  }

  async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.clock.timer(ms, resolve))
  }
}
