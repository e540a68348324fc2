import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'

/**
 * The request of `node:http` as a Request of the Fetch standard; or, where there can be none, the response to it.
 *
 * @param signal is aborted when nobody waits for the response any more
 */
export function requestOf(message: IncomingMessage, signal: AbortSignal): Request | Response {
  const method = message.method ?? 'GET'
  // https://fetch.spec.whatwg.org/#forbidden-method: no Request can have it.
  if (/^(?:connect|trace|track)$/i.test(method)) return failure(405, `Method "${method}" not allowed.`)
  const url = urlOf(message)
  if (url === undefined) return failure(400, 'The URL of the request cannot be read.')
  const init: RequestInit = { method, headers: headersOf(message), signal }
  if (method !== 'GET' && method !== 'HEAD') {
    init.body = bodyOf(message)
    init.duplex = 'half'
  }
  return new Request(url, init)
}

/** Without a Host (HTTP/1.0), or with one that is no host, the path alone counts. */
function urlOf(message: IncomingMessage): URL | undefined {
  const target = message.url ?? '/'
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

/** Bytes as they arrive and are asked for. Being given up leaves the connection open, for the response to go back on. */
function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = message.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Uint8Array>
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
