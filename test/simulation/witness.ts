import type { OutboundRequest, OutboundResult } from '../../src/outbound/index.ts'
import { verify } from '../../src/signature/standard-webhooks.ts'
import type { Database } from './database.ts'
import { DeliveryRules, type Grant } from './delivery-rules.ts'
import { EventRules } from './event-rules.ts'
import type { Machine } from './machine.ts'
import { MOST_SKEW_MS } from './plan.ts'
import { keyOf, type Snapshot, Snapshots } from './snapshot.ts'
import type { World } from './world.ts'

/** One POST. */
export interface Posting {
  machine: Machine
  key: string
  hookId: number
  grant: Grant | undefined
}

/** Sees every committed transaction and every POST, and holds them against the invariants. */
export class Witness {
  readonly #world: World
  readonly #snapshots: Snapshots
  readonly #deliveries: DeliveryRules
  readonly #events: EventRules
  /** What the database holds. */
  state: Snapshot
  /** POSTs so far, and how many of them were answered well; both by delivery. */
  readonly posts = new Map<string, number>()
  readonly accepted = new Map<string, number>()
  /** How many results each process has heard of, and how many it has written down. */
  readonly heardBy = new Map<string, number>()
  readonly loggedBy = new Map<string, number>()
  readonly #bodies = new Map<string, string>()
  readonly #open = new Set<Posting>()

  constructor(world: World, database: Database) {
    this.#world = world
    this.#snapshots = new Snapshots(database.handle)
    this.state = this.#snapshots.take()
    this.#deliveries = new DeliveryRules(world)
    this.#events = new EventRules(world)
    database.onCommit = (by) => this.#committed(by)
  }

  #committed(by: Machine): void {
    const before = this.state
    const after = this.#snapshots.take()
    this.state = after
    this.#events.check(by, before, after)
    this.#deliveries.check(by, before, after)
    for (const { hook_id, event_seq, number, status } of after.attempts) {
      this.loggedBy.set(by.name, (this.loggedBy.get(by.name) ?? 0) + 1)
      this.#world.log(
        `${by.name} logged attempt ${number} of ${event_seq}/${hook_id}: ${status ?? 'no response'}`,
      )
    }
  }

  posted(machine: Machine, request: OutboundRequest): Posting {
    const world = this.#world
    const id = request.headers['webhook-id'] ?? ''
    const [uid = '', hook = ''] = id.split('_')
    const hookId = Number(hook)
    const event = [...this.state.events.values()].find((one) => one.uid === uid)
    world.require(event !== undefined, () => `${machine.name} posted ${id}: no such event was committed`)
    const key = keyOf({ hook_id: hookId, event_seq: event?.seq ?? 0 })
    world.log(`${machine.name} posts ${key}`)
    const count = (this.posts.get(key) ?? 0) + 1
    this.posts.set(key, count)

    const grant = this.#deliveries.use(machine, key)
    world.require(
      grant !== undefined,
      () => `${machine.name} posted ${key} without a lease that it had not used`,
    )
    const row = this.state.deliveries.get(key)
    if (grant !== undefined && row?.lease !== grant.token) {
      // Only who was held up until the lease had ended may still be at it.
      const late = machine.clock.now() + 2 * MOST_SKEW_MS >= grant.until
      world.require(late, () => `${machine.name} posted ${key} though its lease was taken before it ended`)
    }
    const body = this.#bodies.get(key) ?? request.body
    this.#bodies.set(key, body)
    world.require(body === request.body, () => `${key} was posted with another body: ${request.body}`)
    this.#checkContent(machine, key, hookId, event?.data, request)

    const posting = { machine, key, hookId, grant }
    this.#open.add(posting)
    const { concurrency, concurrencyPerHook } = world.plan.settings
    const mine = [...this.#open].filter((open) => open.machine === machine)
    const ofHook = mine.filter((open) => open.hookId === hookId).length
    world.require(mine.length <= concurrency, () => `${machine.name} has ${mine.length} attempts under way`)
    world.require(
      ofHook <= concurrencyPerHook,
      () => `${machine.name} has ${ofHook} under way for hook ${hookId}`,
    )
    return posting
  }

  #checkContent(
    machine: Machine,
    key: string,
    hookId: number,
    data: string | undefined,
    { headers, body }: OutboundRequest,
  ): void {
    const { hook, data: sent } = JSON.parse(body)
    const right = hook.id === hookId && JSON.stringify(sent) === data
    this.#world.require(right, () => `${key} was posted with what is not its own: ${body}`)
    const row = this.state.hooks.get(hookId)
    const secrets = this.#deliveries.secretsOf(hookId)
    const now = machine.clock.now() / 1000
    const signed = secrets.some((secret) => {
      try {
        verify({
          id: headers['webhook-id'] ?? '',
          timestamp: headers['webhook-timestamp'] ?? '',
          signature: headers['webhook-signature'] ?? '',
          body,
          secrets: [secret],
          now,
          toleranceSeconds: 2,
        } as never)
        return true
      } catch {
        return false
      }
    })
    this.#world.require(row !== undefined && signed, () => `${key} was posted with a wrong signature`)
  }

  answered(posting: Posting, result: OutboundResult): void {
    this.#open.delete(posting)
    const status = result.outcome === 'response' ? result.response.status : result.error.code
    this.#world.log(`${posting.machine.name} hears of ${posting.key}: ${status}`)
    const { name } = posting.machine
    if (status !== 'aborted') this.heardBy.set(name, (this.heardBy.get(name) ?? 0) + 1)
    const good = typeof status === 'number' && status >= 200 && status < 300
    if (good) this.accepted.set(posting.key, (this.accepted.get(posting.key) ?? 0) + 1)
    if (posting.grant !== undefined) {
      posting.grant.ended = status === 'aborted' ? 'aborted' : good ? 'good' : 'bad'
      posting.grant.endedAt = posting.machine.clock.now()
    }
  }

  /** A process that is gone holds nothing any more. */
  gone(machine: Machine): void {
    for (const posting of this.#open) if (posting.machine === machine) this.#open.delete(posting)
  }

  /** What still waits for something to happen; empty when everything has come to rest. */
  unfinished(): string[] {
    const { events, deliveries, hooks } = this.state
    const left: string[] = []
    for (const { seq, fanout_due_at } of events.values()) {
      if (fanout_due_at !== null) left.push(`event ${seq} has no deliveries yet`)
    }
    for (const [key, row] of deliveries) {
      if (row.status !== 'pending') continue
      const hook = hooks.get(row.hook_id)
      const waits = hook?.deleted_at === null && hook.disabled_at !== null && row.parked_due_at !== null
      if (!waits) left.push(`delivery ${key}: ${JSON.stringify(row)}`)
    }
    return left
  }
}
