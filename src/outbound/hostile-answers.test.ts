import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAddressPolicy } from './address-policy.ts'
import type { OutboundResult, Transport } from './post.ts'
import { drip, flood, say, sayAndClose, sayAndReset } from './test-answers.ts'
import { type Answer, ok, TestServer } from './test-server.ts'
import { createTransport } from './transport.ts'

/** One server that plays every trick, and one connection slot, so that a slot that leaks is missed at once. */
const DEADLINE_MS = 400
let server: TestServer
let transport: Transport

beforeAll(async () => {
  server = await TestServer.start()
  transport = createTransport({
    policy: createAddressPolicy({ allow: ['127.0.0.1'] }),
    connectionsPerOrigin: 1,
  })
})
afterAll(async () => {
  await transport.close()
  await server.close()
})

const post = (body = '{}', deadlineMs = DEADLINE_MS) =>
  transport.post({
    url: server.url,
    headers: { 'content-type': 'application/json' },
    body,
    deadlineMs,
  })

/** `200` for a whole response, `200 cut` for one whose body did not end, or the code of the error. */
const outcome = (result: OutboundResult): string => {
  if (result.outcome === 'error') return result.error.code
  return `${result.response.status}${result.response.truncated ? ' cut' : ''}`
}

const HEAD = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`
const EARLY_HINTS = 'HTTP/1.1 103 Early Hints\r\n\r\n'
const LONG = 'x'.repeat(10_000)
const HEADERS = 'x: y\r\n'.repeat(1000)
const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024))

const modes: [name: string, expected: string, answer: Answer][] = [
  ['never answers', 'timeout', say()],
  ['drips its status line', 'timeout', drip('HTTP/1.1 200 ', 'O')],
  ['drips headers', 'timeout', drip(HEAD, 'x: y\r\n')],
  ['drips one header', 'timeout', drip(`${HEAD}x: `, 'y')],
  ['drips 103s', 'timeout', drip('', EARLY_HINTS)],
  ['floods 103s', 'protocol', flood('', EARLY_HINTS.repeat(100))],
  ['sends a few 103s, then 200', '200', say(EARLY_HINTS.repeat(5), `${HEAD}content-length: 0\r\n\r\n`)],
  ['sends headers without end', 'protocol', flood(HEAD, HEADERS)],
  ['sends one header without end', 'protocol', flood(`${HEAD}x: `, LONG)],
  ['sends a status line without end', 'timeout', flood('HTTP/1.1 200 ', LONG)],
  [
    'sends 17 KiB of headers',
    'protocol',
    say(`${HEAD}x: ${'y'.repeat(17 * 1024)}\r\ncontent-length: 0\r\n\r\n`),
  ],
  ['sends 100 alone', 'protocol', say('HTTP/1.1 100 Continue\r\n\r\n')],
  ['switches protocols', 'protocol', say('HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')],
  ['switches protocols without saying to what', 'protocol', say('HTTP/1.1 101 X\r\n\r\n')],
  ['answers with status 000', 'protocol', say('HTTP/1.1 000 X\r\ncontent-length: 0\r\n\r\n')],
  ['closes without an answer', 'protocol', sayAndClose('')],
  ['resets without an answer', 'protocol', (socket) => socket.resetAndDestroy()],
  ['closes amid the headers', 'protocol', sayAndClose(`${HEAD}x: y`)],
  ['resets amid the headers', 'protocol', sayAndReset(`${HEAD}x: y`)],
  ['sends garbage', 'protocol', say('\0\u0001\u0002garbage\r\n\r\n')],
  ['sends NUL in a header', 'protocol', say(`${HEAD}x: a\0b\r\ncontent-length: 0\r\n\r\n`)],
  ['speaks SSH', 'protocol', say('SSH-2.0-OpenSSH_9.9\r\n')],
  ['speaks HTTP/0.9', 'protocol', sayAndClose('<html>hello</html>')],
  ['says two lengths', 'protocol', say(`${HEAD}content-length: 1\r\ncontent-length: 2\r\n\r\nab`)],
  [
    'says length and chunks',
    'protocol',
    say(`${HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
  ],
  ['drips its body', '200 cut', drip(`${HEAD}content-length: 9999\r\n\r\n`, 'z')],
  ['never begins its body', '200 cut', say(`${HEAD}content-length: 10\r\n\r\n`)],
  ['sends a body without end', '200 cut', flood(CHUNKED, `2710\r\n${LONG}\r\n`)],
  ['sends a body without length or end', '200 cut', flood(`${HEAD}\r\n`, LONG)],
  ['sends a chunk extension without end', '200 cut', flood(`${CHUNKED}1;`, LONG)],
  ['sends trailers without end', '200 cut', flood(`${CHUNKED}0\r\n`, HEADERS)],
  ['sends a broken chunk', '200 cut', say(`${CHUNKED}zz\r\n`)],
  ['sends less than it said', '200 cut', sayAndClose(`${HEAD}content-length: 10\r\n\r\nabc`)],
  ['resets amid the body', '500 cut', sayAndReset('HTTP/1.1 500 Oh\r\ncontent-length: 9\r\n\r\nabc')],
  ['sends more than it said', '200', say(`${HEAD}content-length: 2\r\n\r\nokand more`)],
  ['answers twice', '200', say(`${HEAD}content-length: 0\r\n\r\n`.repeat(2))],
  [
    'sends a gzip bomb',
    '200 cut',
    say(`${HEAD}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`, bomb),
  ],
  ['sends a body up to its close', '200', sayAndClose('HTTP/1.0 200 OK\r\n\r\nall of it')],
  ['asks to close', '200', sayAndClose(`${HEAD}connection: close\r\ncontent-length: 2\r\n\r\nok`)],
  ['has no content', '204', say('HTTP/1.1 204 No Content\r\n\r\n')],
  ['has not modified', '304', say('HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n')],
  ['is gone', '410', say('HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n')],
  ['invents a status', '999', say('HTTP/1.1 999 ?\r\ncontent-length: 0\r\n\r\n')],
]

// Again when it took too long: the server floods from this very process, on a machine that may be busy.
describe('a receiver that', { retry: 2 }, () => {
  it.each(modes)(
    '%s: %s, within the deadline; afterwards its origin works',
    async (_name, expected, answer) => {
      server.answer = answer
      const startedAt = performance.now()
      const result = await post()
      expect(outcome(result)).toBe(expected)
      expect(performance.now() - startedAt).toBeLessThan(DEADLINE_MS + 1000)
      if (result.outcome === 'response') expect(result.response.body.length).toBeLessThanOrEqual(16 * 1024)

      server.answer = ok
      expect(outcome(await post())).toBe('200')
      // What misbehaved is closed; one connection may wait for the next request.
      await expect.poll(() => server.open).toBeLessThanOrEqual(1)
    },
  )

  it('resets at once is a failed attempt, and its origin works afterwards', async () => {
    server.onConnection = (socket) => socket.resetAndDestroy()
    // A connection that is open already would not meet it.
    server.answer = (socket) => socket.end()
    await post()
    expect(['connect', 'protocol']).toContain(outcome(await post()))
    server.onConnection = undefined
    server.answer = ok
    expect(outcome(await post())).toBe('200')
  })

  it('answers before it has read the body is heard', async () => {
    server.answer = (socket) => socket.end()
    await post()
    server.onConnection = (socket) => {
      socket.pause()
      socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n')
    }
    expect(outcome(await post('x'.repeat(20_000_000), 10_000))).toBe('413')
    server.onConnection = undefined
    server.answer = ok
    expect(outcome(await post())).toBe('200')
  })

  it('never reads the body ends at the deadline', async () => {
    server.answer = (socket) => socket.end()
    await post()
    server.onConnection = (socket) => socket.pause()
    expect(outcome(await post('x'.repeat(20_000_000)))).toBe('timeout')
    server.onConnection = undefined
    server.answer = ok
    expect(outcome(await post())).toBe('200')
  })
})

describe('a flood', () => {
  it('reaches the parser in small pieces, which it cannot stop amid', async () => {
    let largest = 0
    const measure = (message: unknown) => {
      largest = Math.max(largest, (message as { chunk: Uint8Array }).chunk.length)
    }
    subscribe('undici:request:bodyChunkReceived', measure)
    server.answer = say(`${HEAD}content-length: 70000\r\n\r\n${'x'.repeat(70_000)}`)
    expect(outcome(await post())).toBe('200 cut')
    unsubscribe('undici:request:bodyChunkReceived', measure)
    expect(largest).toBeGreaterThan(0)
    expect(largest).toBeLessThanOrEqual(4096)
  })
})

describe('a redirect', () => {
  it('is a response like any other, and not followed', async () => {
    const elsewhere = await TestServer.start()
    server.answer = say(`HTTP/1.1 307 Temporary\r\nlocation: ${elsewhere.url}\r\ncontent-length: 0\r\n\r\n`)
    const result = await post()
    expect(outcome(result)).toBe('307')
    expect(elsewhere.connections).toBe(0)
    await elsewhere.close()
  })
})

describe('the body of a response', () => {
  const bodyOf = async (answer: Answer) => {
    server.answer = answer
    const result = await post()
    return result.outcome === 'response' ? result.response : undefined
  }
  const whole =
    (body: Buffer | string): Answer =>
    (socket) => {
      socket.write(`${HEAD}content-length: ${Buffer.byteLength(body)}\r\n\r\n`)
      socket.write(body)
    }

  it('is kept byte for byte: NUL, broken UTF-8, script', async () => {
    const bytes = Buffer.concat([
      Buffer.from([0, 255, 254, 0xc3, 0x28]),
      Buffer.from('<script>alert(1)</script>'),
    ])
    const response = await bodyOf(whole(bytes))
    expect(Buffer.from(response?.body ?? [])).toEqual(bytes)
    expect(response?.truncated).toBe(false)
  })

  it('is whole at 16 KiB and cut beyond', async () => {
    const exact = await bodyOf(whole('x'.repeat(16384)))
    expect([exact?.body.length, exact?.truncated]).toEqual([16384, false])
    const more = await bodyOf(whole('x'.repeat(16385)))
    expect([more?.body.length, more?.truncated]).toEqual([16384, true])
  })

  it('may come in many tiny chunks', async () => {
    const response = await bodyOf(say(CHUNKED, '1\r\nx\r\n'.repeat(5000), '0\r\n\r\n'))
    expect(Buffer.from(response?.body ?? []).toString()).toBe('x'.repeat(5000))
    expect(response?.truncated).toBe(false)
    const more = await bodyOf(say(CHUNKED, '1\r\nx\r\n'.repeat(17_000), '0\r\n\r\n'))
    expect([Buffer.from(more?.body ?? []).toString(), more?.truncated]).toEqual(['x'.repeat(16384), true])
  })

  it('is not decompressed', async () => {
    const response = await bodyOf((socket) => {
      const packed = gzipSync('hello')
      socket.write(`${HEAD}content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`)
      socket.write(packed)
    })
    expect(Buffer.from(response?.body ?? [])).toEqual(gzipSync('hello'))
  })

  it('comes with the headers in their order, names in lower case, repeated ones apart', async () => {
    const response = await bodyOf(
      say(`${HEAD}Set-Cookie: a=1\r\nX-B: é\r\nset-cookie: b=2\r\nContent-Length: 0\r\n\r\n`),
    )
    expect(response?.headers).toEqual([
      ['set-cookie', 'a=1'],
      ['x-b', Buffer.from('é').toString('latin1')],
      ['set-cookie', 'b=2'],
      ['content-length', '0'],
    ])
  })

  it('comes with 256 headers at the most, without the spaces around their values', async () => {
    const response = await bodyOf(
      say(`${HEAD}X: \t y z \t \r\n${'a: b\r\n'.repeat(300)}content-length: 0\r\n\r\n`),
    )
    expect(response?.headers).toHaveLength(256)
    expect(response?.headers[0]).toEqual(['x', 'y z'])
  })
})
