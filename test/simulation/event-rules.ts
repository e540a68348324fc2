import type { Machine } from './machine.ts'
import type { EventRow, Snapshot } from './snapshot.ts'
import type { World } from './world.ts'

/** What a transaction may do to events. */
export class EventRules {
  readonly #world: World
  /** Who has an event in hand, where events are leased. */
  readonly #holders = new Map<number, Machine>()

  constructor(world: World) {
    this.#world = world
  }

  check(by: Machine, before: Snapshot, after: Snapshot): void {
    const world = this.#world
    for (const seq of before.events.keys()) {
      world.require(after.events.has(seq), () => `${by.name} removed event ${seq}`)
    }
    for (const [seq, event] of after.events) {
      const old = before.events.get(seq)
      if (old === undefined) world.log(`${by.name} wrote event ${seq}: ${event.data}`)
      if (old !== undefined && old.fanout_due_at !== event.fanout_due_at) this.#changed(by, old, event, after)
    }
  }

  #changed(by: Machine, old: EventRow, event: EventRow, after: Snapshot): void {
    const world = this.#world
    const { seq } = event
    world.log(`${by.name} changed event ${seq}: ${old.fanout_due_at} -> ${event.fanout_due_at}`)
    world.require(old.fanout_due_at !== null, () => `${by.name} took up event ${seq} again`)
    if (world.plan.locks === 'rows') {
      const free = (old.fanout_due_at ?? 0) <= by.clock.now()
      const holder = this.#holders.get(seq)
      world.require(free || holder === by, () => `${by.name} took event ${seq} from ${holder?.name}`)
      const finishing = event.fanout_due_at === null
      world.require(
        !finishing || holder === by,
        () => `${by.name} fanned out event ${seq} of ${holder?.name}`,
      )
      this.#holders.set(seq, by)
    }
    if (event.fanout_due_at === null) this.#checkDeliveries(by, event, after)
  }

  /** When an event is done, exactly those hooks have a delivery that listen at this moment, and those that did before. */
  #checkDeliveries(by: Machine, event: EventRow, { hooks, subscriptions, deliveries }: Snapshot): void {
    for (const { id, owner, deleted_at } of hooks.values()) {
      const meant = event.broadcast === 1 || event.owner === owner
      const listens = deleted_at === null && meant && subscriptions.has(`${event.name}/${id}`)
      const has = deliveries.has(`${event.seq}/${id}`)
      this.#world.require(has === listens, () => `${by.name}: event ${event.seq} and hook ${id}: ${has}`)
    }
  }
}
