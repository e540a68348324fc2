import { createServer as createTlsServer } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { createAddressPolicy } from './address-policy.ts'
import { connectionSettings } from './connection-settings.ts'
import type { OutboundResult } from './post.ts'
import { testCertificate } from './test-certificate.ts'
import { type ProxyTrick, startTestProxy } from './test-proxy.ts'
import { forever, ok, TestServer } from './test-server.ts'
import { createTransport } from './transport.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const codeOf = (result: OutboundResult) =>
  result.outcome === 'error' ? result.error.code : result.response.status
const messageOf = (result: OutboundResult) => (result.outcome === 'error' ? result.error.message : '')

async function serve(secure: boolean) {
  const server = secure
    ? await TestServer.start(ok, createTlsServer(testCertificate), 'secureConnection')
    : await TestServer.start()
  closers.push(() => server.close())
  return server
}
async function serveProxy(trick?: ProxyTrick, tls?: typeof testCertificate) {
  const proxy = await startTestProxy({ ...(trick && { trick }), ...(tls && { tls }) })
  closers.push(() => proxy.close())
  return proxy
}
/** A transport by way of a proxy. Whoever asks DNS fails. */
function through(proxy: string, ca?: string) {
  const transport = createTransport({
    policy: createAddressPolicy({ deny: ['denied.example', '203.0.113.0/24'] }),
    resolve: () => Promise.reject(new Error('DNS was asked')),
    connection: connectionSettings({ proxy, ...(ca === undefined ? {} : { ca }) }),
  })
  closers.push(() => transport.close())
  return (url: string, deadlineMs = 5_000) =>
    transport.post({ url, headers: { 'x-a': 'b' }, body: '{}', deadlineMs })
}

const withUser = (url: string) => url.replace('://', '://user:secret@')
const authorization = `Basic ${btoa('user:secret')}`

describe('a proxy', () => {
  it('is asked for a tunnel to a target of https, by name, with the credentials; the target gets none of them', async () => {
    const [server, proxy] = [await serve(true), await serveProxy()]
    const post = through(withUser(proxy.url), testCertificate.cert)
    expect(codeOf(await post(`https://tls.example:${server.port}/hook`))).toBe(200)
    expect(codeOf(await post(`https://tls.example:${server.port}/hook`))).toBe(200)
    expect(proxy.asked).toEqual([{ method: 'CONNECT', url: `tls.example:${server.port}`, authorization }])
    expect(server.requests[0]).toMatch(
      new RegExp(`^POST /hook HTTP/1.1\r\nhost: tls.example:${server.port}\r\n`),
    )
    expect(server.requests.join()).not.toContain('proxy-')
  })

  it('gets the request for a target of http itself, with its whole URL and its host', async () => {
    const [server, proxy] = [await serve(false), await serveProxy()]
    const post = through(withUser(proxy.url))
    const url = `http://plain.example:${server.port}/hook?a=b`
    const result = await post(url)
    expect(codeOf(result)).toBe(200)
    expect(proxy.asked).toEqual([{ method: 'POST', url, authorization }])
    // What goes to the proxy alone is not told.
    expect(result.sent?.url).toBe(url)
    expect(result.sent?.headers.map(([name]) => name)).toEqual([
      'host',
      'connection',
      'x-a',
      'content-length',
    ])
    expect(server.requests[0]).toMatch(/^POST \/hook\?a=b HTTP\/1.1\r\n/)
    expect(server.requests[0]).toMatch(new RegExp(`host: plain.example:${server.port}\r\n`, 'i'))
  })

  it('may be one of https', async () => {
    const [server, proxy] = [await serve(true), await serveProxy(undefined, testCertificate)]
    const url = `https://tls.example:${server.port}/`
    expect(codeOf(await through(proxy.url, testCertificate.cert)(url))).toBe(200)
    const strange = await through(proxy.url)(url)
    expect(codeOf(strange)).toBe('local')
    expect(messageOf(strange)).toContain(`the proxy ${proxy.host}`)
    expect(proxy.asked).toHaveLength(1)
  })

  it("does not stand for its target: the certificate must be the target's", async () => {
    const [server, proxy] = [await serve(true), await serveProxy()]
    const post = through(proxy.url, testCertificate.cert)
    expect(codeOf(await post(`https://other.example:${server.port}/`))).toBe('tls')
  })

  it.each([
    'https://denied.example/',
    'https://10.0.0.1/',
    'http://203.0.113.9/',
    'http://localhost/',
    'https://redis/',
  ])('is not asked for what the rules forbid: %s', async (url) => {
    const proxy = await serveProxy()
    expect(codeOf(await through(proxy.url)(url))).toBe('refused_address')
    expect(proxy.asked).toEqual([])
  })
})

const says =
  (text: string): ProxyTrick =>
  (socket) => {
    socket.end(text)
    return true
  }
const status = (code: number, ...headers: string[]) =>
  says(
    [
      'HTTP/1.1 ',
      String(code),
      ' X\r\n',
      ...headers.map((one) => `${one}\r\n`),
      'content-length: 0\r\n\r\n',
    ].join(''),
  )

describe('a proxy that opens no tunnel', () => {
  it.each<[string, string, ProxyTrick]>([
    ['wants other credentials', 'local', status(407, 'proxy-authenticate: Basic')],
    ['denies the target', 'refused_address', status(403)],
    [
      'denies the target, as smokescreen does',
      'refused_address',
      status(407, 'X-Smokescreen-Error: Egress proxying is denied'),
    ],
    ['cannot reach the target', 'connect', status(502)],
    ['finds the target too slow', 'connect', status(504)],
    ['does not know CONNECT', 'local', status(405)],
    ['redirects', 'local', status(302, 'location: http://elsewhere.example/')],
    ['answers garbage', 'local', says('SSH-2.0-OpenSSH\r\n\r\n')],
    ['closes', 'local', says('')],
    ['closes amid its answer', 'local', says('HTTP/1.1 200 Conn')],
    ['resets', 'local', (socket) => socket.destroy() !== undefined],
    [
      'drips its answer',
      'local',
      (socket) => {
        forever(socket as never, 'H', 20)
        return true
      },
    ],
    ['never answers', 'local', () => true],
  ])('%s: %s', async (_, code, trick) => {
    const proxy = await serveProxy(trick)
    const result = await through(withUser(proxy.url))('https://tls.example/path?secret', 400)
    expect(codeOf(result)).toBe(code)
    expect(messageOf(result)).not.toMatch(/secret|user/)
    if (code !== 'local' || !messageOf(result).startsWith('no response')) {
      expect(messageOf(result)).toContain(`the proxy ${proxy.host}`)
    }
  })

  it('is given up when its headers have more than 16 KiB, and not at the deadline', async () => {
    const proxy = await serveProxy((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      forever(socket as never, 'x-a: b\r\n')
      return true
    })
    const result = await through(proxy.url)('https://tls.example/')
    expect(codeOf(result)).toBe('local')
    expect(messageOf(result)).toContain('more than 16384 bytes')
  })

  it('is not there: local', async () => {
    const proxy = await startTestProxy()
    await proxy.close()
    const result = await through(proxy.url)('https://tls.example/')
    expect(codeOf(result)).toBe('local')
    expect(messageOf(result)).toMatch(/^the proxy 127\.0\.0\.1:\d+: .*ECONNREFUSED/)
  })

  it('has a name that nobody knows: local', async () => {
    expect(codeOf(await through('http://no-such-proxy.invalid:3128')('https://tls.example/'))).toBe('local')
  })

  it('waits for one target while it answers for others: that is the target', async () => {
    const server = await serve(true)
    const proxy = await serveProxy((_, { url }) => url?.startsWith('slow.') === true)
    const post = through(proxy.url, testCertificate.cert)
    const slow = post('https://slow.example/', 1_500)
    expect(codeOf(await post(`https://tls.example:${server.port}/`))).toBe(200)
    expect(codeOf(await slow)).toBe('timeout')
    expect(messageOf(await slow)).toMatch(/still waiting for the proxy to connect$/)
  })
})

describe('a proxy that gets a request', () => {
  it.each<[string, string | number, ProxyTrick]>([
    ['wants other credentials', 'local', status(407, 'proxy-authenticate: Basic')],
    ['denies the target, as smokescreen does', 'refused_address', status(407, 'X-Smokescreen-Error: no')],
    [
      'denies the target, as squid does',
      'refused_address',
      status(403, 'X-Squid-Error: ERR_ACCESS_DENIED 0'),
    ],
    ['cannot reach the target, as squid says', 'connect', status(503, 'X-Squid-Error: ERR_CONNECT_FAIL 111')],
    ["answers what may be the target's", 403, status(403)],
    ['never answers', 'local', () => true],
  ])('%s: %s', async (_, code, trick) => {
    const proxy = await serveProxy(trick)
    expect(codeOf(await through(proxy.url)('http://plain.example/', 400))).toBe(code)
  })
})
