import { runInNewContext } from 'node:vm'
import { expect, it, vi } from 'vitest'
import { generateSecret } from '../signature/keys.ts'
import { sign } from '../signature/standard-webhooks.ts'
import { createReceiver } from './create-receiver.ts'
import type { ReceiverOptions } from './options.ts'
import type { SeenIds } from './seen-ids.ts'

/** What goes wrong around a receiver: other realms, stores that fail, processes that die, senders that go away. */
const secret = generateSecret()
const envelope = JSON.stringify({
  hook: { id: 7, event: 'book.added', target: 'https://example.com/' },
  data: 1,
})

function sent(body = envelope, id = '1_7') {
  const timestamp = Math.floor(Date.now() / 1000)
  const signature = sign({ id, timestamp, body, secrets: [secret] })
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
  return new Request('https://receiver.example/', { method: 'POST', body, headers })
}

function setUp(options: Partial<ReceiverOptions> = {}) {
  const added = vi.fn<() => unknown>()
  const onError = vi.fn<(error: unknown) => void>()
  const receiver = createReceiver<{ 'book.added': number }>({ secret, ...options })
  return { added, onError, receiver, handler: receiver.handler({ 'book.added': added }, { onError }) }
}

it('knows Headers and bytes of another realm', async () => {
  const { headers } = sent()
  const foreign = { get: (name: string) => headers.get(name) } as Headers
  const bytes = runInNewContext('Uint8Array.from(bytes)', { bytes: [...new TextEncoder().encode(envelope)] })
  expect(bytes).not.toBeInstanceOf(Uint8Array)
  await expect(setUp().receiver.verify({ headers: foreign, body: bytes })).resolves.toMatchObject({ data: 1 })
})

it('is not fooled by a header that is called `get`', async () => {
  const headers = { ...Object.fromEntries(sent().headers), get: 'x' }
  await expect(setUp().receiver.verify({ headers, body: envelope })).resolves.toMatchObject({ data: 1 })
})

it('tells its operator, and not the sender, that its secret is malformed', async () => {
  await expect(setUp({ secret: 'hunter2' }).handler(sent())).rejects.toMatchObject({ code: 'secret_invalid' })
})

it.each([{ maxBodyBytes: Number.NaN }, { maxBodyBytes: '1' }, { toleranceSeconds: -1 }])(
  'refuses %o',
  (odd) => {
    expect(() => setUp(odd as never)).toThrow(expect.objectContaining({ code: 'option_invalid' }))
  },
)

it('answers 400 to a sender that goes away in the middle, whatever error the runtime has for it', async () => {
  const body = new ReadableStream({
    pull: (controller) => controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
  })
  const init = { method: 'POST', body, duplex: 'half', headers: sent().headers }
  expect((await setUp().handler(new Request('https://receiver.example/', init as RequestInit))).status).toBe(
    400,
  )
})

it('answers 500 and tells why where the memory of ids fails, and handles nothing', async () => {
  const fault = new Error('no memory')
  const { added, onError, handler } = setUp({ seen: { add: () => Promise.reject(fault), delete: () => {} } })
  expect((await handler(sent())).status).toBe(500)
  expect(onError).toHaveBeenCalledExactlyOnceWith(fault, expect.anything())
  expect(added).not.toHaveBeenCalled()
})

/** As two processes share one: what a process takes is busy until it is done. */
function shared() {
  const ids = new Map<string, 'busy' | 'done'>()
  const seen: SeenIds = {
    async add(id) {
      const before = ids.get(id)
      if (before === undefined) ids.set(id, 'busy')
      return before === undefined ? true : before === 'busy' ? 'busy' : false
    },
    done: (id) => ids.set(id, 'done'),
    delete: (id) => ids.delete(id),
  }
  return { ids, seen }
}

it('does not call a message received that another process may still fail to handle', async () => {
  const { seen, ids } = shared()
  const [one, two] = [setUp({ seen }), setUp({ seen })]
  const handling = Promise.withResolvers<void>()
  one.added.mockReturnValueOnce(handling.promise)
  const first = one.handler(sent())
  await vi.waitFor(() => expect(one.added).toHaveBeenCalledOnce())
  expect((await two.handler(sent())).status).toBe(409)
  handling.reject(new Error('full'))
  expect((await first).status).toBe(500)
  expect((await two.handler(sent())).status).toBe(204)
  expect([...ids.values()]).toEqual(['done'])
  expect((await one.handler(sent())).status).toBe(204)
  expect([one.added.mock.calls.length, two.added.mock.calls.length]).toEqual([1, 1])
})

it('has no time and no hook where the body has nonsense for them', async () => {
  const standard = JSON.stringify({ type: 'book.added', timestamp: 'soon', data: 1 })
  await expect(setUp().receiver.receive(sent(standard))).resolves.toMatchObject({ occurredAt: undefined })
  const odd = JSON.stringify({ hook: { id: {}, event: 'book.added' }, data: 1 })
  await expect(setUp().receiver.receive(sent(odd))).resolves.toMatchObject({ hook: undefined })
})
