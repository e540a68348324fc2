import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import * as tls from 'node:tls'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import hostile from '../../test/fixtures/hostile-urls.json' with { type: 'json' }
import { type AddressPolicy, createAddressPolicy } from './address-policy.ts'
import { type ConnectionSettings, connectionSettings } from './connection-settings.ts'
import type { Resolve } from './dns.ts'
import type { OutboundResult } from './post.ts'
import { testCertificate } from './test-certificate.ts'
import { ok, TestServer } from './test-server.ts'
import { createTransport } from './transport.ts'

/** Every client socket that the process opens is announced here, wherever it leads. */
const SOCKETS = 'net.client.socket'
let sockets = 0
const count = () => {
  sockets += 1
}

let server: TestServer
beforeAll(async () => {
  server = await TestServer.start()
})
afterAll(() => server.close())
beforeEach(() => {
  sockets = 0
  subscribe(SOCKETS, count)
})
afterEach(() => {
  unsubscribe(SOCKETS, count)
})

/** Gives each name its answers one after the other, the last one for ever. */
function answering(answers: Record<string, string[][]>): Resolve & { asked: string[] } {
  const asked: string[] = []
  const resolve: Resolve = async (hostname) => {
    const rounds = answers[hostname] ?? []
    const round = rounds[Math.min(asked.filter((name) => name === hostname).length, rounds.length - 1)] ?? []
    asked.push(hostname)
    return round.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
  return Object.assign(resolve, { asked })
}

async function postOnce(
  url: string,
  options: { policy?: AddressPolicy; resolve?: Resolve; connection?: ConnectionSettings } = {},
): Promise<OutboundResult> {
  const transport = createTransport({
    policy: options.policy ?? createAddressPolicy(),
    resolve: options.resolve ?? answering({}),
    connection: options.connection ?? connectionSettings(),
  })
  const result = await transport.post({ url, headers: {}, body: '{}', deadlineMs: 2000 })
  await transport.close()
  return result
}

const codeOf = (result: OutboundResult) =>
  result.outcome === 'error' ? result.error.code : result.response.status
const messageOf = (result: OutboundResult) => (result.outcome === 'error' ? result.error.message : '')

type Answers = Record<string, string[][]>
const answersOf = (dns: object | undefined) => (dns ?? {}) as Answers
const withPort = (url: string, port: number) => {
  const changed = new URL(url)
  changed.port = String(port)
  return changed.href
}

describe('hostile names', () => {
  const refused = hostile.cases.filter(({ stage }) => stage === 'connect')

  it.each(refused)('$id is refused when connecting: $why', async ({ url, dns, preresolve }) => {
    const before = server.connections
    const resolve = answering(answersOf(dns))
    // What a check at registration would have seen: an answer that is good, and is gone when it comes to connecting.
    if (preresolve === true) await resolve(new URL(url).hostname, AbortSignal.timeout(1000))
    const result = await postOnce(withPort(url, server.port), { resolve })
    expect(codeOf(result)).toBe('refused_address')
    expect(messageOf(result)).toMatch(/ resolves to \S+, which is in \S+\/\d+/)
    expect(sockets).toBe(0)
    expect(server.connections).toBe(before)
  })

  const literal = hostile.cases.filter(({ stage, url }) => stage === 'registration' && URL.canParse(url))

  it.each(literal)(
    '$id, were it registered all the same, opens no socket: $why',
    async ({ url, requires }) => {
      const policy = createAddressPolicy({
        deny: requires === undefined ? [] : ['*.sender.example', '161.26.0.0/16'],
      })
      // Names that pass are answered with nothing, so that only a literal address could open a socket.
      const result = await postOnce(url, { policy })
      expect(['refused_address', 'dns']).toContain(codeOf(result))
      expect(sockets).toBe(0)
    },
  )

  const accepted = hostile.cases.filter(({ stage, url }) => stage === 'none' && url.startsWith('http:'))

  it.each(accepted)('$id is let through: $why', async ({ url, dns }) => {
    const policy = createAddressPolicy()
    const { hostname, pathname, search } = new URL(url)
    for (const address of answersOf(dns)[hostname]?.flat() ?? [hostname.replace(/^\[|\]$/g, '')]) {
      expect(policy.refuseAddress(address, hostname)).toBeUndefined()
    }
    if (dns === undefined) return
    // The public addresses of the case are not ours to call: the same name, led to a server here.
    const open = createAddressPolicy({ allow: ['127.0.0.1'] })
    const resolve = answering({ [hostname]: [['127.0.0.1']] })
    expect(codeOf(await postOnce(withPort(url, server.port), { policy: open, resolve }))).toBe(200)
    expect(server.requests.at(-1)).toMatch(
      `POST ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}:${server.port}\r\n`,
    )
  })
})

describe('a name', () => {
  const open = createAddressPolicy({ allow: ['127.0.0.1'] })
  const url = (host: string) => `http://${host}:${server.port}/`

  it('is resolved once for a connection: a second answer could be another', async () => {
    const resolve = answering({ 'once.example': [['127.0.0.1'], ['10.0.0.1']] })
    expect(codeOf(await postOnce(url('once.example'), { policy: open, resolve }))).toBe(200)
    expect(resolve.asked).toEqual(['once.example'])
  })

  it.each([
    ['a private one last', ['127.0.0.1', '10.0.0.5']],
    ['a private one first', ['10.0.0.5', '127.0.0.1']],
    ['an IPv6 one', ['127.0.0.1', 'fd00::1']],
    ['a mapped one', ['127.0.0.1', '::ffff:10.0.0.5']],
    ['the last of many', [...new Array<string>(20).fill('127.0.0.1'), '169.254.169.254']],
    ['what is no address', ['127.0.0.1', '0x7f000001']],
  ])('is refused when one of its addresses is forbidden: %s', async (_, addresses) => {
    const result = await postOnce(url('mixed.example'), {
      policy: open,
      resolve: answering({ 'mixed.example': [addresses] }),
    })
    expect(codeOf(result)).toBe('refused_address')
    expect(sockets).toBe(0)
  })

  it('whose first address does not answer is reached at the next one', async () => {
    // Nothing listens at 127.0.0.2 on this port.
    const policy = createAddressPolicy({ allow: ['127.0.0.0/8'] })
    const resolve = answering({ 'two.example': [['127.0.0.2', '127.0.0.1']] })
    expect(codeOf(await postOnce(url('two.example'), { policy, resolve }))).toBe(200)
  })

  it('without addresses fails as dns', async () => {
    expect(codeOf(await postOnce(url('none.example'), { policy: open }))).toBe('dns')
  })

  it.each([
    ['ENOTFOUND', 'dns'],
    ['ESERVFAIL', 'dns'],
    ['ETIMEOUT', 'dns'],
    ['ECONNREFUSED', 'local'],
  ])('that fails to resolve with %s fails as %s', async (code, expected) => {
    const resolve: Resolve = async () => {
      throw Object.assign(new Error('query failed'), { code })
    }
    const result = await postOnce(url('gone.example'), { policy: open, resolve })
    expect(result).toMatchObject({
      error: { code: expected, message: `cannot resolve gone.example: ${code}` },
    })
  })

  it('localhost stands for the loopback addresses that are allowed, and is not resolved', async () => {
    const resolve = answering({ localhost: [['10.0.0.1']] })
    expect(codeOf(await postOnce(url('localhost'), { policy: open, resolve }))).toBe(200)
    expect(codeOf(await postOnce(url('localhost.'), { policy: open, resolve }))).toBe(200)
    expect(codeOf(await postOnce(url('localhost'), { resolve }))).toBe('refused_address')
    expect(resolve.asked).toEqual([])

    const before = server.connections
    const six = createAddressPolicy({ allow: ['::1'] })
    expect(codeOf(await postOnce(url('localhost'), { policy: six, resolve }))).not.toBe(200)
    expect(server.connections).toBe(before)
  })

  it('that `allow` lists may lead anywhere, others on the same address may not', async () => {
    const policy = createAddressPolicy({ allow: ['app'] })
    const resolve = answering({ app: [['127.0.0.1']], 'other.example': [['127.0.0.1']] })
    expect(codeOf(await postOnce(url('app'), { policy, resolve }))).toBe(200)
    expect(codeOf(await postOnce(url('other.example'), { policy, resolve }))).toBe('refused_address')
  })
})

describe('the address that the socket ended up with', () => {
  it('is judged again, before a byte is sent', async () => {
    // Lets the address pass before connecting and not afterwards, as if the socket had led elsewhere.
    let asked = 0
    const policy: AddressPolicy = {
      refuseHost: () => undefined,
      refuseAddress: () => {
        asked += 1
        return asked > 1 ? 'is not where it should lead' : undefined
      },
    }
    const requests = server.requests.length
    const resolve = answering({ 'a.example': [['127.0.0.1']] })
    const result = await postOnce(`http://a.example:${server.port}/`, { policy, resolve })
    expect(result).toMatchObject({
      error: {
        code: 'refused_address',
        message: 'a.example led to 127.0.0.1, which is not where it should lead',
      },
    })
    expect(server.requests).toHaveLength(requests)
    await expect.poll(() => server.open).toBe(0)
  })
})

describe('a connection that fails', () => {
  it('as connect, when nobody listens', async () => {
    const closed = await TestServer.start()
    const { url } = closed
    await closed.close()
    const result = await postOnce(url, { policy: createAddressPolicy({ allow: ['127.0.0.1'] }) })
    expect(codeOf(result)).toBe('connect')
    expect(messageOf(result)).toContain('ECONNREFUSED')
  })
})

describe('TLS', () => {
  const names: (string | false | null)[] = []
  let secure: TestServer
  const open = createAddressPolicy({ allow: ['127.0.0.1'] })
  const resolve = answering({ 'tls.example': [['127.0.0.1']], 'other.example': [['127.0.0.1']] })
  const trusted = tls.getCACertificates()

  beforeAll(async () => {
    secure = await TestServer.start(ok, createTlsServer(testCertificate), 'secureConnection')
    secure.onConnection = (socket) => names.push((socket as TLSSocket).servername)
    tls.setDefaultCACertificates([...trusted, testCertificate.cert])
  })
  afterAll(async () => {
    tls.setDefaultCACertificates(trusted)
    await secure.close()
  })

  it('asks for the certificate of the host in the URL', async () => {
    expect(codeOf(await postOnce(`https://tls.example:${secure.port}/`, { policy: open, resolve }))).toBe(200)
    expect(names.at(-1)).toBe('tls.example')
    expect(codeOf(await postOnce(`https://tls.example.:${secure.port}/`, { policy: open, resolve }))).toBe(
      200,
    )
    expect(names.at(-1)).toBe('tls.example')
  })

  it('accepts a certificate for a literal address, without naming it', async () => {
    expect(codeOf(await postOnce(`https://127.0.0.1:${secure.port}/`, { policy: open }))).toBe(200)
    expect(names.at(-1)).toBe(false)
  })

  it("refuses another host's certificate", async () => {
    const requests = secure.requests.length
    const result = await postOnce(`https://other.example:${secure.port}/`, { policy: open, resolve })
    expect(codeOf(result)).toBe('tls')
    expect(messageOf(result)).toContain('other.example')
    expect(secure.requests).toHaveLength(requests)
  })

  it('refuses a certificate that nobody vouches for', async () => {
    tls.setDefaultCACertificates(trusted)
    const result = await postOnce(`https://tls.example:${secure.port}/`, { policy: open, resolve })
    tls.setDefaultCACertificates([...trusted, testCertificate.cert])
    expect(codeOf(result)).toBe('tls')
  })

  it('keeps a connection, however quickly the response comes', async () => {
    const secure = await TestServer.start(ok, createTlsServer(testCertificate), 'secureConnection')
    const transport = createTransport({ policy: open })
    const url = `https://127.0.0.1:${secure.port}/`
    const post = () => transport.post({ url, headers: {}, body: '{}', deadlineMs: 2000 })
    for (let n = 0; n < 50; n += 1) expect(codeOf(await post())).toBe(200)
    expect(secure.connections).toBe(1)
    await transport.close()
    await secure.close()
  })

  it('fails as tls when the other side speaks something else', async () => {
    server.onConnection = (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')
    const result = await postOnce(`https://127.0.0.1:${server.port}/`, { policy: open })
    server.onConnection = undefined
    expect(codeOf(result)).toBe('tls')
  })

  it('fails as tls when the other side closes amid the handshake', async () => {
    server.onConnection = (socket) => socket.once('data', () => socket.end())
    const result = await postOnce(`https://127.0.0.1:${server.port}/`, { policy: open })
    server.onConnection = undefined
    expect(codeOf(result)).toBe('tls')
  })

  it('ends at the deadline when the handshake never does, and leaves no socket', async () => {
    const transport = createTransport({ policy: open })
    const result = await transport.post({
      url: `https://127.0.0.1:${server.port}/`,
      headers: {},
      body: '',
      deadlineMs: 200,
    })
    expect(codeOf(result)).toBe('timeout')
    expect(messageOf(result)).toMatch(/still in the TLS handshake$/)
    await expect.poll(() => server.open).toBe(0)
    await transport.close()
  })

  it.each([
    ['HTTP/2 when told to', true, 'h2'],
    ['HTTP/1.1 unless told', undefined, 'http/1.1'],
  ])('speaks %s where both are offered', async (_, http2, spoken) => {
    const both = createSecureServer({ ...testCertificate, allowHTTP1: true }, (request, response) => {
      request.resume()
      response.end()
    })
    both.listen(0, '127.0.0.1')
    await once(both, 'listening')
    const connected = once(both, 'secureConnection') as Promise<[TLSSocket]>
    const { port } = both.address() as AddressInfo
    const connection = connectionSettings(http2 === undefined ? {} : { http2 })
    expect(codeOf(await postOnce(`https://127.0.0.1:${port}/`, { policy: open, connection }))).toBe(200)
    const [socket] = await connected
    expect(socket.alpnProtocol).toBe(spoken)
    both.close()
  })
})
