import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../core/clock.ts'
import { createAddressPolicy } from './address-policy.ts'
import type { Connection } from './connection.ts'
import { connectionSettings } from './connection-settings.ts'
import { type Borrower, Connections, type Origin } from './connections.ts'
import type { Resolve } from './dns.ts'
import type { OutboundRequest, OutboundResult, Transport } from './post.ts'
import { type Answer, ok, TestServer } from './test-server.ts'
import { createTransport, type TransportOptions } from './transport.ts'

const silent: Answer = () => undefined
const open = createAddressPolicy({ allow: ['127.0.0.1'] })
const closers: (() => Promise<void>)[] = []
let server: TestServer
let transport: Transport

async function serve(answer: Answer = ok): Promise<TestServer> {
  const started = await TestServer.start(answer)
  closers.push(() => started.close())
  return started
}
function connect(options: Partial<TransportOptions> = {}): Transport {
  const created = createTransport({ policy: open, ...options })
  closers.unshift(() => created.close())
  return created
}
beforeEach(async () => {
  server = await serve()
  transport = connect()
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const request = (change: Partial<OutboundRequest> = {}): OutboundRequest => ({
  url: server.url,
  headers: {},
  body: '{}',
  deadlineMs: 5000,
  ...change,
})
const codeOf = (result: OutboundResult) =>
  result.outcome === 'error' ? result.error.code : result.response.status
const messageOf = (result: OutboundResult) => (result.outcome === 'error' ? result.error.message : '')

describe('a POST', () => {
  it('bears the headers and the body that were given, byte for byte', async () => {
    const body = '{"data":"é中\\u0000😀"}'
    const result = await transport.post(
      request({
        url: `http://127.0.0.1:${server.port}/é/😀?q=✓&r=%0d%0a#fragment`,
        headers: { 'Content-Type': 'application/json', 'webhook-id': 'x_1', Authorization: 'Bearer é' },
        body,
      }),
    )
    const [head = '', sent = ''] = (server.requests[0] ?? '').split('\r\n\r\n')
    expect(head.split('\r\n')).toEqual([
      'POST /%C3%A9/%F0%9F%98%80?q=%E2%9C%93&r=%0d%0a HTTP/1.1',
      `host: 127.0.0.1:${server.port}`,
      'connection: keep-alive',
      'Content-Type: application/json',
      'webhook-id: x_1',
      'Authorization: Bearer é',
      `content-length: ${Buffer.byteLength(body)}`,
    ])
    expect(Buffer.from(sent, 'latin1').toString()).toBe(body)
    const lines = head.split('\r\n').slice(1)
    expect(result.sent).toEqual({
      url: `http://127.0.0.1:${server.port}/%C3%A9/%F0%9F%98%80?q=%E2%9C%93&r=%0d%0a`,
      headers: lines.map((line) => line.split(': ')),
    })
  })

  it('tells what it would have sent where nobody was there, and nothing where it did not try', async () => {
    const gone = await serve()
    const { url, port } = gone
    await gone.close()
    closers.splice(closers.length - 1, 1)
    const headers = { 'x-a': 'b' }
    expect((await transport.post(request({ url, headers }))).sent).toEqual({
      url,
      headers: [
        ['host', `127.0.0.1:${port}`],
        ['connection', 'keep-alive'],
        ['x-a', 'b'],
        ['content-length', '2'],
      ],
    })
    for (const refused of ['http://10.0.0.1/', 'http://user:s3cret@example.com/', 'http://127.0.0.1:25/']) {
      expect(await transport.post(request({ url: refused }))).not.toHaveProperty('sent')
    }
    expect(await transport.post(request({ headers: { host: 'x' } }))).not.toHaveProperty('sent')
  })

  it('gives status, headers, body and duration', async () => {
    server.answer = (socket) =>
      setTimeout(() => socket.write('HTTP/1.1 201 Created\r\nX-A: b\r\ncontent-length: 2\r\n\r\nhi'), 50)
    const result = await transport.post(request())
    expect(result).toMatchObject({
      outcome: 'response',
      response: {
        status: 201,
        headers: [
          ['x-a', 'b'],
          ['content-length', '2'],
        ],
        truncated: false,
      },
    })
    expect(result.outcome === 'response' && Buffer.from(result.response.body).toString()).toBe('hi')
    expect(result.durationMs).toBeGreaterThanOrEqual(45)
    expect(result.durationMs).toBeLessThan(5000)
  })

  it('uses a connection again', async () => {
    for (let n = 0; n < 20; n += 1) expect(codeOf(await transport.post(request()))).toBe(200)
    expect(server.connections).toBe(1)
  })

  it('opens a new connection when the kept one was closed meanwhile', async () => {
    await transport.post(request())
    server.answer = (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    await transport.post(request())
    await expect.poll(() => server.open).toBe(0)
    expect(codeOf(await transport.post(request()))).toBe(200)
    expect(server.connections).toBe(2)
  })

  it('closes a connection that is as old as DNS may be', async () => {
    let now = 0
    const aging = connect({ clock: { now: () => now, timer: () => () => undefined } })
    await aging.post(request())
    await aging.post(request())
    expect(server.connections).toBe(1)
    now = 60_000
    await aging.post(request())
    await aging.post(request())
    expect(server.connections).toBe(2)
  })
})

describe('a request that cannot be sent', () => {
  it.each([
    ['a line break', { X: 'a\r\nY: b' }, '"X"'],
    ['a character beyond Latin-1', { X: '✓' }, '"X"'],
    ['a name that is none', { 'X Y': 'a' }, '"X Y"'],
    ['Transfer-Encoding', { 'Transfer-Encoding': 'chunked' }, 'Transfer-Encoding'],
    ['Expect', { expect: '100-continue' }, 'expect'],
    ['Host', { HOST: 'evil.example' }, 'HOST'],
    ['Content-Length', { 'content-length': '3' }, 'content-length'],
    ['Connection', { Connection: 'upgrade' }, 'Connection'],
    ['what is no string', { X: 1 as never }, '"X"'],
    ['1 MB of headers', { A: '1', 'X-Large': 'x'.repeat(2 ** 20), B: '2' }, '"X-Large"'],
  ])('for %s is a local fault that names the header, and takes no slot with it', async (_, headers, name) => {
    const narrow = connect({ connectionsPerOrigin: 1 })
    for (let n = 0; n < 5; n += 1) {
      const result = await narrow.post(request({ headers: headers as Record<string, string> }))
      expect(codeOf(result)).toBe('local')
      expect(messageOf(result)).toContain(name)
    }
    expect(server.connections).toBe(0)
    expect(codeOf(await narrow.post(request()))).toBe(200)
  })

  it.each([
    ['no URL', 'x', 'local'],
    ['another scheme', 'ftp://example.com/', 'refused_address'],
    ['a password', 'http://user:s3cret@example.com/', 'refused_address'],
    ['a bad port', 'http://127.0.0.1:25/', 'refused_address'],
  ])('for %s opens no connection', async (_, url, code) => {
    const result = await transport.post(request({ url }))
    expect(codeOf(result)).toBe(code)
    expect(messageOf(result)).not.toContain('s3cret')
  })
})

describe('messages', () => {
  it('show host and port, and neither path nor query nor headers', async () => {
    const secret = { headers: { Authorization: 's3cret', X: 's3cret\n' } }
    const requests: Partial<OutboundRequest>[] = [
      {
        url: `http://127.0.0.1:${server.port}/s3cret?s3cret`,
        deadlineMs: 30,
        headers: { Authorization: 's3cret' },
      },
      { url: 'http://10.0.0.1/s3cret?s3cret' },
      { url: 'http://127.0.0.1:1/s3cret?s3cret', policy: open } as Partial<OutboundRequest>,
      secret,
    ]
    server.answer = silent
    for (const change of requests) {
      const message = messageOf(await transport.post(request(change)))
      expect(message).not.toBe('')
      expect(message).not.toContain('s3cret')
    }
  })
})

describe('the deadline', () => {
  it('says what was being done', async () => {
    server.answer = silent
    const result = await transport.post(request({ deadlineMs: 50 }))
    expect(messageOf(result)).toBe(
      `no response from 127.0.0.1:${server.port} within 50 ms: still waiting for its response`,
    )
  })

  it('covers the name: the resolver is told to stop', async () => {
    let stopped = false
    const resolve: Resolve = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true
          reject(signal.reason as Error)
        })
      })
    const result = await connect({ resolve }).post(request({ url: 'http://slow.example/', deadlineMs: 50 }))
    expect(result).toMatchObject({
      error: { code: 'timeout', message: expect.stringMatching(/still resolving its name$/) },
    })
    expect(stopped).toBe(true)
  })

  it('covers the name even if the resolver does not listen', async () => {
    const deaf = connect({ resolve: () => new Promise(() => undefined), connectionsPerOrigin: 1 })
    for (let n = 0; n < 3; n += 1) {
      expect(codeOf(await deaf.post(request({ url: 'http://slow.example/', deadlineMs: 30 })))).toBe(
        'timeout',
      )
    }
  })

  it('covers the wait for a connection, which is no fault of the hook', async () => {
    server.answer = silent
    const narrow = connect({ connectionsPerOrigin: 1 })
    const first = narrow.post(request({ deadlineMs: 300 }))
    const second = await narrow.post(request({ deadlineMs: 50 }))
    expect(second).toMatchObject({
      error: { code: 'local', message: expect.stringMatching(/within 50 ms: it waited for a connection/) },
    })
    expect(codeOf(await first)).toBe('timeout')
    expect(server.requests).toHaveLength(1)
  })
})

describe('the limits', () => {
  const burst = (through: Transport, count: number, change: Partial<OutboundRequest> = {}) =>
    Promise.all(Array.from({ length: count }, () => through.post(request(change))))

  /** Counts how many requests are under way at once. */
  const counting = () => {
    let now = 0
    const seen = { most: 0 }
    const answer: Answer = (socket, text) => {
      now += 1
      seen.most = Math.max(seen.most, now)
      setTimeout(() => {
        now -= 1
        ok(socket, text)
      }, 5)
    }
    return { answer, seen }
  }

  it('hold per origin', async () => {
    const { answer, seen } = counting()
    server.answer = answer
    const results = await burst(connect({ connectionsPerOrigin: 3 }), 30)
    expect(results.every((result) => codeOf(result) === 200)).toBe(true)
    expect(seen.most).toBe(3)
    expect(server.connections).toBe(3)
  })

  it('hold in total, over several origins, and everybody gets a turn', async () => {
    const { answer, seen } = counting()
    const servers = await Promise.all([serve(answer), serve(answer), serve(answer)])
    const narrow = connect({ maxConnections: 2 })
    const results = await Promise.all(servers.map(({ url }) => burst(narrow, 10, { url })))
    expect(results.flat().every((result) => codeOf(result) === 200)).toBe(true)
    expect(seen.most).toBe(2)
    await expect
      .poll(() => servers.reduce((sum, { open: sockets }) => sum + sockets, 0))
      .toBeLessThanOrEqual(2)
  })

  it('count idle connections: the one that was idle for longest makes room', async () => {
    const servers = await Promise.all([serve(), serve(), serve()])
    const narrow = connect({ maxConnections: 2 })
    for (const { url } of servers) await narrow.post(request({ url }))
    await expect.poll(() => servers.map(({ open: sockets }) => sockets)).toEqual([0, 1, 1])
  })

  it('let a healthy origin pass one that never answers', async () => {
    const dead = await serve(silent)
    const narrow = connect({ connectionsPerOrigin: 2 })
    let sockets = 0
    const count = () => {
      sockets += 1
    }
    const stuck = burst(narrow, 20, { url: dead.url, deadlineMs: 400 })
    const startedAt = performance.now()
    await burst(narrow, 10)
    expect(performance.now() - startedAt).toBeLessThan(300)
    subscribe('net.client.socket', count)
    expect((await stuck).map(codeOf).sort()).toEqual([...new Array(18).fill('local'), 'timeout', 'timeout'])
    // No connection is opened for one whose own deadline is passing.
    expect(sockets).toBe(0)
    unsubscribe('net.client.socket', count)
    dead.answer = ok
    expect(codeOf(await narrow.post(request({ url: dead.url })))).toBe(200)
  })

  it('survive a line of very many whose deadlines pass together, or that fail at once', async () => {
    server.answer = silent
    const narrow = connect({ connectionsPerOrigin: 1 })
    const late = await burst(narrow, 10_000, { deadlineMs: 300 })
    expect(late.filter((result) => codeOf(result) === 'local')).toHaveLength(9_999)
    const refused = await burst(narrow, 3_000, { url: 'http://10.0.0.1/', deadlineMs: 60_000 })
    expect(refused.every((result) => codeOf(result) === 'refused_address')).toBe(true)
    server.answer = ok
    expect(codeOf(await narrow.post(request()))).toBe(200)
  })

  it('do not blame a receiver for a request that got its connection late', async () => {
    server.answer = silent
    const narrow = connect({ connectionsPerOrigin: 1 })
    const first = narrow.post(request({ deadlineMs: 150 }))
    const late = narrow.post(request({ deadlineMs: 200 }))
    expect(codeOf(await first)).toBe('timeout')
    expect(codeOf(await late)).toBe('local')
  })

  it('let a line of one origin not hold up another when there is room for few', async () => {
    const { answer } = counting()
    const busy = await serve(answer)
    const narrow = connect({ maxConnections: 1 })
    let done = 0
    const line = Array.from({ length: 20 }, () =>
      narrow.post(request({ url: busy.url })).finally(() => (done += 1)),
    )
    await narrow.post(request())
    expect(done).toBeLessThan(5)
    await Promise.all(line)
  })

  it('forget an origin with its last connection, whoever closed that', async () => {
    const connections = new Connections({
      policy: open,
      resolve: async () => [],
      settings: connectionSettings(),
      clock: systemClock,
      most: 9,
      mostPerOrigin: 9,
    })
    closers.unshift(() => connections.close())
    const url = new URL(server.url)
    const borrow = (origin: Origin, run: (connection: Connection, borrower: Borrower) => void) =>
      new Promise<Borrower>((resolve) => {
        const borrower: Borrower = {
          origin,
          path: '/',
          abort: () => undefined,
          isTooLate: () => false,
          run(connection) {
            run(connection, borrower)
          },
          onRequestStart: () => undefined,
          onResponseStart: () => undefined,
          onResponseData: () => undefined,
          onResponseEnd: () => resolve(borrower),
          onResponseError: () => resolve(borrower),
        }
        connections.acquire(borrower)
      })
    const post = (connection: Connection, borrower: Borrower) =>
      connection.send({ path: '/', headers: [], body: '{}' }, borrower)

    const first = connections.origin(url)
    connections.release(await borrow(first, post), false)
    expect(connections.origin(url)).not.toBe(first)

    const second = connections.origin(url)
    connections.release(await borrow(second, post), true)
    expect(connections.origin(url)).toBe(second)
    server.disconnect()
    await expect.poll(() => connections.origin(url) === second).toBe(false)
  })
})

describe("the caller's signal", () => {
  it.each([
    ['before it begins', 0],
    ['while it waits for the response', 50],
  ])('gives up %s', async (_, afterMs) => {
    server.answer = silent
    const controller = new AbortController()
    if (afterMs === 0) controller.abort()
    else setTimeout(() => controller.abort(), afterMs)
    expect(codeOf(await transport.post(request({ signal: controller.signal })))).toBe('aborted')
    await expect.poll(() => server.open).toBe(0)
  })

  it('gives up while it waits for a connection, and takes no slot with it', async () => {
    server.answer = silent
    const narrow = connect({ connectionsPerOrigin: 1 })
    const first = narrow.post(request({ deadlineMs: 200 }))
    const controller = new AbortController()
    const second = narrow.post(request({ signal: controller.signal }))
    controller.abort()
    expect(codeOf(await second)).toBe('aborted')
    await first
    server.answer = ok
    expect(codeOf(await narrow.post(request()))).toBe(200)
  })

  it('does not undo a status that is known', async () => {
    server.answer = (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc')
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 50)
    expect(await transport.post(request({ signal: controller.signal }))).toMatchObject({
      outcome: 'response',
      response: { status: 200, truncated: true },
    })
  })

  it('may be shared by many requests, which do not stay behind at it', async () => {
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 50 }, () => transport.post(request({ signal }))))
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe('close', () => {
  it('ends what is under way or waiting, closes every socket, and sends nothing afterwards', async () => {
    server.answer = silent
    const narrow = connect({ connectionsPerOrigin: 2 })
    const posts = Array.from({ length: 5 }, () => narrow.post(request()))
    await expect.poll(() => server.requests.length).toBe(2)
    await narrow.close()
    expect((await Promise.all(posts)).map(codeOf)).toEqual(new Array(5).fill('aborted'))
    expect(codeOf(await narrow.post(request()))).toBe('aborted')
    await expect.poll(() => server.open).toBe(0)
    await narrow.close()
  })

  it('closes idle connections', async () => {
    await transport.post(request())
    expect(server.open).toBe(1)
    await transport.close()
    await expect.poll(() => server.open).toBe(0)
  })
})
