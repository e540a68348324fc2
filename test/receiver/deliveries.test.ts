import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createHooks, silentLogger } from 'hookwright'
import { createReceiver } from 'hookwright/receiver'
import { sqlite } from 'hookwright/sqlite'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

/** From the sender's database over a socket into the receiver's functions. */
let folder: string
let hooks: ReturnType<typeof open>

function open() {
  return createHooks({
    database: sqlite(join(folder, 'app.db')),
    events: { 'user.left': null, 'user.named': null },
    allow: ['127.0.0.1/32'],
    dispatch: { retry: { delaysMs: Array(20).fill(50), jitter: 0 } },
    logger: silentLogger,
  })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookwright-receiver-'))
  hooks = open()
  await hooks.migrate()
})

afterEach(async () => {
  await hooks.close()
  await rm(folder, { recursive: true, force: true })
})

async function serve(handler: (request: Request) => Promise<Response>) {
  const statuses: number[] = []
  const server = createServer((incoming, outgoing) => {
    const headers = new Headers(incoming.headers as Record<string, string>)
    const answer = async (body: string) =>
      await handler(new Request('http://localhost/', { method: 'POST', headers, body }))
    text(incoming)
      .then(answer)
      .then(
        ({ status }) => {
          statuses.push(status)
          outgoing.writeHead(status).end()
        },
        (error: unknown) => outgoing.destroy(error as Error),
      )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { target, statuses, close: () => server.close() }
}

it('handles each event once, though the first attempt fails and the secret is rotated', async () => {
  const secrets: string[] = []
  const left: unknown[] = []
  let failures = 1
  const handler = (request: Request) =>
    createReceiver<typeof hooks>({ secret: secrets, seen: false }).handler({
      'user.left': ({ data, hook, id }) => {
        failures -= 1
        if (failures >= 0) throw new Error('not yet')
        left.push({ data, hook: hook?.id, id })
      },
      'user.named': () => {},
    })(request)
  const { target, statuses, close } = await serve(handler)
  const hook = await hooks.create({ owner: 1, events: ['user.left', 'user.named'], target })
  secrets.push(...(await hooks.secrets(hook.id)))
  await hooks.start()
  const { id } = await hooks.send('user.left', { n: 1 }, { owner: 1 })
  await vi.waitFor(
    () => expect(left).toEqual([{ data: { n: 1 }, hook: hook.id, id: `${id}_${hook.id}` }]),
    10_000,
  )
  expect(statuses).toEqual([500, 204])

  // The receiver still has the old one: both sign.
  await hooks.rotateSecret(hook.id)
  await hooks.send('user.left', { n: 2 }, { owner: 1 })
  await vi.waitFor(() => expect(statuses).toEqual([500, 204, 204]), 10_000)
  close()
})

it('refuses what another hook was sent', async () => {
  const added = vi.fn<() => void>()
  const secrets: string[] = []
  const { target, statuses, close } = await serve((request) =>
    createReceiver<typeof hooks>({ secret: secrets }).handler({ 'user.left': added, 'user.named': added })(
      request,
    ),
  )
  const [one, two] = [
    await hooks.create({ owner: 1, event: 'user.left', target }),
    await hooks.create({ owner: 1, event: 'user.named', target: `${target}2` }),
  ]
  secrets.push(...(await hooks.secrets(two.id)))
  await hooks.start()
  await hooks.send('user.left', {}, { owner: 1 })
  await vi.waitFor(() => expect(statuses).toContain(401), 10_000)
  expect(added).not.toHaveBeenCalled()
  expect(one.id).not.toBe(two.id)
  close()
})
