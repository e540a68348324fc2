import { once } from 'node:events'
import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type ConnectionOption, createHooks } from '../../src/index.ts'
import { testCertificate } from '../../src/outbound/test-certificate.ts'
import { startTestProxy } from '../../src/outbound/test-proxy.ts'
import { ok, TestServer } from '../../src/outbound/test-server.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'
import { recordingLogger } from '../conformance/application.ts'
import { strangerCertificate } from '../hostile/certificates.ts'
import { temporaryDatabase } from '../support/database.ts'
import { type ProxyProgram, startForwardProxy, whyNoProxy } from '../support/forward-proxy.ts'
import { withoutService } from '../support/postgres.ts'

const { cert } = testCertificate

/** What arrived, and over what. */
interface Arrival {
  version: string
  agent: string
}

/** Receivers of https, which speak both versions of HTTP, and of http. */
async function startReceivers() {
  const arrivals: Arrival[] = []
  const secure = createSecureServer({ ...testCertificate, allowHTTP1: true })
  const plain = createServer()
  for (const server of [secure, plain] as (typeof plain)[]) {
    server.on('request', (request, response) => {
      request.resume().on('end', () => {
        arrivals.push({ version: request.httpVersion, agent: request.headers['user-agent'] ?? '' })
        response.end('ok')
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
  }
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port
  return { arrivals, securePort: portOf(secure), plainPort: portOf(plain) }
}

/** Hooks of one application. What fails is tried again a minute later. */
async function openHooks(connection: ConnectionOption, path = temporaryDatabase()) {
  onTestFinished(path.remove)
  const hooks = createHooks({
    database: sqlite(path.path),
    events: { played: null },
    allow: ['127.0.0.1'],
    connection,
    authenticate: () => 'a',
    dispatch: { timeoutMs: 10_000, retry: { delaysMs: [60_000] } },
    logger: recordingLogger().logger,
  })
  onTestFinished(() => hooks.close())
  await hooks.migrate()
  const attemptOf = async (hookId: number) => {
    const event = await hooks.send('played', {}, { owner: 'a' })
    await hooks.drain({ deadlineMs: 15_000 })
    const delivery = await hooks.delivery(`${event.id}_${hookId}`)
    const [first] = delivery.log
    return { code: first?.error?.code ?? first?.status, message: first?.error?.message ?? '', delivery }
  }
  return {
    hooks,
    database: path,
    attemptOf,
    /** The first attempt of an event to this target. */
    async attempt(target: string, headers: Record<string, string> = {}) {
      const { id } = await hooks.create({ owner: 'a', event: 'played', target, headers })
      return await attemptOf(id)
    },
  }
}

describe('connection', () => {
  it('speaks HTTP/2 with who offers it, if told; trusts `ca`, and nobody unknown without it', async () => {
    const { arrivals, securePort } = await startReceivers()
    const target = `https://127.0.0.1:${securePort}/`
    expect((await (await openHooks({ ca: cert, http2: true })).attempt(target)).code).toBe(200)
    expect((await (await openHooks({ ca: [cert] })).attempt(target)).code).toBe(200)
    expect((await (await openHooks({})).attempt(target)).code).toBe('tls')
    expect(arrivals.map(({ version }) => version)).toEqual(['2.0', '1.1'])
  })

  it("trusts `ca` beside Node's own certificates, not in their place", async () => {
    const receiver = await TestServer.start(ok, createTlsServer(strangerCertificate), 'secureConnection')
    onTestFinished(() => receiver.close())
    const target = `https://127.0.0.1:${receiver.port}/`
    expect((await (await openHooks({ ca: cert })).attempt(target)).code).toBe('tls')
    const before = getCACertificates()
    onTestFinished(() => setDefaultCACertificates(before))
    setDefaultCACertificates([...before, strangerCertificate.cert])
    expect((await (await openHooks({ ca: cert })).attempt(target)).code).toBe(200)
  })

  it("says who calls, unless the hook's own header does", async () => {
    const { arrivals, plainPort } = await startReceivers()
    const target = `http://127.0.0.1:${plainPort}/`
    await (await openHooks({})).attempt(target)
    const named = await openHooks({ userAgent: 'Bookstore/1.0 (+https://bookstore.example)' })
    await named.attempt(target)
    const own = await openHooks({ userAgent: 'Bookstore/1.0' })
    await own.attempt(target, { 'User-Agent': 'own' })
    expect(arrivals.map(({ agent }) => agent)).toEqual([
      'hookwright',
      'Bookstore/1.0 (+https://bookstore.example)',
      'own',
    ])
  })

  it('refuses plain http if told: when a hook is made or changed, over REST, and at an attempt of an older one', async () => {
    const { arrivals, plainPort } = await startReceivers()
    const target = `http://127.0.0.1:${plainPort}/`
    const before = await openHooks({})
    const { id } = await before.hooks.create({ owner: 'a', event: 'played', target })
    await before.hooks.close()

    const { hooks, attemptOf } = await openHooks({ httpsOnly: true }, before.database)
    const refusal = { code: 'target_refused', message: expect.stringContaining('https://') }
    await expect(hooks.create({ owner: 'a', event: 'played', target })).rejects.toMatchObject(refusal)
    await expect(hooks.update(id, { target })).rejects.toMatchObject(refusal)
    const response = await hooks.handler(
      new Request('https://app.example/hooks', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ event: 'played', target }),
      }),
    )
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ target: [expect.stringContaining('https')] })
    expect((await attemptOf(id)).code).toBe('refused_address')
    expect(arrivals).toEqual([])
  })

  it('does not hold it against a hook that the proxy is down, and keeps its credentials to itself', async () => {
    const { arrivals, securePort } = await startReceivers()
    const gone = await startTestProxy()
    await gone.close()
    const { attempt, hooks } = await openHooks({ ca: cert, proxy: `http://u:hunter2@${gone.host}` })
    const { code, message, delivery } = await attempt(`https://tls.example:${securePort}/`)
    expect(code).toBe('local')
    expect(message).not.toContain('hunter2')
    expect(delivery).toMatchObject({ status: 'pending' })
    expect(await hooks.health(delivery.hookId)).toMatchObject({ failures: 0 })
    expect(arrivals).toEqual([])
  })
})

function describeProxy(program: ProxyProgram, define: () => void): void {
  const missing = whyNoProxy(program)
  if (missing === undefined) describe(`by way of ${program}`, define)
  else withoutService(`by way of ${program}`, missing)
}

for (const program of ['tinyproxy', 'squid'] as const) {
  describeProxy(program, () => {
    it('delivers to https over HTTP/2 and to http, and says what it denies and what it cannot reach', async () => {
      const { arrivals, securePort, plainPort } = await startReceivers()
      const proxy = await startForwardProxy(program, securePort)
      onTestFinished(() => proxy.close())
      const application = await openHooks({ ca: cert, proxy: proxy.url, http2: true })
      const attempt = async (target: string) => (await application.attempt(target)).code

      expect(await attempt(`https://127.0.0.1:${securePort}/`)).toBe(200)
      expect(await attempt(`http://127.0.0.1:${plainPort}/`)).toBe(200)
      await vi.waitFor(() => expect(arrivals.map(({ version }) => version).slice(0, 1)).toEqual(['2.0']))
      // A port that it opens no tunnels to.
      expect(await attempt('https://127.0.0.1:8443/')).toBe('refused_address')
      expect(await attempt(`https://no-such-host.hookwright-test.example:${securePort}/`)).toBe('connect')
      if (program === 'squid') expect(await attempt('http://denied.example/')).toBe('refused_address')
    })
  })
}
