import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { verifyAsync } from '@noble/ed25519'
import fc from 'fast-check'
import { createHooks, type SignatureOptions, silentLogger } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { temporaryDatabase } from '../support/database.ts'

interface Arrival {
  headers: IncomingHttpHeaders
  body: string
}

/** What is signed, as it arrived. */
type Part = 'id' | 'timestamp' | 'body'
type Message = Record<Part | 'signature', string>

const SVIX = { id: 'svix-id', timestamp: 'svix-timestamp', signature: 'svix-signature' }
const STANDARD = { id: 'webhook-id', timestamp: 'webhook-timestamp', signature: 'webhook-signature' }

const closing: (() => Promise<void>)[] = []
const arrivals: Arrival[] = []
let server: Server
let target: string

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      arrivals.push({ headers: request.headers, body })
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/target`
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
afterAll(() => void server.close())

async function sender(signature: SignatureOptions = {}) {
  const { path, remove } = temporaryDatabase()
  const hooks = createHooks({
    database: sqlite(path),
    logger: silentLogger,
    allow: ['127.0.0.1/32'],
    events: { 'order.paid': null },
    signature,
  })
  closing.push(async () => {
    await hooks.close()
    remove()
  })
  await hooks.migrate()
  const { id } = await hooks.create({ owner: 1, event: 'order.paid', target })
  return {
    hooks,
    id,
    /** What arrives at the socket. */
    async deliver(): Promise<Message> {
      arrivals.length = 0
      await hooks.send('order.paid', { total: 5, note: 'é中\u0000😀' }, { owner: 1 })
      expect(await hooks.drain()).toMatchObject({ delivered: 1 })
      const [{ headers, body } = { headers: {}, body: '' }] = arrivals
      const names = { ...STANDARD, ...signature.headers }
      const value = (name: string) => String(headers[name])
      return {
        id: value(names.id),
        timestamp: value(names.timestamp),
        signature: value(names.signature),
        body,
      }
    },
  }
}

const accepts = (verifier: StandardWebhook | SvixWebhook, names: typeof STANDARD, message: Message) => {
  const { id, timestamp, signature, body } = message
  try {
    verifier.verify(body, { [names.id]: id, [names.timestamp]: timestamp, [names.signature]: signature })
    return true
  } catch {
    return false
  }
}

/** A message of which one character is another. */
const tampered = (message: Message) =>
  fc
    .tuple(
      fc.constantFrom<Part>('id', 'timestamp', 'body'),
      fc.nat(),
      fc.constantFrom(...'0123456789abf_ {}"'),
    )
    .map(([part, at, other]) => {
      const before = message[part]
      const index = at % before.length
      return { ...message, [part]: before.slice(0, index) + other + before.slice(index + 1) }
    })
    .filter(
      ({ id, timestamp, body }) =>
        `${id}.${timestamp}.${body}` !== `${message.id}.${message.timestamp}.${message.body}`,
    )

describe.each([
  ['standardwebhooks', (secret: string) => new StandardWebhook(secret), STANDARD],
  ['svix', (secret: string) => new SvixWebhook(secret), STANDARD],
  ["svix, by its own headers' names", (secret: string) => new SvixWebhook(secret), SVIX],
])('the npm package %s', (_, verifierOf, names) => {
  it('accepts what arrives, and refuses it when one byte has changed', async () => {
    const { hooks, id, deliver } = await sender({ headers: names })
    const verifier = verifierOf((await hooks.secrets(id))[0] ?? '')
    const message = await deliver()
    expect(accepts(verifier, names, message)).toBe(true)
    fc.assert(
      fc.property(tampered(message), (changed) => !accepts(verifier, names, changed)),
      { numRuns: 300 },
    )
  })

  it('accepts it by each secret during a rotation, and by no other', async () => {
    const { hooks, id, deliver } = await sender({ headers: names })
    await hooks.rotateSecret(id)
    await hooks.rotateSecret(id, { scheme: 'v1a' })
    const [asymmetric, ...symmetric] = await hooks.secrets(id)
    expect([asymmetric?.slice(0, 5), symmetric.length]).toEqual(['whpk_', 2])
    const message = await deliver()
    for (const secret of symmetric) {
      const verifier = verifierOf(secret)
      expect(accepts(verifier, names, message)).toBe(true)
      fc.assert(fc.property(tampered(message), (changed) => !accepts(verifier, names, changed)))
    }
    const stranger = verifierOf(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)
    expect(accepts(stranger, names, message)).toBe(false)
  })
})

describe('another implementation of Ed25519', () => {
  const acceptsBy = async (key: string, { id, timestamp, body, signature }: Message) => {
    const content = Buffer.from(`${id}.${timestamp}.${body}`)
    const bytes = Buffer.from(key.slice('whpk_'.length), 'base64')
    const verified = signature
      .split(' ')
      .filter((one) => one.startsWith('v1a,'))
      .map((one) => verifyAsync(Buffer.from(one.slice('v1a,'.length), 'base64'), content, bytes))
    return (await Promise.all(verified)).includes(true)
  }

  it('accepts what arrives, also during a rotation, and refuses it when one byte has changed', async () => {
    const { hooks, id, deliver } = await sender({ scheme: 'v1a' })
    await hooks.rotateSecret(id)
    const message = await deliver()
    const keys = await hooks.secrets(id)
    expect(keys).toHaveLength(2)
    for (const key of keys) {
      expect(await acceptsBy(key, message)).toBe(true)
      await fc.assert(
        fc.asyncProperty(tampered(message), async (changed) => !(await acceptsBy(key, changed))),
      )
    }
  })
})
