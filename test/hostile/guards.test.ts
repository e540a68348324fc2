import { Webhook } from 'standardwebhooks'
import { describe, expect, it, vi } from 'vitest'
import type { Answer } from '../../src/outbound/test-server.ts'
import { openGuarded } from './guarded.ts'

/** More than there are places for connections. */
const MANY = 20

const headers: [what: string, headers: Record<string, string>, named: string][] = [
  ['Host', { Host: 'evil.example' }, 'Host'],
  ['HOST', { HOST: 'evil.example' }, 'HOST'],
  ['Transfer-Encoding', { 'Transfer-Encoding': 'chunked' }, 'Transfer-Encoding'],
  ['Content-Length', { 'content-length': '1' }, 'content-length'],
  ['a line break in a value', { 'X-Token': 'a\r\nX-Injected: b' }, 'X-Token'],
  ['a line break in a name', { 'X-A: b\r\nX-Injected': 'c' }, 'X-A: b\\r\\nX-Injected'],
  ['1 MB in a header', { 'X-Large': 'x'.repeat(2 ** 20) }, 'X-Large'],
  ['1 MB in the name of a header', { ['x'.repeat(2 ** 20)]: 'y' }, 'x'.repeat(60)],
]

describe.each(headers)('a hook with %s', (_what, wrong, named) => {
  it('is neither made nor changed to have it, by an error that names the header', async () => {
    const { hooks, receiver, sockets } = await openGuarded()
    const { target } = receiver
    const refusal = {
      code: 'headers_invalid',
      field: 'headers',
      message: expect.stringContaining(`"${named}"`),
    }
    await expect(hooks.create({ owner: 'a', event: 'played', target, headers: wrong })).rejects.toMatchObject(
      refusal,
    )
    expect(await hooks.list()).toEqual([])
    const { id, updatedAt } = await hooks.create({ owner: 'a', event: 'played', target, headers: { X: 'y' } })
    await expect(hooks.update(id, { headers: wrong })).rejects.toMatchObject(refusal)
    expect(await hooks.get(id)).toMatchObject({ updatedAt })
    expect(sockets()).toBe(0)
  })

  it('has nothing sent if its row has it all the same, and its origin works afterwards', async () => {
    const { hooks, receiver, sockets, tamper, deliver } = await openGuarded()
    const { id } = await hooks.create({ owner: 'a', event: 'played', target: receiver.target })
    tamper(id, 'headers', JSON.stringify(wrong))
    for (const { code, message } of await deliver('a', id, MANY)) {
      expect(code).toBe('local')
      // Names are in lower case once they are on their way.
      expect(message.toLowerCase()).toContain(named.toLowerCase())
      expect(message.length).toBeLessThan(300)
    }
    expect(sockets()).toBe(0)
    expect(receiver.connections).toBe(0)
    await hooks.update(id, { headers: {} })
    expect(await deliver('a', id)).toMatchObject([{ code: 200 }])
    expect(receiver.requests).toHaveLength(1)
  })
})

describe('a hook with a header of signatures', () => {
  it.each(['webhook-id', 'Webhook-Signature', 'WEBHOOK_TIMESTAMP', 'svix-id'])(
    'is neither made nor changed to have it, by an error that names it: %s',
    async (name) => {
      const { hooks, receiver, sockets } = await openGuarded()
      const refusal = { code: 'headers_invalid', message: expect.stringContaining(`"${name}"`) }
      const hook = { owner: 'a', event: 'played', target: receiver.target } as const
      await expect(hooks.create({ ...hook, headers: { [name]: 'x' } })).rejects.toMatchObject(refusal)
      const { id } = await hooks.create(hook)
      await expect(hooks.update(id, { headers: { [name]: 'x' } })).rejects.toMatchObject(refusal)
      expect(sockets()).toBe(0)
    },
  )

  it('sends the right one alone if its row has another', async () => {
    const { hooks, receiver, tamper, deliver } = await openGuarded()
    const { id } = await hooks.create({ owner: 'a', event: 'played', target: receiver.target })
    tamper(id, 'headers', '{"Webhook-Id":"forged","webhook-signature":"v1,forged"}')
    expect(await deliver('a', id)).toMatchObject([{ code: 200 }])
    const [request = ''] = receiver.requests
    expect(request).not.toContain('forged')
    expect(request.match(/^webhook-(?:id|signature): /gim)).toHaveLength(2)
  })

  it('is refused by the REST API as well, which names it', async () => {
    const { hooks, receiver } = await openGuarded()
    const body = { event: 'played', target: receiver.target, headers: { HOST: 'evil.example' } }
    const response = await hooks.handler(
      new Request('http://app.example/hooks', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-user': 'a' },
        body: JSON.stringify(body),
      }),
    )
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ headers: [expect.stringContaining('"HOST"')] })
  })
})

describe.each([
  ['http://10.0.0.1/hook', '10.0.0.1'],
  ['http://169.254.169.254/latest/meta-data', '169.254.169.254'],
  ['http://0x0a000001/', '10.0.0.1'],
  ['http://[::ffff:10.0.0.1]/', '::ffff:a00:1'],
])('a hook to %s', (forbidden, named) => {
  it('is neither made nor changed to be one, by an error that names the address', async () => {
    const { hooks, receiver, sockets } = await openGuarded()
    const refusal = { code: 'target_refused', field: 'target', message: expect.stringContaining(named) }
    await expect(hooks.create({ owner: 'a', event: 'played', target: forbidden })).rejects.toMatchObject(
      refusal,
    )
    const { id } = await hooks.create({ owner: 'a', event: 'played', target: receiver.target })
    await expect(hooks.update(id, { target: forbidden })).rejects.toMatchObject(refusal)
    expect(await hooks.get(id)).toMatchObject({ target: receiver.target })
    expect(sockets()).toBe(0)
  })

  it('opens no socket if its row says so all the same, and takes no place with it', async () => {
    const { hooks, receiver, sockets, tamper, deliver } = await openGuarded()
    const { id } = await hooks.create({ owner: 'a', event: 'played', target: receiver.target })
    tamper(id, 'target', forbidden)
    for (const { code, message } of await deliver('a', id, MANY)) {
      expect(code).toBe('refused_address')
      expect(message).toContain(named)
    }
    expect(sockets()).toBe(0)
    await hooks.update(id, { target: receiver.target })
    expect(await deliver('a', id)).toMatchObject([{ code: 200 }])
  })
})

describe('a name that leads elsewhere later', () => {
  it.each([
    ['a private address', ['10.0.0.1']],
    ['a private address beside the good one', ['127.0.0.1', '10.0.0.1']],
    ['a metadata service', ['169.254.169.254']],
    ['IPv6 of its own network', ['fd00::1']],
  ])('is refused then, and named with the address: %s', async (_, rebound) => {
    const { hooks, receiver, sockets, resolve, deliver } = await openGuarded()
    const good = ['127.0.0.1']
    resolve(good, ...new Array<string[]>(MANY).fill(rebound), good)
    const target = receiver.target.replace('127.0.0.1', 'hook.example')
    const { id } = await hooks.create({ owner: 'a', event: 'played', target })

    expect(await deliver('a', id)).toMatchObject([{ code: 200 }])
    expect(sockets()).toBe(1)
    for (const { code, message } of await deliver('a', id, MANY)) {
      expect(code).toBe('refused_address')
      expect(message).toContain(`hook.example resolves to ${rebound.at(-1)}`)
    }
    expect(sockets()).toBe(1)
    expect(receiver.connections).toBe(1)
    // The same origin, once it leads to where it should again.
    expect(await deliver('a', id)).toMatchObject([{ code: 200 }])
    expect(receiver.connections).toBe(2)
  })
})

describe('two users with one target', () => {
  const keep: Answer = (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')

  it('share its connection and nothing else: headers, ids and signatures are of each', async () => {
    const { hooks, receiver, deliver } = await openGuarded(keep)
    const { target } = receiver
    const make = (owner: string) =>
      hooks.create({ owner, event: 'played', target, headers: { 'X-Token': `of ${owner}` } })
    const [alice, bob] = [await make('alice'), await make('bob')]
    expect(alice.id).not.toBe(bob.id)
    await deliver('alice', alice.id)
    await deliver('bob', bob.id)
    await deliver('alice', alice.id)

    expect(receiver.connections).toBe(1)
    const seen = receiver.requests.map((request) => {
      const [head = '', body = ''] = request.split('\r\n\r\n')
      return { body, of: (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? '' }
    })
    expect(seen.map(({ of }) => of('x-token'))).toEqual(['of alice', 'of bob', 'of alice'])
    const secrets = { alice: await hooks.secrets(alice.id), bob: await hooks.secrets(bob.id) }
    const verifies = ([secret = '']: string[], { body, of }: (typeof seen)[number]) => {
      const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
      try {
        new Webhook(secret).verify(body, Object.fromEntries(names.map((name) => [name, of(name)])))
        return true
      } catch {
        return false
      }
    }
    expect(seen.map((request) => verifies(secrets.alice, request))).toEqual([true, false, true])
    expect(seen.map((request) => verifies(secrets.bob, request))).toEqual([false, true, false])
  })

  it('do not wait for each other: one is answered while the other is not', async () => {
    const held: (() => void)[] = []
    let answered = 0
    const answer: Answer = (socket, request) => {
      if (!request.includes('x-user: bob')) answered += 1
      // Bob's are answered when all of Alice's are, and not before.
      else if (answered < MANY) return void held.push(() => keep(socket, request))
      keep(socket, request)
      if (answered === MANY) for (const release of held.splice(0)) release()
    }
    const { hooks, receiver } = await openGuarded(answer, { places: 16 })
    const { target } = receiver
    for (const owner of ['bob', 'alice']) {
      await hooks.create({ owner, event: 'played', target, headers: { 'x-user': owner } })
      for (let n = 0; n < MANY; n += 1) await hooks.send('played', { n }, { owner })
    }
    await hooks.start()
    await vi.waitFor(
      async () => expect(await hooks.deliveries({ status: 'delivered' })).toHaveLength(2 * MANY),
      { timeout: 20_000 },
    )
    expect(receiver.requests).toHaveLength(2 * MANY)
  })

  it('are refused each for himself: what one has made of his hook is not held against the other', async () => {
    const { hooks, receiver, tamper, deliver } = await openGuarded(keep)
    const { target } = receiver
    const alice = await hooks.create({ owner: 'alice', event: 'played', target })
    const bob = await hooks.create({ owner: 'bob', event: 'played', target })
    tamper(bob.id, 'headers', '{"Host":"evil.example"}')
    const refused = await deliver('bob', bob.id, MANY)
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['local']))
    expect(await deliver('alice', alice.id)).toMatchObject([{ code: 200 }])
    expect(receiver.requests).toHaveLength(1)
    expect(receiver.requests[0]).not.toContain('evil.example')
  })
})
