import type { Clock } from '../core/clock.ts'
import type { Connection } from './connection.ts'
import type { Borrower, Connections, Origin } from './connections.ts'
import type { DialStage } from './dial.ts'
import { type OutboundErrorCode, requestFailure } from './failure.ts'
import type { OutboundRequest, OutboundResult } from './post.ts'
import { type ForwardProxy, forwardFailure } from './proxy.ts'
import type { ResponseController, WireRequest } from './wire.ts'

/** Of a response's body this much is kept; what follows is not read. */
const LONGEST_BODY = 16 * 1024
/** Of a response's headers this many are kept: 16 KiB of the shortest would take ten times that in a log. */
const MOST_HEADERS = 256
/** 1xx responses before the real one. Nobody needs more, and a flood of them would cost time until the deadline. */
const MOST_INFORMATIONAL = 32

/** With less than this left of the deadline, a request that has waited is not sent any more. */
const TOO_LATE_MS = 5

const NO_BYTES = new Uint8Array(0)

/**
 * One request and its response: what a connection reports to, who waits for a connection, and what the deadline and the caller's
 * signal end. As soon as the status is known the result is a response, whatever ends the body: the receiver has spoken, and
 * to call it a failure would send the same delivery twice.
 */
export class Exchange implements Borrower {
  readonly origin: Origin
  readonly #request: OutboundRequest
  readonly #headers: string[]
  readonly path: string
  readonly #connections: Connections
  readonly #clock: Clock
  readonly #proxy: ForwardProxy | undefined
  readonly #proxyAnswers: number
  readonly #resolve: (result: OutboundResult) => void
  readonly #startedAt: number
  readonly #cancelDeadline: () => void

  #connection: Connection | undefined
  #waitedMs = 0
  #sent = false
  #informational = 0
  #status = 0
  #responseHeaders: readonly unknown[] = []
  #body: Uint8Array = NO_BYTES
  #size = 0
  #done = false

  constructor(
    request: OutboundRequest,
    wire: { origin: Origin; path: string; headers: string[]; startedAt: number },
    owner: { connections: Connections; clock: Clock; proxy: ForwardProxy | undefined },
    resolve: (result: OutboundResult) => void,
  ) {
    this.#request = request
    this.origin = wire.origin
    this.path = wire.path
    this.#headers = wire.headers
    this.#startedAt = wire.startedAt
    this.#connections = owner.connections
    this.#clock = owner.clock
    this.#proxy = owner.proxy
    this.#proxyAnswers = owner.proxy?.answers ?? 0
    this.#resolve = resolve
    this.#cancelDeadline = owner.clock.timer(request.deadlineMs, () => this.#expire())
  }

  /** Lines up for a connection. */
  start(): void {
    this.#request.signal?.addEventListener('abort', this)
    this.#connections.acquire(this)
  }

  run(connection: Connection): void {
    this.#connection = connection
    this.#waitedMs = this.#duration()
    connection.send(this.#wireRequest, this)
  }

  isTooLate(): boolean {
    if (this.#duration() <= this.#request.deadlineMs - TOO_LATE_MS) return false
    this.#expire()
    return true
  }

  /** The connections are closing. */
  abort(): void {
    this.#end('aborted', 'the sender is closing')
  }

  /** Of the caller's signal. */
  handleEvent(): void {
    this.#end('aborted', 'the sender gave the attempt up')
  }

  onRequestStart(): void {
    this.#sent = true
  }

  onResponseStart(controller: ResponseController, status: number): void {
    if (this.#done) return
    if (status < 200) {
      this.#informational += 1
      if (this.#informational > MOST_INFORMATIONAL) {
        this.#end(
          'protocol',
          `${this.#host} sent more than ${MOST_INFORMATIONAL} responses of status ${status}`,
        )
      }
      return
    }
    this.#status = status
    if (this.#forwarder !== undefined) this.#forwarder.answers += 1
    if (Array.isArray(controller.rawHeaders)) this.#responseHeaders = controller.rawHeaders
  }

  onResponseData(_controller: unknown, chunk: Uint8Array): void {
    if (this.#done) return
    const room = LONGEST_BODY - this.#size
    if (chunk.length > room) {
      this.#keep(chunk.subarray(0, room))
      this.#respond(true)
    } else {
      this.#keep(chunk)
    }
  }

  onResponseEnd(): void {
    this.#respond(false)
  }

  onResponseError(_controller: unknown, error: Error): void {
    const { code, message } = requestFailure(error, this.#host)
    this.#end(code, message)
  }

  /** The proxy that passes the request on, where it does not go through a tunnel. */
  get #forwarder(): ForwardProxy | undefined {
    return this.origin.url.protocol === 'http:' ? this.#proxy : undefined
  }

  get #host(): string {
    return this.origin.url.host
  }

  #expire(): void {
    const { deadlineMs } = this.#request
    const nothing = `no response from ${this.#host} within ${deadlineMs} ms`
    // Whoever got a connection late cannot be blamed on the receiver.
    if (this.#connection === undefined || this.#waitedMs > deadlineMs / 2) {
      this.#end('local', `${nothing}: it waited for a connection, because too many were in use`)
      return
    }
    const { stage } = this.#connection
    const doing = this.#sent ? 'waiting for its response' : stages[stage]
    this.#end(this.#awaitsProxy(stage) ? 'local' : 'timeout', `${nothing}: still ${doing}`)
  }

  /**
   * Whether it may be the proxy that hangs, and not the target behind it: there is no connection to it, or it has answered nothing
   * at all since this began, to nobody.
   */
  #awaitsProxy(stage: DialStage): boolean {
    if (this.#proxy === undefined) return false
    if (!this.#sent && stage !== 'tunnel') return stage === 'proxy'
    if (this.#sent && this.#forwarder === undefined) return false
    return this.#proxy.answers === this.#proxyAnswers
  }

  /** Something other than the response ends it. */
  #end(code: OutboundErrorCode, message: string): void {
    if (this.#status > 0) this.#respond(true)
    else this.#fail(code, message)
  }

  /** Copies: the chunk is a window on a larger buffer. One chunk is the rule; a flood of tiny ones fills one buffer. */
  #keep(chunk: Uint8Array): void {
    if (this.#size === 0) {
      this.#body = new Uint8Array(chunk)
    } else {
      if (this.#body.length < LONGEST_BODY) {
        const grown = new Uint8Array(LONGEST_BODY)
        grown.set(this.#body)
        this.#body = grown
      }
      this.#body.set(chunk, this.#size)
    }
    this.#size += chunk.length
  }

  #respond(truncated: boolean): void {
    if (this.#done) return
    const headers = headerPairs(this.#responseHeaders)
    if (this.#forwarder !== undefined) {
      const header = (wanted: string) => headers.find(([name]) => name === wanted)?.[1]
      const failure = forwardFailure(this.#forwarder, this.#host, this.#status, header)
      if (failure !== undefined) {
        this.#fail(failure.code, failure.message)
        return
      }
    }
    const response = {
      status: this.#status,
      headers,
      body: this.#body.length === this.#size ? this.#body : this.#body.slice(0, this.#size),
      truncated,
    }
    this.#finish({ durationMs: this.#duration(), outcome: 'response', response }, !truncated)
  }

  #fail(code: OutboundErrorCode, message: string): void {
    if (this.#done) return
    this.#finish({ durationMs: this.#duration(), outcome: 'error', error: { code, message } }, false)
  }

  get #wireRequest(): WireRequest {
    return { path: this.path, headers: this.#headers, body: this.#request.body }
  }

  #finish(outcome: OutboundResult, reusable: boolean): void {
    const tried = outcome.outcome === 'response' || outcome.error.code !== 'refused_address'
    const sent = tried ? this.#connection?.sent(this.#wireRequest) : undefined
    const result = sent === undefined ? outcome : { ...outcome, sent }
    this.#done = true
    this.#cancelDeadline()
    this.#request.signal?.removeEventListener('abort', this)
    if (this.#connection === undefined) this.#connections.cancel(this)
    else this.#connections.release(this, reusable)
    this.#resolve(result)
  }

  #duration(): number {
    return Math.max(0, this.#clock.now() - this.#startedAt)
  }
}

const stages = {
  resolving: 'resolving its name',
  connecting: 'connecting',
  proxy: 'connecting to the proxy',
  tunnel: 'waiting for the proxy to connect',
  handshake: 'in the TLS handshake',
} as const

/** Names in lower case; values as Latin-1, one character a byte. */
function headerPairs(raw: readonly unknown[]): [string, string][] {
  const pairs: [string, string][] = []
  const end = Math.min(raw.length, 2 * MOST_HEADERS)
  for (let at = 0; at + 1 < end; at += 2)
    pairs.push([text(raw[at]).toLowerCase(), unpadded(text(raw[at + 1]))])
  return pairs
}

/** Spaces and tabs at the end are not part of a value (RFC 9110, 5.5); the parser takes away those at the beginning. */
function unpadded(value: string): string {
  let end = value.length
  while (end > 0 && (value[end - 1] === ' ' || value[end - 1] === '\t')) end -= 1
  return value.slice(0, end)
}

function text(raw: unknown): string {
  return Buffer.isBuffer(raw) ? raw.toString('latin1') : String(raw)
}
