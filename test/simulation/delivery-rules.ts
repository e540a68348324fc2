import type { Machine } from './machine.ts'
import type { DeliveryRow, Snapshot } from './snapshot.ts'
import type { World } from './world.ts'

/** A lease that a process was given, and what it made of it. */
export interface Grant {
  machine: Machine
  token: string
  /** When it was given, in the scheduler's time. */
  at: number
  /** When it ends, as far as it was prolonged. */
  until: number
  used: boolean
  ended: 'good' | 'bad' | 'aborted' | undefined
  endedAt: number
}

/** What a transaction may do to deliveries. */
export class DeliveryRules {
  readonly #world: World
  /** The last lease of each process on each delivery, by `process key`. */
  readonly #grants = new Map<string, Grant>()
  /** The last lease on each delivery. */
  readonly #holders = new Map<string, Grant>()
  readonly #tokens = new Set<string>()
  readonly #secrets = new Map<number, Set<string>>()

  constructor(world: World) {
    this.#world = world
  }

  secretsOf(hookId: number): string[] {
    return [...(this.#secrets.get(hookId) ?? [])]
  }

  /** The lease under which a process makes an attempt: each is good for one. */
  use(machine: Machine, key: string): Grant | undefined {
    const grant = this.#grants.get(`${machine.name} ${key}`)
    if (grant === undefined || grant.used) return undefined
    grant.used = true
    return grant
  }

  check(by: Machine, before: Snapshot, after: Snapshot): void {
    for (const { id, secret, old_secret } of after.hooks.values()) {
      const known = this.#secrets.get(id) ?? new Set()
      this.#secrets.set(id, known.add(secret).add(old_secret ?? secret))
    }
    const newTokens = new Set<string>()
    for (const [key, old] of before.deliveries) {
      const row = after.deliveries.get(key)
      if (row === undefined) this.#world.violated(`${by.name} removed delivery ${key}`)
      else if (!same(old, row)) this.#changed(by, key, old, row, after, newTokens)
    }
    for (const [key, row] of after.deliveries) {
      this.#checkRow(by, key, row, after)
      if (before.deliveries.has(key)) continue
      this.#world.log(`${by.name} made delivery ${key}`)
      // It may be claimed in the transaction that makes it.
      const made = { ...row, lease: null, due_at: 0, attempts: 0, status: 'pending' as const }
      if (row.lease !== null) this.#granted(by, key, made, row, after, newTokens)
    }
    for (const token of newTokens) this.#tokens.add(token)
    this.#checkLog(by, before, after)
  }

  #changed(
    by: Machine,
    key: string,
    old: DeliveryRow,
    row: DeliveryRow,
    after: Snapshot,
    newTokens: Set<string>,
  ): void {
    const world = this.#world
    world.log(`${by.name} changed delivery ${key}: ${show(old)} -> ${show(row)}`)
    world.require(old.status === 'pending', () => `${by.name} changed ${key}, which was ${old.status}`)
    if (row.attempts !== old.attempts) {
      this.#recorded(by, key, old, row, after, newTokens)
      return
    }
    if (row.lease !== null && row.lease !== old.lease) {
      this.#granted(by, key, old, row, after, newTokens)
      return
    }
    const hook = after.hooks.get(row.hook_id)
    const open = row.status === 'pending' || (row.status === 'cancelled' && hook?.deleted_at !== null)
    world.require(open, () => `${by.name} made ${key} ${row.status} without an attempt`)
    if (old.lease === null) return
    const grant = this.#grants.get(`${by.name} ${key}`)
    const holder = grant?.token === old.lease
    if (row.lease === old.lease) {
      world.require(holder, () => `${by.name} prolonged the lease of somebody else on ${key}`)
      if (grant !== undefined) grant.until = row.due_at ?? 0
      return
    }
    // Given back by its holder, or taken away when it had ended.
    world.require(holder || expired(old, by), () => `${by.name} took ${key} from who holds its lease`)
  }

  #granted(
    by: Machine,
    key: string,
    old: DeliveryRow,
    row: DeliveryRow,
    after: Snapshot,
    newTokens: Set<string>,
  ): void {
    const world = this.#world
    const token = row.lease ?? ''
    const now = by.clock.now()
    const due = old.due_at ?? old.parked_due_at ?? Number.POSITIVE_INFINITY
    const what = old.lease === null ? 'before it was due' : 'while somebody else held a lease'
    world.require(due <= now, () => `${by.name} claimed ${key} ${what}, ${due - now} ms too early`)
    world.require(row.status === 'pending', () => `${by.name} claimed ${key}, which is ${row.status}`)
    world.require(!this.#tokens.has(token), () => `${by.name} used the lease ${token} a second time`)
    const { leaseMs } = world.plan.settings
    const until = row.due_at ?? 0
    world.require(until > now && until <= now + leaseMs, () => `the lease on ${key} ends at ${until}`)
    const hook = after.hooks.get(row.hook_id)
    const open = hook?.disabled_at === null && hook.deleted_at === null
    world.require(open, () => `${by.name} claimed ${key}, whose hook is disabled or deleted`)
    newTokens.add(token)
    if (old.lease !== null) this.#requireLost(by, key)
    const at = world.scheduler.now
    const grant = { machine: by, token, at, until, used: false, ended: undefined, endedAt: 0 }
    this.#holders.set(key, grant)
    this.#grants.set(`${by.name} ${key}`, grant)
  }

  /** A lease is prolonged for as long as its holder is at it: without a fault, nobody loses one. */
  #requireLost(by: Machine, key: string): void {
    const world = this.#world
    const holder = this.#holders.get(key)
    if (world.calmSince === undefined || holder === undefined) return
    const { machine, at } = holder
    const well = machine.alive && at > world.calmSince && at > machine.frozenUntil
    world.require(!well, () => `${by.name} took ${key} over from ${machine.name}, which is well`)
  }

  #recorded(
    by: Machine,
    key: string,
    old: DeliveryRow,
    row: DeliveryRow,
    after: Snapshot,
    newTokens: Set<string>,
  ): void {
    const world = this.#world
    const { delaysMs, jitter } = world.plan
    const grant = this.#grants.get(`${by.name} ${key}`)
    const held = old.lease !== null && grant?.token === old.lease
    world.require(held, () => `${by.name} wrote a result of ${key} under a lease that it had lost`)
    if (grant === undefined || !held) return
    const ended = grant.ended === 'good' || grant.ended === 'bad'
    world.require(ended, () => `${by.name} wrote a result of ${key} that is of an older lease`)
    world.require(
      row.attempts === old.attempts + 1,
      () => `${key}: ${old.attempts} -> ${row.attempts} attempts`,
    )
    const wanted =
      grant.ended === 'good' ? 'delivered' : row.attempts > delaysMs.length ? 'failed' : 'pending'
    // Or cancelled at once.
    const gone = row.status === 'cancelled' && after.hooks.get(row.hook_id)?.deleted_at !== null
    if (wanted === 'pending' && gone) return
    world.require(row.status === wanted, () => `${key} is ${row.status} and not ${wanted}`)
    const delay = delaysMs[row.attempts - 1] ?? 0
    // Written late, the retry may be due already, and claimed in the same transaction.
    if (row.lease !== null) {
      const due = grant.endedAt + Math.floor(delay * (1 - jitter))
      this.#granted(by, key, { ...row, lease: null, due_at: due }, row, after, newTokens)
      return
    }
    if (wanted !== 'pending') {
      world.require(row.due_at === null && row.parked_due_at === null, () => `${key} is finished and due`)
      return
    }
    const due = (row.due_at ?? row.parked_due_at ?? 0) - grant.endedAt
    const within = due >= Math.floor(delay * (1 - jitter)) && due <= Math.ceil(delay * (1 + jitter))
    // The hook may be found disabled in the same transaction; nothing else parks what is not due.
    world.require(within, () => `${key} is due ${due} ms after attempt ${row.attempts}, and not ${delay}`)
  }

  #checkRow(by: Machine, key: string, row: DeliveryRow, { hooks, lanes }: Snapshot): void {
    const world = this.#world
    const times = [row.due_at, row.parked_due_at].filter((at) => at !== null).length
    const wanted = row.status === 'pending' ? 1 : 0
    world.require(times === wanted, () => `${by.name} left ${key} ${row.status} with ${times} due times`)
    world.require(row.lease === null || row.due_at !== null, () => `${by.name} left ${key} leased for ever`)
    if (row.parked_due_at === null || lanes.has(row.hook_id)) return
    const hook = hooks.get(row.hook_id)
    const held = hook?.deleted_at === null && hook.disabled_at !== null
    world.require(held, () => `${by.name} left ${key} parked, and no lane leads to it`)
  }

  /** Each result that counts is logged with it, under its number; those of a lost lease are never ahead. */
  #checkLog(by: Machine, before: Snapshot, after: Snapshot): void {
    const world = this.#world
    for (const attempt of after.attempts) {
      const key = `${attempt.event_seq}/${attempt.hook_id}`
      const row = after.deliveries.get(key)
      const old = before.deliveries.get(key)?.attempts ?? 0
      const most = Math.max(row?.attempts ?? 0, old + 1)
      world.require(
        attempt.number <= most,
        () => `${by.name} logged attempt ${attempt.number} of ${key} too early`,
      )
    }
    for (const [key, row] of after.deliveries) {
      if (row.attempts === (before.deliveries.get(key)?.attempts ?? 0)) continue
      const logged = after.attempts.some(
        (attempt) => `${attempt.event_seq}/${attempt.hook_id}` === key && attempt.number === row.attempts,
      )
      world.require(logged, () => `${by.name} counted attempt ${row.attempts} of ${key} and did not log it`)
    }
  }
}

function expired(row: DeliveryRow, by: Machine): boolean {
  return (row.due_at ?? 0) <= by.clock.now()
}

function same(a: DeliveryRow, b: DeliveryRow): boolean {
  return (
    a.status === b.status &&
    a.due_at === b.due_at &&
    a.parked_due_at === b.parked_due_at &&
    a.lease === b.lease &&
    a.attempts === b.attempts
  )
}

function show({ status, due_at, parked_due_at, lease, attempts }: DeliveryRow): string {
  const time = due_at === null ? (parked_due_at === null ? '' : ` parked ${parked_due_at}`) : ` due ${due_at}`
  return `${status}${time} after ${attempts}${lease === null ? '' : ` lease ${lease.slice(0, 4)}…${lease.slice(32)}`}`
}
