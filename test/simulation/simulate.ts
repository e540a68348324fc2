import { defineCatalog } from '../../src/catalog/index.ts'
import { noCipher } from '../../src/core/cipher.ts'
import { silentLogger } from '../../src/core/logger.ts'
import { noTelemetry } from '../../src/core/telemetry.ts'
import { Dispatcher, releaseParked } from '../../src/dispatch/index.ts'
import { everyone, Listeners, send } from '../../src/events/index.ts'
import { createHookRegistry, defineFields, signatureSettings } from '../../src/hooks/index.ts'
import { createAddressPolicy } from '../../src/outbound/index.ts'
import { Chance } from './chance.ts'
import { Database, type Sabotage } from './database.ts'
import { Machine } from './machine.ts'
import { type Plan, planOf } from './plan.ts'
import { SimulatedStore } from './simulated-store.ts'
import { SimulatedTransport } from './simulated-transport.ts'
import { Witness } from './witness.ts'
import { World } from './world.ts'

export interface Outcome {
  plan: Plan
  violations: string[]
  trace: string[]
  faults: ReadonlyMap<string, number>
  events: number
  deliveries: number
  posts: number
  /** POSTs beyond the first that was answered well. */
  duplicates: number
  /** How long it took, in virtual milliseconds. */
  elapsedMs: number
}

const CATALOG = defineCatalog({ events: { 'book.read': null, 'user.moved': null } })
const NAMES = ['book.read', 'user.moved'] as const
const OWNERS = ['1', '2'] as const
const FIELDS = defineFields(undefined)
const POLICY = createAddressPolicy({})
/** How long everything may take to come to rest when no more faults happen: many times what any wait can add up to. */
const CALM_MS = 60_000

/** Runs one simulation from its first to its last moment. The same seed does the same. */
export async function simulate(seed: number, sabotage: Sabotage = (sql) => sql): Promise<Outcome> {
  return await new Simulation(planOf(seed), sabotage).run()
}

class Simulation {
  readonly #world: World
  readonly #database: Database
  readonly #watchers = new Map<Machine, () => void>()
  readonly #witness: Witness
  readonly #chance: Chance
  readonly #application: Machine
  readonly #store: SimulatedStore
  readonly #registry
  readonly #running: (Running | undefined)[] = []
  readonly #hookIds: number[] = []
  /** What became of each event that was written, by its number. */
  readonly #written = new Map<number, 'committed' | 'rolled back' | 'unknown'>()
  #writers = 0
  /** Processes that are to stop: frozen ones take a while. */
  #stopping = 0

  constructor(plan: Plan, sabotage: Sabotage) {
    const world = new World(plan)
    this.#world = world
    this.#database = new Database(sabotage)
    this.#witness = new Witness(world, this.#database)
    this.#chance = new Chance(plan.seed, 'fate')
    const application = new Machine(world, 'application')
    const store = new SimulatedStore(world, this.#database, application, this.#watchers)
    this.#application = application
    this.#store = store
    const { clock, chance: random } = application
    const onChange = (change: Parameters<typeof releaseParked>[1]) =>
      releaseParked(store, change, clock.now())
    this.#registry = createHookRegistry({
      store,
      catalog: CATALOG,
      policy: POLICY,
      clock,
      random,
      fields: FIELDS,
      onChange,
    })
  }

  async run(): Promise<Outcome> {
    const world = this.#world
    const { plan, scheduler } = world
    let finished = false
    const failed = (error: unknown) =>
      world.violated(`the simulation failed: ${(error as Error)?.stack ?? error}`)
    scheduler.after(0, this.#application, () => {
      this.#play().then(() => {
        finished = true
      }, failed)
    })
    const over = () => finished || world.violations.length > 0
    if (!(await scheduler.run(plan.stormMs + CALM_MS, over))) {
      const left = this.#witness.unfinished()
      world.violated(`it did not come to rest: ${left.length === 0 ? 'a promise hangs' : left.join('; ')}`)
    }
    if (finished) this.#checkEnd()
    this.#database.handle.close()
    const { posts, accepted, state } = this.#witness
    return {
      plan,
      violations: world.violations,
      trace: world.trace,
      faults: world.faults,
      events: state.events.size,
      deliveries: state.deliveries.size,
      posts: [...posts.values()].reduce((sum, count) => sum + count, 0),
      duplicates: [...accepted.values()].reduce((sum, count) => sum + count - 1, 0),
      elapsedMs: scheduler.now,
    }
  }

  async #play(): Promise<void> {
    const world = this.#world
    const { plan } = world
    const application = this.#application
    world.stormy = false
    for (let index = 0; index < plan.targets.length; index += 1) await this.#createHook(index)
    world.stormy = true
    for (let index = 0; index < plan.processes; index += 1) this.#start(index, 0)
    for (let number = 1; number <= plan.events; number += 1) {
      const at = this.#chance.fraction() * plan.stormMs * 0.9
      this.#writers += 1
      world.scheduler.after(at, application, () => {
        void this.#writeEvent(number).finally(() => {
          this.#writers -= 1
        })
      })
    }
    this.#every(plan.changeEveryMs, () => void this.#changeHook())
    this.#every(plan.freezeEveryMs, () => this.#freeze())
    this.#every(plan.crashEveryMs, () => this.#crash())

    await application.pause(plan.stormMs)
    world.stormy = false
    world.calmSince = world.scheduler.now
    world.log('the faults are over')
    // Whoever is started heals some things, so that the last starts come before the last faults: see `#crash`.
    for (const id of this.#hookIds) {
      const open = this.#witness.state.hooks.get(id)?.deleted_at === null
      if (open && !this.#chance.happens(0.1)) await this.#registry.enable(id)
    }
    while (this.#writers + this.#stopping > 0 || this.#witness.unfinished().length > 0)
      await application.pause(50)
    world.log('everything is at rest')
    await Promise.all(this.#running.map(async (running) => await running?.dispatcher.stop()))
  }

  /** Calls `act` again and again, at irregular times, as long as faults happen. */
  #every(meanMs: number, act: () => void): void {
    this.#world.scheduler.after(meanMs * (0.3 + 1.4 * this.#chance.fraction()), undefined, () => {
      if (!this.#world.stormy) return
      act()
      this.#every(meanMs, act)
    })
  }

  async #createHook(index: number): Promise<void> {
    const owner = OWNERS[index % OWNERS.length] ?? '1'
    const target = `https://target.example.com/${index}`
    // The first hook of each owner hears of everything and stays, so that somebody always listens.
    const events = index < OWNERS.length || this.#chance.happens(0.5) ? NAMES : [this.#chance.pick(NAMES)]
    const { id } = await this.#registry.create({ owner, target, events })
    this.#hookIds.push(id)
  }

  #start(index: number, run: number): void {
    const world = this.#world
    const machine = new Machine(world, `worker-${index}.${run}`)
    const store = new SimulatedStore(world, this.#database, machine, this.#watchers)
    const dispatcher = new Dispatcher({
      store,
      fields: FIELDS,
      settings: world.plan.settings,
      catalog: CATALOG,
      listeners: new Listeners(silentLogger),
      telemetry: noTelemetry,
      retire: async () => {},
      prepare: { store, catalog: CATALOG, find: undefined, db: store.applicationDb as never },
      payload: undefined,
      signature: signatureSettings(),
      cipher: noCipher,
      deliver: undefined,
      clock: machine.clock,
      random: machine.chance,
      logger: silentLogger,
      transport: new SimulatedTransport(world, machine, this.#witness),
      userAgent: 'hookwright',
    })
    this.#running[index] = { machine, dispatcher, run }
    world.log(`${machine.name} starts`)
    const start = async (): Promise<void> => {
      for (;;) {
        try {
          await dispatcher.start()
          return
        } catch (error) {
          world.log(`${machine.name} could not start: ${(error as Error).message}`)
          await machine.pause(20)
          // Stopped meanwhile.
          if (this.#running[index]?.machine !== machine) return
        }
      }
    }
    world.scheduler.after(0, machine, () => void start())
  }

  #freeze(): void {
    const running = this.#chance.pick(this.#running)
    const { leaseMs } = this.#world.plan.settings
    running?.machine.freeze(this.#chance.integer(10, 3 * leaseMs))
  }

  /** None in the last third: a start repairs lanes, and would hide that they are lost. */
  #crash(): void {
    const world = this.#world
    if (world.scheduler.now > world.plan.stormMs * 0.66) return
    const index = this.#chance.integer(0, this.#running.length - 1)
    const running = this.#running[index]
    if (running === undefined) return
    const again = () => this.#start(index, running.run + 1)
    if (this.#chance.happens(0.3)) {
      world.fault('stop', running.machine.name)
      this.#running[index] = undefined
      this.#stopping += 1
      world.scheduler.after(0, running.machine, () => {
        void running.dispatcher.stop().then(() => {
          this.#stopping -= 1
          again()
        })
      })
      return
    }
    running.machine.crash()
    this.#watchers.delete(running.machine)
    this.#witness.gone(running.machine)
    this.#running[index] = undefined
    world.scheduler.after(this.#chance.integer(0, 300), undefined, again)
  }

  async #changeHook(): Promise<void> {
    const registry = this.#registry
    // The first of each owner are never deleted.
    const index = this.#chance.integer(0, this.#hookIds.length - 1)
    const id = this.#hookIds[index] ?? 0
    const kind = this.#chance.pick([
      'disable',
      'disable',
      'enable',
      'enable',
      'rotate',
      'delete',
      'create',
    ] as const)
    this.#world.log(`the application: ${kind} hook ${id}`)
    try {
      if (kind === 'disable') await registry.disable(id)
      else if (kind === 'enable') await registry.enable(id)
      else if (kind === 'rotate') await registry.rotateSecret(id)
      else if (kind === 'create') await this.#createHook(this.#hookIds.length)
      else if (index >= OWNERS.length) await registry.delete(id)
    } catch (error) {
      this.#world.log(`the application: ${kind} failed: ${(error as Error).message}`)
    }
  }

  async #writeEvent(number: number): Promise<void> {
    const store = this.#store
    const { clock, chance: random } = this.#application
    const context = {
      store,
      catalog: CATALOG,
      clock,
      random,
      telemetry: noTelemetry,
      capture: undefined as never,
      wake: () => {},
    }
    const name = this.#chance.pick(NAMES)
    const owner = this.#chance.happens(0.3) ? everyone : this.#chance.pick(OWNERS)
    const within = this.#chance.pick(['alone', 'commit', 'roll back'] as const)
    this.#written.set(number, 'unknown')
    try {
      if (within === 'alone') await send(context, name, { number }, { owner })
      else {
        const tx = this.#database.handle
        const write = () => void send(context, name, { number }, { owner, tx })
        const rollBack = () => {
          write()
          throw new Error('the application changed its mind')
        }
        await store.transaction(() =>
          this.#database.transaction(this.#application, within === 'commit' ? write : rollBack),
        )
      }
      this.#written.set(number, 'committed')
    } catch {
      if (within === 'roll back') this.#written.set(number, 'rolled back')
    }
  }

  #checkEnd(): void {
    const world = this.#world
    const { state, posts, accepted, heardBy, loggedBy } = this.#witness
    const numbers = [...state.events.values()].map(
      ({ data }) => (JSON.parse(data) as { number: number }).number,
    )
    for (const [number, fate] of this.#written) {
      const count = numbers.filter((one) => one === number).length
      const right = fate === 'committed' ? count === 1 : fate === 'rolled back' ? count === 0 : count <= 1
      world.require(right, () => `event ${number} was ${fate} and is there ${count} times`)
    }
    const logged = this.#database.handle
      .prepare('SELECT event_seq, hook_id, count(*) AS n FROM hookwright_attempt GROUP BY 1, 2')
      .all() as { event_seq: number; hook_id: number; n: number }[]
    const attempts = new Map(logged.map(({ event_seq, hook_id, n }) => [`${event_seq}/${hook_id}`, n]))
    for (const [key, { status, attempts: counted }] of state.deliveries) {
      const log = attempts.get(key) ?? 0
      const sent = posts.get(key) ?? 0
      world.require(
        counted <= log && log <= sent,
        () => `${key}: ${counted} counted, ${log} logged, ${sent} sent`,
      )
      const good = accepted.get(key) ?? 0
      world.require(status !== 'delivered' || good > 0, () => `${key} is delivered, and nobody has it`)
    }
    for (const running of this.#running) {
      if (running === undefined) continue
      const { name } = running.machine
      const [heard, written] = [heardBy.get(name) ?? 0, loggedBy.get(name) ?? 0]
      world.require(heard === written, () => `${name} made ${heard} attempts and wrote ${written} down`)
    }
    world.require(this.#watchers.size === 0, () => 'a dispatcher has stopped and still watches')
  }
}

interface Running {
  machine: Machine
  dispatcher: Dispatcher
  run: number
}
