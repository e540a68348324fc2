import { once } from 'node:events'
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createAddressPolicy } from './address-policy.ts'
import { connectionSettings } from './connection-settings.ts'
import type { OutboundRequest, OutboundResult } from './post.ts'
import { testCertificate } from './test-certificate.ts'
import { createTransport, type TransportOptions } from './transport.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

interface Seen {
  headers: IncomingHttpHeaders
  raw: readonly string[]
  body: string
  session: ServerHttp2Session | undefined
}
type Answer = (stream: ServerHttp2Stream, path: string, seen: Seen) => void
const ok: Answer = (stream) => {
  stream.respond({ ':status': 200 })
  stream.end('ok')
}

/** A receiver of HTTP/2, and a transport that trusts it. */
async function open(
  answer: Answer = ok,
  given: SecureServerOptions = {},
  options: Partial<TransportOptions> = {},
) {
  const server: Http2SecureServer = createSecureServer({ ...testCertificate, ...given })
  const requests: Seen[] = []
  const sessions = new Set<ServerHttp2Session>()
  let opened = 0
  const mute = (emitter: { on(event: 'error', listener: () => void): unknown }) =>
    emitter.on('error', () => {})
  server.on('session', (session) => {
    opened += 1
    sessions.add(session)
    mute(session)
    session.on('close', () => sessions.delete(session))
  })
  server.on(
    'stream',
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
      mute(stream)
      const seen: Seen = {
        headers,
        raw,
        body: '',
        session: stream.session as ServerHttp2Session,
      }
      stream.setEncoding('utf8').on('data', (text: string) => {
        seen.body += text
      })
      stream.on('end', () => {
        requests.push(seen)
        answer(stream, String(headers[':path']), seen)
      })
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const transport = createTransport({
    policy: createAddressPolicy({ allow: ['127.0.0.1'] }),
    connection: connectionSettings({ ca: testCertificate.cert, http2: true }),
    ...options,
  })
  closers.push(
    () => transport.close(),
    () => {
      for (const session of sessions) session.destroy()
      server.close()
    },
  )
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    server,
    requests,
    sessions: sessions as ReadonlySet<ServerHttp2Session>,
    opened: () => opened,
    post: (path = '/hook', change: Partial<OutboundRequest> = {}) =>
      transport.post({ url: origin + path, headers: {}, body: '{}', deadlineMs: 5_000, ...change }),
  }
}

const codeOf = (result: OutboundResult) =>
  result.outcome === 'error' ? result.error.code : result.response.status
const messageOf = (result: OutboundResult) => (result.outcome === 'error' ? result.error.message : '')

describe('a POST over HTTP/2', () => {
  it('bears the headers and the body that were given, names in lower case, and none of HTTP/1.1', async () => {
    const { post, requests } = await open()
    const body = '{"data":"é中\\u0000😀"}'
    const headers = { 'Content-Type': 'application/json', 'webhook-id': 'x_1', Authorization: ' Bearer é ' }
    const result = await post('/é?q=%0d', { body, headers })
    expect(codeOf(result)).toBe(200)
    const [seen] = requests
    const { raw = [] } = seen ?? {}
    const pairs = raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1]]] : []))
    expect(result.sent?.headers).toEqual(pairs.filter(([name]) => !name?.startsWith(':')))
    expect(seen?.body).toBe(body)
    expect(seen?.raw.filter((_, at) => at % 2 === 0)).toEqual([
      ':method',
      ':scheme',
      ':authority',
      ':path',
      'content-length',
      'content-type',
      'webhook-id',
      'authorization',
    ])
    expect(seen?.headers).toMatchObject({
      ':method': 'POST',
      ':scheme': 'https',
      ':path': '/%C3%A9?q=%0d',
      'content-length': String(Buffer.byteLength(body)),
      authorization: 'Bearer é',
    })
  })

  it('gives status, headers in their order, body and whether that was cut', async () => {
    const { post } = await open((stream) => {
      stream.respond({ ':status': 201, 'x-b': 'é', 'set-cookie': ['a=1', 'b=2'], date: 'now' })
      stream.end('x'.repeat(20_000))
    })
    const result = await post()
    expect(result).toMatchObject({ outcome: 'response', response: { status: 201, truncated: true } })
    if (result.outcome !== 'response') return
    expect(result.response.body).toHaveLength(16 * 1024)
    expect(result.response.headers).toEqual([
      ['x-b', 'é'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['date', 'now'],
    ])
  })

  it('is refused here, as local, if its header is one of a connection', async () => {
    const { post, requests } = await open()
    for (const name of [
      'Connection',
      'Host',
      'Transfer-Encoding',
      'Keep-Alive',
      'TE',
      'Upgrade',
      'Proxy-Connection',
    ]) {
      expect(codeOf(await post('/', { headers: { [name]: 'close' } }))).toBe('local')
    }
    expect(requests).toEqual([])
    expect(codeOf(await post())).toBe(200)
  })

  it.each([
    ['refuses the stream', (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM)],
    ['destroys the connection', (stream: ServerHttp2Stream) => stream.session?.destroy()],
  ])('is sent once to who %s', async (_, refuse) => {
    const { post, requests, opened } = await open(refuse)
    expect(codeOf(await post())).toBe('protocol')
    // What is sent again at once would have come before this.
    expect(codeOf(await post('/other', { deadlineMs: 500 }))).toBe('protocol')
    expect(requests.map(({ headers }) => headers[':path'])).toEqual(['/hook', '/other'])
    expect(opened()).toBe(2)
  })
})

describe('a connection of HTTP/2', () => {
  /** Answers all once so many are under way. */
  function together(count: number): Answer {
    const held: ServerHttp2Stream[] = []
    return (stream, path, seen) => {
      if (path !== '/hook') return ok(stream, path, seen)
      held.push(stream)
      if (held.length === count) for (const one of held.splice(0)) ok(one, path, seen)
    }
  }

  it('is used again, for one target after the other', async () => {
    const { post, opened } = await open()
    for (let n = 0; n < 20; n += 1) expect(codeOf(await post(`/${n}`))).toBe(200)
    expect(opened()).toBe(1)
  })

  it('has several requests of one target under way at once', async () => {
    const { post, opened, requests } = await open(together(10))
    await post('/first')
    expect((await Promise.all(Array.from({ length: 10 }, () => post()))).map(codeOf)).toEqual(
      new Array(10).fill(200),
    )
    expect(opened()).toBe(1)
    expect(requests).toHaveLength(11)
  })

  it('has no more of them than the other side takes', async () => {
    let most = 0
    let now = 0
    const { post } = await open(
      (stream, path, seen) => {
        now += 1
        most = Math.max(most, now)
        stream.on('close', () => {
          now -= 1
        })
        setImmediate(() => ok(stream, path, seen))
      },
      { settings: { maxConcurrentStreams: 2 } },
      { maxConnections: 8, connectionsPerOrigin: 8 },
    )
    await post()
    expect(
      (await Promise.all(Array.from({ length: 40 }, () => post()))).every((result) => codeOf(result) === 200),
    ).toBe(true)
    expect(most).toBeLessThanOrEqual(8)
  })

  it('is not shared by two targets: what one does to it is not felt by the other', async () => {
    const { post, opened } = await open((stream, path, seen) => {
      if (path === '/evil') stream.session?.destroy()
      else if (path === '/hook') setTimeout(() => ok(stream, path, seen), 100)
      else ok(stream, path, seen)
    })
    await post('/first')
    const good = post()
    expect(codeOf(await post('/evil'))).toBe('protocol')
    expect(codeOf(await good)).toBe(200)
    expect(opened()).toBe(2)
  })

  it('goes on with the others when one ends at its deadline, takes no new ones, and closes after them', async () => {
    let held: ServerHttp2Stream | undefined
    let never: ServerHttp2Stream | undefined
    const { post, opened, sessions } = await open((stream, path, seen) => {
      if (seen.body === 'hold') held = stream
      else if (seen.body === 'never') never = stream
      else ok(stream, path, seen)
    })
    await post()
    const other = post('/hook', { body: 'hold' })
    await vi.waitFor(() => expect(held).toBeDefined())
    const late = await post('/hook', { body: 'never', deadlineMs: 200 })
    expect(codeOf(late)).toBe('timeout')
    expect(messageOf(late)).toMatch(/still waiting for its response$/)
    await vi.waitFor(() => expect(never?.rstCode).toBe(constants.NGHTTP2_CANCEL))
    expect(opened()).toBe(1)
    expect(codeOf(await post())).toBe(200)
    expect(opened()).toBe(2)
    expect(sessions.size).toBe(2)
    ok(held as ServerHttp2Stream, '', { headers: {}, raw: [], body: '', session: undefined })
    expect(codeOf(await other)).toBe(200)
    await vi.waitFor(() => expect(sessions.size).toBe(1))
  })

  it('gives its place back whatever has happened, and leaves nothing open', async () => {
    const { post, sessions } = await open(
      (stream, path, seen) => {
        if (seen.body === 'reset') stream.close(constants.NGHTTP2_INTERNAL_ERROR)
        else if (seen.body === 'destroy') stream.session?.destroy()
        else if (seen.body !== 'never') ok(stream, path, seen)
      },
      {},
      { maxConnections: 2, connectionsPerOrigin: 2 },
    )
    const bodies = Array.from({ length: 6 }, () => ['reset', 'destroy', 'never', 'fine']).flat()
    const results = await Promise.all(
      bodies.map((body, at) =>
        post('/hook', { body, ...(body === 'never' ? { signal: AbortSignal.timeout(100 + 50 * at) } : {}) }),
      ),
    )
    for (const result of results) expect(['protocol', 'aborted', 200]).toContain(codeOf(result))
    expect(codeOf(await post())).toBe(200)
    expect(sessions.size).toBeLessThanOrEqual(2)
  })

  it('is closed when it has been idle for four seconds', async () => {
    const { post, sessions } = await open()
    await post()
    expect(sessions.size).toBe(1)
    await vi.waitFor(() => expect(sessions.size).toBe(0), { timeout: 6_000, interval: 50 })
    expect(codeOf(await post())).toBe(200)
  })

  it('is closed when it is as old as DNS may be', async () => {
    let now = 0
    const clock = { now: () => now, timer: () => () => undefined }
    const { post, opened } = await open(ok, {}, { clock })
    await post()
    now = 60_000
    await post()
    expect(opened()).toBe(1)
    await post()
    expect(opened()).toBe(2)
  })

  it('is not used again after the other side has said that it goes', async () => {
    const { post, opened, sessions } = await open()
    await post()
    for (const session of sessions) session.close()
    await vi.waitFor(() => expect(sessions.size).toBe(0))
    expect(codeOf(await post())).toBe(200)
    expect(opened()).toBe(2)
  })
})
