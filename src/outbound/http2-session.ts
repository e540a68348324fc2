import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { Socket } from 'node:net'
import { headersOverHttp2 } from './sent.ts'
import type { ResponseHandler, WireRequest } from './wire.ts'

/** Requests under way at once, at the most, of as many as the other side allows. */
const MOST_STREAMS = 32
/** As over HTTP/1.1, and 32 bytes for each of 256 headers, which HTTP/2 counts as well: RFC 9113, 6.5.2. */
const LARGEST_HEADERS = 16 * 1024 + 256 * 32
/** Kept are fewer; with more the stream is reset. */
const MOST_HEADERS = 512
/**
 * Of a body this many frames are read: each costs a call, and 64 KiB of frames of one byte, which Node reads at once, held up the
 * process for some 20 ms.
 */
const MOST_FRAMES = 512
/** What may arrive of a body before we have said that it was read. Of each, 16 KiB are kept. */
const WINDOW = 32 * 1024

export interface Http2SessionOptions {
  /** It takes no further request: the other side wants to close it, or it is closed. */
  onRetired: () => void
  /** The other side has said how many requests it takes at once. */
  onRoom: () => void
}

/**
 * One connection of HTTP/2: node:http2, and not undici's client over it, which sends a request again that the other side refused
 * or left without an answer. Here a request is sent once, whatever becomes of it.
 */
export class Http2Session {
  readonly #session: ClientHttp2Session
  readonly #url: URL
  readonly #streams = new Map<ResponseHandler, ClientHttp2Stream>()
  /** One, until the other side has said that it takes more. */
  #room = 1
  #retired = false

  constructor(url: URL, socket: Socket, { onRetired, onRoom }: Http2SessionOptions) {
    this.#url = url
    const session = connect(url.origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: WINDOW, maxHeaderListSize: LARGEST_HEADERS },
      maxHeaderListPairs: MOST_HEADERS,
      maxReservedRemoteStreams: 0,
    })
    this.#session = session
    const retire = () => {
      if (this.#retired) return
      this.#retired = true
      onRetired()
    }
    session.on('remoteSettings', ({ maxConcurrentStreams = MOST_STREAMS }) => {
      this.#room = Math.max(1, Math.min(MOST_STREAMS, maxConcurrentStreams))
      onRoom()
    })
    session.on('goaway', retire)
    session.on('close', retire)
    // Its streams fail by it as well, and each tells its own request.
    session.on('error', retire)
  }

  /** Whether one more request can be sent now. */
  get hasRoom(): boolean {
    return !this.#retired && !this.#session.closed && this.#streams.size < this.#room
  }

  send(request: WireRequest, handler: ResponseHandler): void {
    const { body } = request
    let stream: ClientHttp2Stream
    try {
      this.#session.ref()
      stream = this.#session.request(this.#headersOf(request))
    } catch (error) {
      handler.onResponseError(undefined, error as Error)
      return
    }
    this.#streams.set(handler, stream)
    handler.onRequestStart()
    listen(stream, handler)
    stream.end(body)
  }

  /**
   * A request has ended for whoever sent it.
   *
   * @returns whether its stream came to its end on both sides, so that nothing of it is in the way of the next
   */
  end(handler: ResponseHandler): boolean {
    const stream = this.#streams.get(handler)
    if (stream === undefined) return false
    this.#streams.delete(handler)
    if (this.#streams.size === 0 && !this.#session.destroyed) this.#session.unref()
    if (stream.readableEnded && stream.writableFinished) return true
    if (!stream.destroyed) stream.close(constants.NGHTTP2_CANCEL)
    return false
  }

  destroy(): void {
    this.#retired = true
    this.#session.destroy()
  }

  #headersOf(request: WireRequest): OutgoingHttpHeaders {
    return {
      ':method': 'POST',
      ':scheme': 'https',
      ':authority': this.#url.host,
      ':path': request.path,
      ...Object.fromEntries(headersOverHttp2(request)),
    }
  }
}

function listen(stream: ClientHttp2Stream, handler: ResponseHandler): void {
  let answered = false
  let announced = -1
  let arrived = 0
  let frames = 0
  let failure: Error | undefined
  const start = (
    headers: IncomingHttpHeaders & { ':status'?: number | undefined },
    raw: readonly string[],
  ) => {
    const status = Number(headers[':status'])
    if (!(status >= 100 && status <= 999) || status === 101) {
      handler.onResponseError(undefined, protocolError(`its status is ${status}`))
      return
    }
    answered = status >= 200
    announced = Number(headers['content-length'] ?? -1)
    // The status is among them, as the first.
    const rawHeaders = raw.filter((_, at) => !raw[at - (at % 2)]?.startsWith(':'))
    handler.onResponseStart({ rawHeaders }, status)
  }
  stream.on('headers', (headers, _flags, raw: string[]) => start(headers, raw))
  stream.on('response', (headers, _flags, raw: string[]) => start(headers, raw))
  stream.on('data', (chunk: Buffer) => {
    arrived += chunk.length
    frames += 1
    if (frames > MOST_FRAMES) {
      handler.onResponseError(undefined, protocolError('its body comes in too many frames'))
      return
    }
    handler.onResponseData(undefined, chunk)
  })
  stream.on('end', () => {
    // A stream that is reset ends too. Where nothing tells the two apart, its end is an end.
    const cut = (stream.rstCode ?? 0) !== 0 || (announced >= 0 && arrived < announced)
    if (answered && !cut) handler.onResponseEnd()
  })
  stream.on('error', (error) => {
    failure = error
  })
  stream.on('close', () => {
    // Nothing comes of it where the response has come to its end.
    const code = stream.rstCode ?? 0
    handler.onResponseError(undefined, failure ?? protocolError(`the stream was closed with code ${code}`))
  })
}

function protocolError(what: string): Error {
  return Object.assign(new Error(what), { code: 'ERR_HTTP2_ERROR' })
}
