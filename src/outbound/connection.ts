import type { Socket } from 'node:net'
import { Client } from 'undici'
import type { AddressPolicy } from './address-policy.ts'
import { type DialStage, dial } from './dial.ts'
import type { Resolve } from './dns.ts'

/** Undici reads this many bytes of headers, then gives up. */
const LARGEST_HEADERS = 16 * 1024
/** Under the 5 s after which Node, Apache and others close an idle connection, or a POST could meet a closed door. */
const IDLE_MS = 4000

/**
 * One connection to one origin: an undici Client, which keeps one socket and opens it anew when the other side closed it. A
 * Client for each connection instead of a Pool, because a Pool queues requests where no timeout and no abort reaches them, and
 * because a connection that is being opened can only be given up together with its Client.
 */
export class Connection {
  readonly client: Client
  readonly openedAt: number
  /** What it was last seen doing while it was opened. */
  stage: DialStage = 'resolving'
  readonly #dialling = new AbortController()
  #socket: Socket | undefined

  constructor(
    url: URL,
    options: { policy: AddressPolicy; resolve: Resolve; now: number; onClosed: () => void },
  ) {
    this.openedAt = options.now
    const { signal } = this.#dialling
    const onStage = (stage: DialStage) => {
      this.stage = stage
    }
    this.client = new Client(url.origin, {
      connect: (_options, callback) => {
        dial({ url, policy: options.policy, resolve: options.resolve, signal, onStage })
          .then(
            (socket: Socket) => {
              this.#socket = socket
              callback(null, socket)
            },
            (error: Error) => callback(error, null),
          )
          // undici's own mistake: it must end this connection and not the process.
          .catch((error: Error) => this.client.destroy(error))
      },
      pipelining: 1,
      // The caller's one deadline covers all of it; these two are evaded by 1xx responses and dripping bodies.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: 60_000,
      maxHeaderSize: LARGEST_HEADERS,
    })
    this.client.on('disconnect', options.onClosed)
    this.client.on('connectionError', options.onClosed)
  }

  /**
   * Whether all that was sent has left: a receiver may answer without reading the request, and the next one would be stuck
   * behind what the socket still holds.
   */
  get drained(): boolean {
    return this.#socket?.writableLength === 0
  }

  /** Gives up whatever it is doing, at any stage. */
  async destroy(): Promise<void> {
    this.#dialling.abort()
    await this.client.destroy()
  }
}
