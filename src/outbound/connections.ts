import type { Clock } from '../core/clock.ts'
import type { AddressPolicy } from './address-policy.ts'
import { Connection } from './connection.ts'
import type { ConnectionSettings } from './connection-settings.ts'
import type { Resolve } from './dns.ts'
import type { ResponseHandler } from './wire.ts'

/** A connection that serves for longer would never see that DNS has changed. */
const LONGEST_USE_MS = 60_000

/** Who waits for a connection, and then has it until it is released: for itself, or with others to the same path over HTTP/2. */
export interface Borrower extends ResponseHandler {
  readonly origin: Origin
  readonly path: string
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
  /** Requests under way. */
  busy = 0
  /** The last one released is the first one used, so that a burst's extra connections fall idle and close. */
  readonly idle: Connection[] = []
  /** For a path, the connection of HTTP/2 that has requests to it under way, and room for more. */
  readonly shared = new Map<string, Connection>()
  readonly waiting = new Set<Borrower>()

  constructor(url: URL) {
    this.url = url
  }
}

export interface ConnectionsOptions {
  policy: AddressPolicy
  resolve: Resolve
  settings: ConnectionSettings
  clock: Clock
  /** Sockets in total, idle ones included. */
  most: number
  /** Requests under way, and so connections that are not idle. */
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
  readonly #busy = new Map<Borrower, Connection>()
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
  release(borrower: Borrower, reusable: boolean): void {
    const connection = this.#busy.get(borrower)
    if (connection === undefined) return
    // A quick response is here before Node has said that the request has left, which it does in this turn of the event loop.
    if (reusable && !connection.drained) setImmediate(() => this.#takeBack(borrower, connection, reusable))
    else this.#takeBack(borrower, connection, reusable)
  }

  #takeBack(borrower: Borrower, connection: Connection, reusable: boolean): void {
    const { origin } = borrower
    this.#busy.delete(borrower)
    origin.busy -= 1
    connection.requests -= 1
    const ended = connection.end(borrower)
    if (!(reusable && ended) || this.#closed || !this.#isYoung(connection)) connection.retired = true
    if (connection.requests > 0) {
      this.#share(connection, origin)
    } else if (connection.retired) {
      this.#drop(connection, origin)
    } else {
      this.#unshare(connection, origin)
      origin.idle.push(connection)
      this.#idle.set(connection, origin)
      connection.rest()
    }
    if (origin.waiting.size > 0) this.#ready.add(origin)
    this.#lendToNext()
    this.#forget(origin)
  }

  /** Aborts whoever has or awaits a connection, and closes all sockets. */
  async close(): Promise<void> {
    this.#closed = true
    const destroyed = [...this.#all].map((connection) => connection.destroy())
    for (const borrower of this.#busy.keys()) borrower.abort()
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
    const connection = this.#sharedWith(borrower) ?? this.#idleOf(origin) ?? this.#open(origin)
    origin.busy += 1
    connection.requests += 1
    connection.path = borrower.path
    this.#busy.set(borrower, connection)
    borrower.run(connection)
    this.#share(connection, origin)
  }

  #sharedWith({ origin, path }: Borrower): Connection | undefined {
    const connection = origin.shared.get(path)
    if (connection === undefined || !connection.hasRoom) return undefined
    return this.#isYoung(connection) ? connection : undefined
  }

  #idleOf(origin: Origin): Connection | undefined {
    const connection = origin.idle.pop()
    if (connection === undefined) return undefined
    this.#idle.delete(connection)
    if (!connection.retired) return connection
    // The other side has just said that it closes it.
    this.#drop(connection, origin)
    return this.#idleOf(origin)
  }

  /** Remembers whether a connection that has requests under way has room for more. */
  #share(connection: Connection, origin: Origin): void {
    if (!connection.hasRoom || connection.requests === 0) this.#unshare(connection, origin)
    else if (!origin.shared.has(connection.path)) origin.shared.set(connection.path, connection)
  }

  #unshare(connection: Connection, origin: Origin): void {
    if (origin.shared.get(connection.path) === connection) origin.shared.delete(connection.path)
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
      settings: this.#options.settings,
      now: this.#options.clock.now(),
      onClosed: () => {
        // A borrower hears of it from its own request, which fails, or which undici sends over a new socket.
        if (!this.#idle.has(connection)) {
          this.#share(connection, origin)
          return
        }
        this.#drop(connection, origin)
        this.#forget(origin)
      },
      onRoom: () => this.#share(connection, origin),
    })
    this.#all.add(connection)
    return connection
  }

  #drop(connection: Connection, origin: Origin): void {
    this.#all.delete(connection)
    this.#unshare(connection, origin)
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
