import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import zapier from 'zapier-platform-core'
import { type Bookstore, startBookstore, temporaryFolder } from '../../docs/bookstore-process.ts'
import { openSubscriber, type Subscriber } from '../subscriber.ts'

const folder = temporaryFolder()
let bookstore: Bookstore
let subscriber: Subscriber
let integration: typeof import('./app.ts')
/** Runs a function of the integration as the platform does. */
let run: (perform: unknown, bundle: object) => Promise<unknown>

beforeAll(async () => {
  bookstore = await startBookstore(folder.database)
  subscriber = await openSubscriber()
  vi.stubEnv('API', `${bookstore.url}/api/hooks`)
  // It reads where the API is when it is loaded.
  integration = await import('./app.ts')
  const tester = zapier.createAppTester(integration.app)
  run = (perform, bundle) => tester(perform as never, { authData: { token: 'alice' }, ...bundle } as never)
})

afterAll(async () => {
  subscriber.close()
  await bookstore.close()
  folder.remove()
})

async function call(path: string, body: object, method = 'POST') {
  const headers = { authorization: 'Bearer alice', 'content-type': 'application/json' }
  const response = await fetch(`${bookstore.url}${path}`, { method, headers, body: JSON.stringify(body) })
  return (await response.json()) as Record<string, unknown>
}

const read = async (path: string) => {
  const response = await fetch(`${bookstore.url}${path}`, { headers: { authorization: 'Bearer alice' } })
  return { status: response.status, body: await response.json() }
}

describe('an integration of the Zapier platform', () => {
  it('subscribes, shows samples, gets what happens, and unsubscribes', async () => {
    const { performSubscribe, performUnsubscribe, performList, perform } = integration
    const inputData = { event: 'book.added' }
    const choices = await run(integration.listEvents, {})
    expect(choices).toEqual(expect.arrayContaining([{ id: 'book.added', name: 'book.added' }]))

    const before = (await run(performList, { inputData })) as object[]
    const subscribed = await run(performSubscribe, { inputData, targetUrl: subscriber.url })
    const hook = subscribed as { id: number; secret: string }
    expect(hook).toMatchObject({ id: expect.any(Number), secret: expect.stringMatching(/^whsec_/) })

    await call('/api/books', { title: 'The Two Towers', pages: 327, fiction: true })
    await vi.waitFor(() => expect(subscriber.arrived).toHaveLength(1), 10_000)
    const { headers = {}, body = '' } = subscriber.arrived[0] ?? {}
    const cleanedRequest = new Webhook(hook.secret).verify(body, headers as Record<string, string>)
    expect(cleanedRequest).toEqual(JSON.parse(body))
    const [item] = (await run(perform, { inputData, cleanedRequest })) as object[]
    expect(item).toEqual({ title: 'The Two Towers', pages: 327, fiction: true, event: 'book.added' })

    // A sample has the very fields that the person in the editor will map.
    const after = (await run(performList, { inputData })) as object[]
    expect(Object.keys(before[0] ?? {})).toEqual(Object.keys(item ?? {}))
    expect(after[0]).toEqual(item)

    await run(performUnsubscribe, { inputData, subscribeData: hook })
    expect((await read(`/api/hooks/${hook.id}/`)).status).toBe(404)
  })

  it('that was switched off without a word answers 410, which ends the hook', async () => {
    const hook = await call('/api/hooks/', { event: 'book.added', target: `${subscriber.url}/off` })
    subscriber.status = 410
    const until = subscriber.arrived.length
    await call('/api/books', { title: 'Gone', pages: 1 })
    await vi.waitFor(() => expect(subscriber.arrived.length).toBe(until + 1), 10_000)
    subscriber.status = 200
    // What comes later has a hook of its own to arrive at: once it is there, this one has been passed over.
    await call('/api/hooks/', { event: 'book.added', target: `${subscriber.url}/on` })
    await call('/api/books', { title: 'After', pages: 1 })
    await vi.waitFor(() => expect(subscriber.arrived.length).toBe(until + 2), 10_000)
    const last = JSON.parse(subscriber.arrived.at(-1)?.body ?? '') as { hook: { id: number }; data: object }
    expect([last.hook.id === hook.id, last.data]).toMatchObject([false, { title: 'After' }])
  })
})

describe('the calls of n8n', () => {
  it('look for a hook, make one, keep it while the workflow is inactive, and delete it', async () => {
    // checkExists: GET, and look for one with the same target.
    const target = `${subscriber.url}/n8n`
    const find = async () =>
      ((await read('/api/hooks/')).body as { id: number; target: string }[]).find(
        (hook) => hook.target === target,
      )
    expect(await find()).toBeUndefined()
    const { id } = (await call('/api/hooks', { event: 'book.removed', target })) as { id: number }
    expect(await find()).toMatchObject({ id, event: 'book.removed' })

    // An inactive workflow: 404, and the hook stays.
    subscriber.status = 404
    const until = subscriber.arrived.length
    const removed = async (title: string) => {
      const book = await call('/api/books', { title, pages: 1 })
      const headers = { authorization: 'Bearer alice' }
      await fetch(`${bookstore.url}/api/books/${String(book.id)}`, { method: 'DELETE', headers })
    }
    const arrived = () =>
      subscriber.arrived.slice(until).filter(({ body }) => body.includes(`"event":"book.removed"`))
    await removed('while inactive')
    await vi.waitFor(() => expect(arrived().length).toBeGreaterThan(0), 10_000)
    subscriber.status = 200
    await removed('while active')
    await vi.waitFor(
      () => expect(arrived().some(({ body }) => body.includes('while active'))).toBe(true),
      10_000,
    )
    expect(await find()).toMatchObject({ id })

    const headers = { authorization: 'Bearer alice' }
    expect((await fetch(`${bookstore.url}/api/hooks/${id}`, { method: 'DELETE', headers })).status).toBe(204)
    expect(await find()).toBeUndefined()
  })
})
