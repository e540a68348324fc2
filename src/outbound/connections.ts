import type { Clock } from '../core/clock.ts'
import type { AddressPolicy } from './address-policy.ts'
import { Connection } from './connection.ts'
import type { Resolve } from './dns.ts'

/** A connection that serves for longer would never see that DNS has changed. */
const LONGEST_USE_MS = 60_000

/** Who waits for a connection, and then has it for itself until it is released. */
export interface Borrower {
  readonly origin: Origin
  /** Called once, perhaps at once, unless the wait was cancelled. */
  run(connection: Connection): void
  /**
   * Whether it has waited for so long that a connection is of no use any more; if so, it ends itself. The deadlines of a burst
   * pass together, and each frees a connection for one that is as late as itself.
   */
  isTooLate(): boolean
  /** The connections are closing. */
  abort(): void
}

/** What is known of one scheme, host and port, for as long as there is a connection to it or a wait for one. */
export class Origin {
  readonly url: URL
  busy = 0
  /** The last one released is the first one used, so that a burst's extra connections fall idle and close. */
  readonly idle: Connection[] = []
  readonly waiting = new Set<Borrower>()

  constructor(url: URL) {
    this.url = url
  }
}

export interface ConnectionsOptions {
  policy: AddressPolicy
  resolve: Resolve
  clock: Clock
  /** Sockets in total, idle ones included. */
  most: number
  mostPerOrigin: number
}

/**
 * All connections of a transport, limited in total and per origin. Who does not get one at once waits in line here, where a
 * deadline can take it out again; origins take turns, so that one with a long line does not hold up the others.
 */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #origins = new Map<string, Origin>()
  readonly #all = new Set<Connection>()
  readonly #busy = new Map<Connection, Borrower>()
  /** The one that has been idle for longest comes first. */
  readonly #idle = new Map<Connection, Origin>()
  /** Origins that could use a connection if there were one. */
  readonly #ready = new Set<Origin>()
  #closed = false

  constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  /** The origin of a URL; a borrower must be acquired for it, or it stays. */
  origin(url: URL): Origin {
    const key = url.origin
    const known = this.#origins.get(key)
    if (known !== undefined) return known
    const origin = new Origin(url)
    this.#origins.set(key, origin)
    return origin
  }

  acquire(borrower: Borrower): void {
    const { origin } = borrower
    if (this.#closed) {
      borrower.abort()
    } else if (this.#hasRoom(origin) && origin.waiting.size === 0) {
      this.#lend(borrower)
    } else {
      origin.waiting.add(borrower)
      if (origin.busy < this.#options.mostPerOrigin) this.#ready.add(origin)
    }
  }

  /** Takes somebody out of the line. */
  cancel(borrower: Borrower): void {
    borrower.origin.waiting.delete(borrower)
    this.#forget(borrower.origin)
  }

  /** @param reusable whether the response was read to its end, so that the next one can follow */
  release(connection: Connection, reusable: boolean): void {
    const borrower = this.#busy.get(connection)
    if (borrower === undefined) return
    const { origin } = borrower
    this.#busy.delete(connection)
    origin.busy -= 1
    if (reusable && connection.drained && !this.#closed && this.#isYoung(connection)) {
      origin.idle.push(connection)
      this.#idle.set(connection, origin)
    } else {
      this.#drop(connection, origin)
    }
    if (origin.waiting.size > 0) this.#ready.add(origin)
    this.#lendToNext()
    this.#forget(origin)
  }

  /** Aborts whoever has or awaits a connection, and closes all sockets. */
  async close(): Promise<void> {
    this.#closed = true
    const destroyed = [...this.#all].map((connection) => connection.destroy())
    for (const borrower of this.#busy.values()) borrower.abort()
    for (const origin of this.#origins.values()) {
      for (const borrower of origin.waiting) borrower.abort()
    }
    await Promise.all(destroyed)
  }

  #isYoung(connection: Connection): boolean {
    return this.#options.clock.now() - connection.openedAt < LONGEST_USE_MS
  }

  #hasRoom(origin: Origin): boolean {
    return this.#busy.size < this.#options.most && origin.busy < this.#options.mostPerOrigin
  }

  #lend(borrower: Borrower): void {
    const { origin } = borrower
    const idle = origin.idle.pop()
    if (idle !== undefined) this.#idle.delete(idle)
    const connection = idle ?? this.#open(origin)
    origin.busy += 1
    this.#busy.set(connection, borrower)
    borrower.run(connection)
  }

  #lendToNext(): void {
    for (const origin of this.#ready) {
      if (this.#busy.size >= this.#options.most) return
      this.#ready.delete(origin)
      const [borrower] = origin.waiting
      if (borrower === undefined || !this.#hasRoom(origin)) continue
      origin.waiting.delete(borrower)
      // To the end of the line, which this loop still gets to.
      if (origin.waiting.size > 0) this.#ready.add(origin)
      if (!borrower.isTooLate()) this.#lend(borrower)
    }
  }

  #open(origin: Origin): Connection {
    if (this.#all.size >= this.#options.most) {
      const [longestIdle] = this.#idle
      if (longestIdle !== undefined) {
        this.#drop(...longestIdle)
        this.#forget(longestIdle[1])
      }
    }
    const connection: Connection = new Connection(origin.url, {
      policy: this.#options.policy,
      resolve: this.#options.resolve,
      now: this.#options.clock.now(),
      onClosed: () => {
        // A borrower hears of it from its own request, which undici fails or sends over a new socket.
        if (!this.#idle.has(connection)) return
        this.#drop(connection, origin)
        this.#forget(origin)
      },
    })
    this.#all.add(connection)
    return connection
  }

  #drop(connection: Connection, origin: Origin): void {
    this.#all.delete(connection)
    if (this.#idle.delete(connection)) origin.idle.splice(origin.idle.indexOf(connection), 1)
    // undici: "Should not error."
    void connection.destroy()
  }

  #forget(origin: Origin): void {
    if (origin.busy > 0 || origin.idle.length > 0 || origin.waiting.size > 0) return
    this.#ready.delete(origin)
    this.#origins.delete(origin.url.origin)
  }
}
