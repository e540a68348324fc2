import { describe, expect, it, vi } from 'vitest'
import { generateSecret } from '../signature/keys.ts'
import { sign } from '../signature/standard-webhooks.ts'
import { createReceiver } from './create-receiver.ts'
import type { HandlerOptions, ReceiverOptions } from './options.ts'
import type { SeenIds } from './seen-ids.ts'

interface Events {
  'book.added': { title: string; pages: number }
  'book.removed': { title: string }
}

const secret = generateSecret()
const uid = '0192f1c4aaaaaaaaaaaaaaaaaaaaaaaa'
const book = { title: 'Hobbit é 中 😀', pages: 310 }
const envelope = (data: unknown = book, event = 'book.added') =>
  JSON.stringify({ hook: { id: 7, event, target: 'https://example.com/target' }, data })
const nowSeconds = () => Math.floor(Date.now() / 1000)

interface Sent {
  id?: string
  timestamp?: number
  body?: string
  secrets?: string[]
  headers?: Record<string, string>
}

/** The request that a sender makes; `headers` are laid over its own. */
function sent({
  id = `${uid}_7`,
  timestamp = nowSeconds(),
  body = envelope(),
  secrets = [secret],
  headers,
}: Sent = {}) {
  const signature = sign({ id, timestamp, body, secrets })
  const own = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
  return new Request('https://receiver.example/', { method: 'POST', body, headers: { ...own, ...headers } })
}

const receiver = (options: Partial<ReceiverOptions> = {}) => createReceiver<Events>({ secret, ...options })

describe('receive', () => {
  it("reads drf-hooks' form", async () => {
    const timestamp = nowSeconds()
    expect(await receiver().receive(sent({ timestamp }))).toEqual({
      id: `${uid}_7`,
      event: 'book.added',
      data: book,
      previous: undefined,
      hook: { id: 7, target: 'https://example.com/target' },
      sentAt: new Date(timestamp * 1000),
      occurredAt: undefined,
    })
  })

  it('reads the form of Standard Webhooks, and whose hook it is from the id', async () => {
    const body = JSON.stringify({
      type: 'book.added',
      timestamp: '2026-11-24T20:00:00.123Z',
      data: book,
      previous: { pages: 300 },
    })
    expect(await receiver().receive(sent({ body }))).toMatchObject({
      event: 'book.added',
      data: book,
      previous: { pages: 300 },
      hook: { id: 7 },
      occurredAt: new Date('2026-11-24T20:00:00.123Z'),
    })
    expect(await receiver().receive(sent({ body, id: 'msg_of_somebody_else' }))).toMatchObject({
      hook: undefined,
    })
  })

  it('takes either of two secrets while they are rotated, on either side', async () => {
    const other = generateSecret()
    await expect(receiver().receive(sent({ secrets: [other, secret] }))).resolves.toBeDefined()
    await expect(receiver({ secret: [other, secret] }).receive(sent())).resolves.toBeDefined()
  })

  it.each([
    ['another body', { body: envelope().replace('310', '311') }],
    ['another id', { headers: { 'webhook-id': `${uid}_8` } }],
    ['another timestamp', { headers: { 'webhook-timestamp': String(nowSeconds() + 100) } }],
    ['another secret', { secrets: [generateSecret()] }],
    ['a signature of another version', { headers: { 'webhook-signature': 'v2,AAAA' } }],
    ['a signature that is no base64', { headers: { 'webhook-signature': 'v1,é' } }],
    ['very many signatures before the right one', { headers: {} }],
  ])('refuses %s', async (what, change: Sent) => {
    const original = sent()
    const signature = original.headers.get('webhook-signature') ?? ''
    const headers = { ...Object.fromEntries(original.headers), ...change.headers }
    if (what.startsWith('very many')) headers['webhook-signature'] = `${'v1,AAAA '.repeat(100)}${signature}`
    const request = change.secrets === undefined ? original : sent(change)
    const body = change.body ?? (await request.text())
    const forged = new Request('https://receiver.example/', {
      method: 'POST',
      body,
      headers: change.secrets === undefined ? headers : Object.fromEntries(request.headers),
    })
    await expect(receiver().receive(forged)).rejects.toMatchObject({ code: 'signature_invalid', status: 401 })
  })

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'refuses one without %s',
    async (name) => {
      const request = sent()
      request.headers.delete(name)
      await expect(receiver().receive(request)).rejects.toMatchObject({
        code: 'signature_missing',
        field: name,
        status: 401,
      })
    },
  )

  it('refuses what is too old, or from too far in the future', async () => {
    const aged = (seconds: number) => sent({ timestamp: nowSeconds() - seconds })
    await expect(receiver().receive(aged(290))).resolves.toBeDefined()
    await expect(receiver().receive(aged(310))).rejects.toMatchObject({ code: 'message_expired' })
    await expect(receiver().receive(aged(-310))).rejects.toMatchObject({ code: 'message_expired' })
    await expect(receiver({ toleranceSeconds: 5 }).receive(aged(10))).rejects.toThrow('webhook-timestamp')
  })

  it.each(['no JSON', '[]', 'null', '"text"', '{}', '{"type":1}', '{"hook":{},"data":1}'])(
    'refuses the body %j, though it is signed',
    async (body) => {
      await expect(receiver().receive(sent({ body }))).rejects.toMatchObject({
        code: 'message_invalid',
        status: 400,
      })
    },
  )

  it('reads no more of a body than it may have', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(1024))
      },
    })
    const request = new Request('https://receiver.example/', {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: sent().headers,
    } as RequestInit)
    await expect(receiver({ maxBodyBytes: 10_000 }).receive(request)).rejects.toThrow('10000 bytes')
    expect(pulled).toBeLessThan(20)
  })

  it('says so when somebody has read the body already', async () => {
    const request = sent()
    await request.text()
    await expect(receiver().receive(request)).rejects.toThrow('read already')
  })

  it('does not take bytes that are no UTF-8 for the character that stands in for them', async () => {
    const body = envelope({ title: '\ufffd' })
    const request = sent({ body })
    const bytes = Buffer.from(Buffer.from(body).toString('latin1').replace('\xef\xbf\xbd', '\xff'), 'latin1')
    const forged = new Request('https://receiver.example/', {
      method: 'POST',
      body: bytes,
      headers: request.headers,
    })
    await expect(receiver().receive(forged)).rejects.toMatchObject({ code: 'message_invalid' })
  })

  it('knows other names of the headers', async () => {
    const headers = { id: 'svix-id', timestamp: 'svix-timestamp', signature: 'svix-signature' }
    const { headers: own, ...request } = await pieces(sent())
    const renamed = Object.fromEntries(
      Object.entries(own).map(([name, value]) => [name.replace('webhook-', 'Svix-'), value]),
    )
    await expect(receiver({ headers }).verify({ ...request, headers: renamed })).resolves.toMatchObject({
      event: 'book.added',
    })
    await expect(receiver().verify({ ...request, headers: renamed })).rejects.toThrow('webhook-id')
  })
})

async function pieces(request: Request) {
  return { headers: Object.fromEntries(request.headers), body: await request.text() }
}

describe('verify', () => {
  it('takes headers and bytes as node:http has them', async () => {
    const { headers, body } = await pieces(sent())
    const message = { headers, body: new TextEncoder().encode(body) }
    await expect(receiver().verify(message)).resolves.toMatchObject({ data: book })
  })

  it('says what to do where a parser has eaten the body', async () => {
    const { headers, body } = await pieces(sent())
    const parsed = JSON.parse(body) as never
    await expect(receiver().verify({ headers, body: parsed })).rejects.toThrow('express.raw()')
  })
})

describe('the secret', () => {
  it.each([undefined, '', [], [''], 7])('may not be %j', (odd) => {
    expect(() => createReceiver({ secret: odd as never })).toThrow(
      expect.objectContaining({ code: 'option_invalid', field: 'secret' }),
    )
  })

  it.each(['hunter2', 'whsec_c2hvcnQ=', 'whpk_c2hvcnQ=', `${secret} `, `${secret}_1`])(
    'stays out of the message where it is malformed: %j',
    async (odd) => {
      const receiving = receiver({ secret: odd }).receive(sent())
      await expect(receiving).rejects.toMatchObject({ code: 'secret_invalid' })
      await expect(receiving).rejects.not.toThrow(odd)
    },
  )
})

describe('handler', () => {
  function setUp(options: Partial<ReceiverOptions> = {}, handlerOptions: HandlerOptions = {}) {
    const added = vi.fn<(message: unknown) => unknown>()
    const handler = receiver(options).handler(
      { 'book.added': added, 'book.removed': () => {} },
      handlerOptions,
    )
    return { added, handler }
  }

  it('calls the function of the event, and answers 204', async () => {
    const { added, handler } = setUp()
    const response = await handler(sent())
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(added).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ event: 'book.added', data: book }),
    )
  })

  it('calls nothing for a message that is not verified', async () => {
    const { added, handler } = setUp()
    const forged = await handler(sent({ secrets: [generateSecret()] }))
    expect(forged.status).toBe(401)
    expect(await forged.json()).toEqual({ detail: expect.stringContaining('webhook-signature') })
    expect(added).not.toHaveBeenCalled()
  })

  it('calls nothing twice for the same id, also with another signature', async () => {
    const { added, handler } = setUp()
    await handler(sent({ timestamp: nowSeconds() - 9 }))
    expect((await handler(sent())).status).toBe(204)
    expect(added).toHaveBeenCalledOnce()
    await handler(sent({ id: `${uid}_8` }))
    expect(added).toHaveBeenCalledTimes(2)
  })

  it('forgets a message that could not be handled, so that the next attempt counts', async () => {
    const onError = vi.fn<NonNullable<HandlerOptions['onError']>>()
    const { added, handler } = setUp({}, { onError })
    const fault = new Error('the shelf is full')
    added.mockRejectedValueOnce(fault)
    const failed = await handler(sent())
    expect(failed.status).toBe(500)
    expect(await failed.text()).not.toContain('shelf')
    expect(onError).toHaveBeenCalledExactlyOnceWith(fault, expect.objectContaining({ event: 'book.added' }))
    expect((await handler(sent())).status).toBe(204)
    expect(added).toHaveBeenCalledTimes(2)
  })

  it('does not call a message received that is still being handled', async () => {
    const { added, handler } = setUp()
    const handling = Promise.withResolvers<void>()
    added.mockReturnValueOnce(handling.promise)
    const first = handler(sent())
    await vi.waitFor(() => expect(added).toHaveBeenCalledOnce())
    expect((await handler(sent())).status).toBe(409)
    handling.reject(new Error('late'))
    expect((await first).status).toBe(500)
    expect((await handler(sent())).status).toBe(204)
  })

  it('asks a memory of the application', async () => {
    const ids = new Set<string>()
    const seen: SeenIds = {
      add: async (id) => !ids.has(id) && ids.add(id) !== undefined,
      delete: async (id) => ids.delete(id),
    }
    const [one, two] = [setUp({ seen }), setUp({ seen })]
    await one.handler(sent())
    await two.handler(sent())
    expect(one.added).toHaveBeenCalledOnce()
    expect(two.added).not.toHaveBeenCalled()
  })

  it('remembers nothing with `seen: false`, and the last ones only by itself', async () => {
    const { added, handler } = setUp({ seen: false })
    await handler(sent())
    await handler(sent())
    expect(added).toHaveBeenCalledTimes(2)
  })

  it.each(['book.lost', 'toString', '__proto__'])(
    'answers 422 to %j, which has no handler',
    async (event) => {
      const { handler } = setUp()
      const response = await handler(sent({ body: envelope(book, event) }))
      expect(response.status).toBe(422)
      expect(await response.text()).toContain(event)
      const otherwise = vi.fn<NonNullable<HandlerOptions['otherwise']>>()
      expect((await setUp({}, { otherwise }).handler(sent({ body: envelope(book, event) }))).status).toBe(204)
      expect(otherwise).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ event }))
    },
  )
})
