import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { WholeBody } from './parsed-body.ts'

/** What a framework knows of a request that differs from what is in the message. */
export interface Arrived {
  /** The URL as it came, if the framework has cut it: `/api/hooks/1?x=1`. */
  url?: string | undefined
  /** The body, if the message is not to be read: it was, or something decodes it. */
  body?: Readable | WholeBody | undefined
}

/**
 * The request of `node:http` as a Request of the Fetch standard; or, where there can be none, the response to it.
 *
 * @param signal is aborted when nobody waits for the response any more
 */
export function requestOf(
  message: IncomingMessage,
  signal: AbortSignal,
  { url: target = message.url ?? '/', body = message }: Arrived = {},
): Request | Response {
  const method = message.method ?? 'GET'
  // https://fetch.spec.whatwg.org/#forbidden-method: no Request can have it.
  if (/^(?:connect|trace|track)$/i.test(method)) return failure(405, `Method "${method}" not allowed.`)
  const url = urlOf(message, target)
  if (url === undefined) return failure(400, 'The URL of the request cannot be read.')
  const headers = headersOf(message)
  if (body !== message) describe(body, headers)
  const init: RequestInit = { method, headers, signal }
  if (method !== 'GET' && method !== 'HEAD') {
    init.body = 'bytes' in body ? body.bytes : streamOf(body)
    init.duplex = 'half'
  }
  return new Request(url, init)
}

/** Without a Host (HTTP/1.0), or with one that is no host, the path alone counts. */
function urlOf(message: IncomingMessage, target: string): URL | undefined {
  // RFC 9112, 3.2.2: a request through a proxy names the whole URL, and that counts more than Host.
  const absolute = /^https?:\/\//i.test(target) ? URL.parse(target) : null
  if (absolute !== null) return withoutCredentials(absolute)
  // Not resolved but appended: `//other/path` would be another host.
  const path = target.startsWith('/') ? target : `/${target}`
  const scheme = (message.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http'
  const host = message.headers[':authority'] ?? message.headers.host
  const named =
    typeof host === 'string' && /^[\w.:[\]-]+$/.test(host) ? URL.parse(`${scheme}://${host}${path}`) : null
  return named ?? URL.parse(`${scheme}://localhost${path}`) ?? undefined
}

/** No Request can have them. */
function withoutCredentials(url: URL): URL {
  url.username = ''
  url.password = ''
  return url
}

function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers()
  const { rawHeaders } = message
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    // HTTP/2 writes method, path and host as headers, by names that are none.
    if (!name.startsWith(':')) headers.append(name, rawHeaders[index + 1] ?? '')
  }
  return headers
}

/** Who has read or decoded a body before has changed what its headers say. */
function describe(body: Readable | WholeBody, headers: Headers): void {
  for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) headers.delete(name)
  if (!('bytes' in body)) return
  if (body.contentType === undefined) headers.delete('content-type')
  else headers.set('content-type', body.contentType)
}

/** Bytes as they arrive and are asked for. Being given up leaves the connection open, for the response to go back on. */
function streamOf(body: Readable): ReadableStream<Uint8Array> {
  const chunks = body.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Uint8Array>
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await chunks.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

function failure(status: number, detail: string): Response {
  return Response.json({ detail }, { status, headers: { 'Cache-Control': 'no-store' } })
}
