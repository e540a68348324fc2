import type { Socket } from 'node:net'
import { setImmediate as immediate } from 'node:timers/promises'
import { Client } from 'undici'
import type { AddressPolicy } from './address-policy.ts'
import type { ConnectionSettings } from './connection-settings.ts'
import { type DialStage, dial } from './dial.ts'
import type { Resolve } from './dns.ts'
import { Http2Session } from './http2-session.ts'
import { isHttp2 } from './open-socket.ts'
import type { ForwardProxy } from './proxy.ts'
import { headersOverHttp1, headersOverHttp2, type SentRequest } from './sent.ts'
import type { ResponseHandler, WireRequest } from './wire.ts'

/** Undici reads this many bytes of headers, then gives up. */
const LARGEST_HEADERS = 16 * 1024
/** Under the 5 s after which Node, Apache and others close an idle connection, or a POST could meet a closed door. */
const IDLE_MS = 4000

export interface ConnectionOptions {
  policy: AddressPolicy
  resolve: Resolve
  settings: ConnectionSettings
  now: number
  /** It takes no further request: it was closed, or the other side is about to close it. */
  onClosed: () => void
  /** It takes several requests at once: it is one of HTTP/2. */
  onRoom: () => void
}

/**
 * One connection to one origin: a session of HTTP/2 where both sides agree upon that, or else an undici Client, which keeps one
 * socket and opens it anew when the other side closed it. A Client for each connection instead of a Pool, because a Pool queues
 * requests where no timeout and no abort reaches them, and because a connection that is being opened can only be given up together
 * with its Client.
 */
export class Connection {
  readonly openedAt: number
  /** What it was last seen doing while it was opened. */
  stage: DialStage = 'resolving'
  /** Requests under way. */
  requests = 0
  /** It takes no further request, since one has not come to its end: what is wrong with it may be wrong with the connection. */
  retired = false
  /**
   * The path of the requests under way: only requests to the same target share a connection, so that what one hook's target does
   * to it is felt by that hook alone.
   */
  path = ''
  readonly #url: URL
  readonly #options: ConnectionOptions
  readonly #dialling = new AbortController()
  #client: Client | undefined
  #session: Http2Session | undefined
  #socket: Socket | undefined
  #idleTimer: NodeJS.Timeout | undefined

  constructor(url: URL, options: ConnectionOptions) {
    this.#url = url
    this.#options = options
    this.openedAt = options.now
    if (!this.#maySpeakHttp2) this.#client = this.#openClient()
  }

  /** What the request goes through, where that is no tunnel. */
  get forwarder(): ForwardProxy | undefined {
    return this.#url.protocol === 'http:' ? this.#options.settings.proxy : undefined
  }

  /** Whether another request to the same path can be sent beside those that are under way. */
  get hasRoom(): boolean {
    return !this.retired && this.#session?.hasRoom === true
  }

  send(request: WireRequest, handler: ResponseHandler): void {
    clearTimeout(this.#idleTimer)
    if (this.#session !== undefined) this.#session.send(request, handler)
    else if (this.#client !== undefined) this.#dispatch(this.#client, request, handler)
    else void this.#open(request, handler)
  }

  /** A request as the other side gets it; as HTTP/1.1 has it where nobody knows yet what that speaks. */
  sent(request: WireRequest): SentRequest {
    const { origin, host } = this.#url
    const headers = this.#session === undefined ? headersOverHttp1(host, request) : headersOverHttp2(request)
    return { url: origin + request.path, headers }
  }

  /**
   * Whether all that was sent has left, over HTTP/1.1: a receiver may answer without reading the request, and the next one would be
   * stuck behind what the socket still holds.
   */
  get drained(): boolean {
    return this.#session !== undefined || this.#socket?.writableLength === 0
  }

  /**
   * A request has ended for whoever sent it. What is still under way of it is given up, except over HTTP/1.1, where only
   * `destroy` does that.
   *
   * @returns whether nothing of it is in the way of the next
   */
  end(handler: ResponseHandler): boolean {
    return this.#session === undefined ? this.drained : this.#session.end(handler)
  }

  /** Nothing is under way any more. Undici has a timer of its own. */
  rest(): void {
    if (this.#session === undefined) return
    this.#idleTimer = setTimeout(this.#options.onClosed, IDLE_MS).unref()
  }

  /** Gives up whatever it is doing, at any stage. */
  async destroy(): Promise<void> {
    clearTimeout(this.#idleTimer)
    if (this.#socket === undefined || this.#socket.destroyed) this.#dialling.abort()
    this.#session?.destroy()
    const destroyed = this.#client?.destroy()
    // What lies below it, in case that it waits for the other side. Not before the uppermost layer is closed, or TLS within TLS never
    // says that it is, and not from within what may be reading it.
    await immediate()
    this.#dialling.abort()
    await destroyed
  }

  get #maySpeakHttp2(): boolean {
    return this.#options.settings.http2 && this.#url.protocol === 'https:'
  }

  /** Finds out what the other side speaks, and sends the first request. */
  async #open(request: WireRequest, handler: ResponseHandler): Promise<void> {
    try {
      const socket = await this.#dial(true)
      const onRetired = () => {
        this.retired = true
        // Not from within node:http2, which is not done with it.
        setImmediate(this.#options.onClosed)
      }
      if (isHttp2(socket))
        this.#session = new Http2Session(this.#url, socket, {
          onRetired,
          onRoom: this.#options.onRoom,
        })
      else this.#client = this.#openClient(socket)
    } catch (error) {
      handler.onResponseError(undefined, error as Error)
      return
    }
    this.send(request, handler)
  }

  async #dial(http2: boolean): Promise<Socket> {
    const { policy, resolve, settings } = this.#options
    const { signal } = this.#dialling
    const { proxy, secureContext } = settings
    const socket = await dial({
      url: this.#url,
      policy,
      resolve,
      signal,
      http2,
      proxy,
      secureContext,
      onStage: (stage) => {
        this.stage = stage
      },
    })
    if (signal.aborted) {
      socket.destroy()
      signal.throwIfAborted()
    }
    this.#socket = socket
    return socket
  }

  /** @param first a socket that is open already. Those that are opened in its place speak what it speaks */
  #openClient(first?: Socket): Client {
    let ready = first
    const client = new Client(this.#url.origin, {
      connect: (_options, callback) => {
        const socket = ready === undefined ? this.#dial(false) : Promise.resolve(ready)
        ready = undefined
        socket
          .then(
            (socket: Socket) => callback(null, socket),
            (error: Error) => callback(error, null),
          )
          // undici's own mistake: it must end this connection and not the process.
          .catch((error: Error) => client.destroy(error))
      },
      pipelining: 1,
      // The caller's one deadline covers all of it; these two are evaded by 1xx responses and dripping bodies.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: 60_000,
      maxHeaderSize: LARGEST_HEADERS,
    })
    client.on('disconnect', this.#options.onClosed)
    client.on('connectionError', this.#options.onClosed)
    return client
  }

  #dispatch(client: Client, { path, headers, body }: WireRequest, handler: ResponseHandler): void {
    const { forwarder } = this
    // A proxy that is to forward a request wants all of the URL, and its credentials: RFC 9112, 3.2.2.
    client.dispatch(
      {
        method: 'POST',
        path: forwarder === undefined ? path : this.#url.origin + path,
        headers:
          forwarder?.authorization === undefined
            ? headers
            : [...headers, 'proxy-authorization', forwarder.authorization],
        body,
      },
      handler,
    )
  }
}
