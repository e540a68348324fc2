import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHooks, silentLogger } from '../../src/index.ts'
import { sqlite } from '../../src/store/sqlite/index.ts'
import { testProject } from './project.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const BODY = '{"hook": {"id": 7, "event": "order.paid", "target": "http://x"}, "data": {"n": 1}}'

function signed(body = BODY, id = 'msg_1', secret = SECRET): Record<string, string> {
  const at = new Date()
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
}

async function listen(args: readonly string[]) {
  const started = testProject().start(['listen', '--port', '0', ...args])
  const [address = ''] = await started.until(/http:\/\/127\.0\.0\.1:\d+\//)
  const post = (body: string | Uint8Array<ArrayBuffer> = BODY, headers: Record<string, string> = signed()) =>
    fetch(address, { method: 'POST', body, headers, redirect: 'manual' })
  return { ...started, address, post }
}

/** The application's own receiver. */
async function receiver(
  answer: (
    request: IncomingMessage,
    body: Buffer,
  ) => [status: number, headers: Record<string, string>, body: string],
) {
  const received: { request: IncomingMessage; body: Buffer }[] = []
  const server = createServer((request, response) => {
    buffer(request).then(
      (body) => {
        received.push({ request, body })
        const [status, headers, text] = answer(request, body)
        response.writeHead(status, headers).end(text)
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks?from=here`, received }
}

describe('hookwright listen, without a hooks file', () => {
  it('verifies with the secret, shows what came, and ends after so many', async () => {
    const { post, done } = await listen(['--secret', SECRET, '--count', '3'])
    expect((await post()).status).toBe(204)
    const forged = await post(BODY, { ...signed(), 'webhook-signature': 'v1,AAAA' })
    expect(forged.status).toBe(401)
    expect((await post()).status).toBe(204)
    const { code, stdout: text } = await done
    expect(code).toBe(0)
    expect(text).toMatch(/order\.paid {2}✓ verified {2}→ 204/)
    expect(text).toMatch(/✗ NOT verified.*→ 401\n {2}webhook-signature: no signature/)
    expect(text).toContain('again, for the 3rd time')
    expect(text).toContain('"n": 1')
  })

  it('says plainly that nothing is verified where there is no secret', async () => {
    const { post, until, process: child, done } = await listen([])
    await until(/Nothing is verified/)
    expect((await post(BODY, {})).status).toBe(204)
    child.kill('SIGINT')
    expect(await done).toMatchObject({ code: 0, stdout: expect.stringContaining('? not checked') })
  })

  it('verifies what the application calls otherwise, in a form of its own, and with a public key', async () => {
    const body = '{"mine":true}'
    const { post, done } = await listen(['--secret', SECRET, '--once', '--json'])
    const headers = Object.fromEntries(
      Object.entries(signed(body)).map(([name, value]) => [name.replace('webhook-', 'x-shop-'), value]),
    )
    expect((await post(body, headers)).status).toBe(204)
    expect(JSON.parse((await done).stdout)).toMatchObject({
      id: 'msg_1',
      event: null,
      verified: true,
      body: { mine: true },
      answer: { status: 204 },
    })
  })

  it('prints hostile text as text, and a line of JSON for each with --json', async () => {
    const json = JSON.stringify({ type: '\u001b[2Jx', data: { a: '\u001b]0;owned\u0007\u202e\u009b' } })
    const none = '\u001b]0;owned\u0007\u202e\u009b'
    const plain = await listen(['--count', '2'])
    const lines = await listen(['--count', '2', '--json'])
    for (const { post, done } of [plain, lines]) {
      await post(json, { 'webhook-id': 'id\u009b' })
      await post(none, {})
      await done
    }
    for (const text of [plain.written.stdout, lines.written.stdout]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
      expect(text).toContain('owned')
    }
    expect(lines.written.stdout.trimEnd().split('\n')).toHaveLength(2)
  })

  it('listens on this machine alone, takes POST alone, and says when its port is taken', async () => {
    const { address, post } = await listen([])
    expect((await fetch(address)).status).toBe(405)
    expect((await post(new Uint8Array(17 * 1024 * 1024), {})).status).toBe(413)
    const { port } = new URL(address)
    const taken = await testProject().run(['listen', '--port', port, '--json'])
    expect(taken.code).toBe(1)
    expect(JSON.parse(taken.stderr)).toMatchObject({ error: { code: 'port_taken' } })
    // Any other of this machine's addresses is not listened to.
    const other = createTcpServer()
    await new Promise<void>((resolve, reject) => {
      other.once('error', reject)
      other.listen(Number(port), '127.0.0.2', resolve)
    })
    await new Promise((resolve) => other.close(resolve))
  })

  it.each([
    [['--port', '70000'], '--port'],
    [['--forward', 'localhost:3000'], '--forward'],
    [['--secret', 'nonsense'], 'whsec_'],
    [['--event', 'a.b'], '--owner'],
    [['--owner', '1'], '--event'],
    [['--deliver'], '--event'],
  ])('refuses %j', async (args, what) => {
    const { code, stderr } = await testProject().run(['listen', ...args])
    expect(code).toBe(2)
    expect(stderr).toContain(what)
  })
})

describe('hookwright listen --forward', () => {
  it('hands on the very bytes and headers, and gives the answer back as it is', async () => {
    const app = await receiver(() => [
      429,
      { 'retry-after': '7', 'set-cookie': 'a=b', location: '/elsewhere' },
      'slow down',
    ])
    const { post } = await listen(['--forward', app.url])
    // No JSON library writes it so.
    const body = '{ "data" : 1.0,  "type":"x"  }\n'
    const headers = { ...signed(body), 'x-own': 'mine' }
    const answer = await post(body, headers)
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBe('7')
    expect(answer.headers.get('location')).toBe('/elsewhere')
    expect(await answer.text()).toBe('slow down')
    const [got] = app.received
    expect(got?.body.toString()).toBe(body)
    expect(got?.request.url).toBe('/webhooks?from=here')
    expect(got?.request.headers).toMatchObject(headers)
    expect(() =>
      new Webhook(SECRET).verify(got?.body.toString() ?? '', got?.request.headers as never),
    ).not.toThrow()
  })

  it('hands on a megabyte', async () => {
    const app = await receiver((_, body) => [200, {}, String(body.length)])
    const { post } = await listen(['--forward', app.url])
    const body = JSON.stringify({ type: 'x', data: 'é'.repeat(700_000) })
    expect(await (await post(body, {})).text()).toBe(String(Buffer.byteLength(body)))
  })

  it('follows no redirect, and answers 502 where the application is down', async () => {
    const app = await receiver(() => [302, { location: 'http://127.0.0.1:1/' }, ''])
    const moved = await listen(['--forward', app.url])
    expect((await moved.post()).status).toBe(302)
    const down = await listen(['--forward', 'http://127.0.0.1:1/'])
    const answer = await down.post()
    expect(answer.status).toBe(502)
    expect(await answer.text()).toContain('refuses the connection')
    expect((await down.until(/→ 502 in \d+ ms/))[0]).toBeTruthy()
  })
})

describe('hookwright listen --event', () => {
  async function shop(allow = "['127.0.0.1/32']") {
    const project = testProject({
      'hooks.ts': `
        import { createHooks } from 'hookwright'
        import { sqlite } from 'hookwright/sqlite'
        export const hooks = createHooks({
          database: sqlite('app.db'), events: { 'order.paid': null }, allow: ${allow},
        })
        if (process.env.FAIL) hooks.start = () => Promise.reject(new Error('no dispatcher today'))
      `,
    })
    const hooks = createHooks({
      database: sqlite(join(project.folder, 'app.db')),
      events: { 'order.paid': null },
      allow: ['127.0.0.1/32'],
      logger: silentLogger,
    })
    await hooks.migrate()
    onTestFinished(() => hooks.close())
    return { ...project, hooks }
  }
  const args = ['listen', '--event', 'order.paid', '--owner', '1']

  it('makes a hook, verifies what it gets by its secret, and deletes it in the end', async () => {
    const { start, hooks } = await shop()
    const started = start([...args, '--once', '--deliver', '--json'])
    await started.until(/leads order\.paid to/)
    expect(await hooks.list()).toHaveLength(1)
    await hooks.send('order.paid', { n: 1 }, { owner: 1 })
    expect((await started.done).code).toBe(0)
    expect(JSON.parse(started.written.stdout)).toMatchObject({ event: 'order.paid', verified: true })
    expect(await hooks.list()).toEqual([])
    expect(await hooks.deliveries()).toMatchObject([{ status: 'delivered' }])
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('deletes it after %s', async (signal) => {
    const { start, hooks } = await shop()
    const started = start(args)
    await started.until(/leads order\.paid to/)
    expect(await hooks.list()).toHaveLength(1)
    started.process.kill(signal)
    expect((await started.done).code).toBe(0)
    expect(await hooks.list()).toEqual([])
  })

  it('deletes it where something fails after it was made', async () => {
    const { run, hooks } = await shop()
    const { code, stderr } = await run([...args, '--deliver'], { env: { FAIL: '1' } })
    expect(code).toBe(1)
    expect(stderr).toContain('no dispatcher today')
    expect(await hooks.list({ owner: 1 })).toEqual([])
    // One was made.
    expect((await hooks.create({ owner: 1, event: 'order.paid', target: 'http://127.0.0.1/' })).id).toBe(2)
  })

  it('says so where nobody delivers, and nothing where somebody does', async () => {
    const { start, hooks } = await shop()
    const started = start([...args, '--once'])
    await started.until(/leads order\.paid to/)
    await hooks.send('order.paid', { n: 1 }, { owner: 1 })
    await started.until(/nobody delivers them/)
    await hooks.drain()
    expect((await started.done).code).toBe(0)
    expect(started.written.stdout).toContain('✓ verified')
  })

  it('signs with the secret that it is given, for a receiver that knows it', async () => {
    const { start, hooks } = await shop()
    const app = await receiver(() => [200, {}, 'thanks'])
    const started = start([...args, '--secret', SECRET, '--forward', app.url, '--once'])
    await started.until(/leads order\.paid to/)
    await hooks.send('order.paid', { n: 1 }, { owner: 1 })
    await hooks.drain()
    await started.done
    const [got] = app.received
    expect(() =>
      new Webhook(SECRET).verify(got?.body.toString() ?? '', got?.request.headers as never),
    ).not.toThrow()
    expect((await hooks.delivery((await hooks.deliveries())[0]?.id ?? '')).log[0]?.response?.body).toBe(
      'thanks',
    )
  })

  it('says what to allow where hooks may not lead to this machine, and makes none', async () => {
    const { run, hooks } = await shop('[]')
    const { code, stderr } = await run(args)
    expect(code).toBe(1)
    expect(stderr).toContain("allow: process.env.NODE_ENV === 'production' ? [] : ['127.0.0.1/32']")
    expect(await hooks.list()).toEqual([])
  })
})
