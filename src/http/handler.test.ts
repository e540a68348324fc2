import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  jsonValue,
  oneof,
  record,
  string,
} from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { problem } from '../core/errors.ts'
import { silentLogger } from '../core/logger.ts'
import type { HookRegistry } from '../hooks/index.ts'
import { openTestRegistry, type TestRegistry } from '../hooks/test-registry.ts'
import type { Authenticate } from './authenticate.ts'
import { createHttpHandler, type HttpHandlerOptions } from './handler.ts'

const target = 'https://example.com/target'
const fields = {
  isActive: { type: 'boolean', default: true },
  priority: { type: 'integer', default: 0 },
  weight: { type: 'number', nullable: true },
  note: { type: 'string', default: '' },
}

/** What is shown of a hook of which nothing is special, in this order. */
const PLAIN = ['id', 'event', 'created', 'updated', 'target', ...Object.keys(fields)]

let opened: TestRegistry
let errors: object[]

beforeEach(async () => {
  opened = await openTestRegistry({ fields })
  errors = []
})

afterEach(() => opened.close())

const byHeader: Authenticate = (request) => request.headers.get('x-user')

function open(options: Partial<HttpHandlerOptions> = {}) {
  const logger = { ...silentLogger, error: (entry: object) => void errors.push(entry) }
  return createHttpHandler({ ...opened, authenticate: byHeader, logger, ...options })
}

function request(method: string, path: string, body?: unknown, user: string | null = 'alice'): Request {
  return new Request(`http://localhost/api/hooks${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(user === null ? {} : { 'x-user': user }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

async function answer(response: Response) {
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
}

describe('authentication', () => {
  it('lets nobody in while it is not configured', async () => {
    await opened.registry.create({ owner: 'alice', event: 'book.added', target })
    const handler = open({ authenticate: undefined })
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      for (const path of ['/', '/1/']) {
        const response = await handler(request(method, path))
        expect(response.headers.get('www-authenticate')).toBe('Bearer realm="hooks"')
        expect(await answer(response)).toEqual({
          status: 401,
          body: { detail: 'Authentication credentials were not provided.' },
        })
      }
    }
    expect(await opened.registry.list()).toHaveLength(1)
  })

  it.each<[string, Authenticate]>([
    ['an owner', () => 'alice'],
    ['an object with an owner', () => ({ owner: 'alice' })],
    ['a promise of either', async () => ({ owner: 'alice' })],
  ])('takes %s', async (_, authenticate) => {
    await opened.registry.create({ owner: 'alice', event: 'book.added', target })
    expect(await answer(await open({ authenticate })(request('GET', '/')))).toMatchObject({
      status: 200,
      body: [{ id: 1 }],
    })
  })

  it.each<[string, Authenticate]>([
    ['null', () => null],
    ['undefined', () => undefined],
    ['an object without an owner', () => ({ owner: undefined })],
    ['a promise of null', async () => null],
  ])('takes %s for nobody', async (_, authenticate) => {
    expect((await open({ authenticate })(request('GET', '/'))).status).toBe(401)
  })

  it('takes 0 for an owner', async () => {
    expect((await open({ authenticate: () => 0 })(request('GET', '/'))).status).toBe(200)
  })

  it("fails closed, and as the application's fault, when it gets no owner or an error", async () => {
    const wrong: Authenticate[] = [
      () => '',
      () => Number.NaN,
      () => true as never,
      () => {
        throw new Error('no session store at 10.0.0.7')
      },
      () => {
        const thrown: unknown = 'a string'
        throw thrown
      },
    ]
    for (const authenticate of wrong) {
      expect(await answer(await open({ authenticate })(request('GET', '/')))).toEqual({
        status: 500,
        body: { detail: 'A server error occurred.' },
      })
    }
    expect(errors).toHaveLength(wrong.length)
  })

  it("is given the request and the framework's own", async () => {
    const seen = vi.fn<Authenticate>(() => 'alice')
    const native = { session: 1 }
    const sent = request('GET', '/')
    await open({ authenticate: seen })(sent, native)
    expect(seen).toHaveBeenCalledWith(sent, native)
  })
})

describe('hooks', () => {
  it('of another owner are as good as missing, and stay as they are', async () => {
    const hook = await opened.registry.create({ owner: 'bob', event: 'book.added', target })
    const handler = open()
    const missing = { status: 404, body: { detail: 'Not found.' } }
    for (const id of ['1', '99']) {
      for (const method of ['GET', 'DELETE']) {
        expect(await answer(await handler(request(method, `/${id}/`)))).toEqual(missing)
      }
      for (const method of ['PUT', 'PATCH']) {
        for (const body of [{ event: 'book.read', target }, {}, '{']) {
          expect(await answer(await handler(request(method, `/${id}/`, body)))).toEqual(missing)
        }
      }
      expect((await handler(request('HEAD', `/${id}/`))).status).toBe(404)
    }
    expect(await answer(await handler(request('GET', '/')))).toEqual({ status: 200, body: [] })
    expect(await opened.registry.list()).toEqual([hook])
  })

  it('tell their secret once, in the answer to their creation', async () => {
    const handler = open()
    const created = await answer(await handler(request('POST', '/', { event: 'book.added', target })))
    const [secret] = await opened.registry.secrets(1)
    expect(created).toMatchObject({ status: 201, body: { id: 1, secret } })
    for (const sent of [
      request('POST', '/', { event: 'book.added', target }),
      request('GET', '/1'),
      request('GET', '/'),
      request('PUT', '/1', { event: 'book.added', target }),
      request('PATCH', '/1', {}),
    ]) {
      const response = await handler(sent)
      expect(response.ok).toBe(true)
      const text = await response.text()
      expect(text).toContain('book.added')
      expect(text).not.toContain('secret')
      expect(text).not.toContain(secret)
    }
  })

  it('never show their headers', async () => {
    const headers = { Authorization: 'Bearer abc' }
    const handler = open()
    const response = await handler(request('POST', '/', { event: 'book.added', target, headers }))
    expect(await response.text()).not.toMatch(/headers|Bearer/)
    expect(await (await handler(request('GET', '/1'))).text()).not.toMatch(/headers|Bearer/)
    const row = await opened.store.db.selectFrom('hook').select('headers').executeTakeFirstOrThrow()
    expect(JSON.parse(row.headers)).toEqual(headers)
  })

  it('keep the headers that a PUT does not name', async () => {
    await opened.registry.create({ owner: 'alice', event: 'book.added', target, headers: { 'X-A': '1' } })
    await open()(request('PUT', '/1', { event: 'book.read', target }))
    const row = await opened.store.db.selectFrom('hook').select('headers').executeTakeFirstOrThrow()
    expect(JSON.parse(row.headers)).toEqual({ 'X-A': '1' })
  })

  it('have times in ISO 8601, in UTC', async () => {
    await opened.registry.create({ owner: 'alice', event: 'book.added', target })
    opened.time.now += 1500
    expect(await answer(await open()(request('PATCH', '/1', {})))).toMatchObject({
      body: { created: '2026-11-24T00:00:00.000Z', updated: '2026-11-24T00:00:01.500Z' },
    })
  })

  it('may listen to several events', async () => {
    const handler = open()
    const events = ['book.added', 'book.read']
    expect(await answer(await handler(request('POST', '/', { events, target })))).toMatchObject({
      status: 201,
      body: { event: 'book.added', events },
    })
    const shown = (await answer(await handler(request('GET', '/1')))).body as object
    expect(await answer(await handler(request('PUT', '/1', shown)))).toMatchObject({
      status: 200,
      body: { events },
    })
    const form = new Request('http://localhost/api/hooks/1', {
      method: 'PATCH',
      headers: { 'x-user': 'alice' },
      body: new URLSearchParams([
        ['events', 'book.removed'],
        ['events', 'user.logged_in'],
      ]),
    })
    expect(await answer(await handler(form))).toMatchObject({
      body: { events: ['book.removed', 'user.logged_in'] },
    })
    expect(
      (await answer(await handler(request('PATCH', '/1', { event: 'book.read' })))).body,
    ).not.toHaveProperty('events')
    expect(await opened.registry.get(1)).toMatchObject({ events: ['book.read'] })
  })

  it("may listen to hookwright's own events, alone or beside others", async () => {
    const handler = open()
    expect(
      await answer(await handler(request('POST', '/', { event: 'hook.disabled', target }))),
    ).toMatchObject({
      status: 201,
      body: { event: 'hook.disabled' },
    })
    const events = ['delivery.exhausted', 'book.added']
    expect(await answer(await handler(request('PATCH', '/1', { events })))).toMatchObject({
      status: 200,
      body: { event: 'book.added', events: events.toReversed() },
    })
  })

  it('have an order and a rate limit where these are set, and as in drf-hooks where they are not', async () => {
    const handler = open()
    const wanted = { event: 'book.added', target, ordered: 'true', rate_limit: '30' }
    const { status, body } = await answer(await handler(request('POST', '/', wanted)))
    expect([status, body]).toMatchObject([201, { ordered: true, rate_limit: 30 }])
    const { id } = body as { id: number }
    const freed = await answer(
      await handler(request('PATCH', `/${id}/`, { ordered: false, rate_limit: null })),
    )
    expect(Object.keys(freed.body as object)).toEqual(PLAIN)
    const refused = await answer(await handler(request('PATCH', `/${id}/`, { ordered: 'so', rate_limit: 0 })))
    expect(refused).toEqual({
      status: 400,
      body: {
        ordered: ['Must be a valid boolean.'],
        rate_limit: ['Ensure this value is greater than or equal to 0.001.'],
      },
    })
  })

  it('have a form of their bodies and a filter where these are set, also by a form', async () => {
    const handler = open()
    const filter = { pages: { $gt: 300 }, $or: [{ 'author.name': 'Tolkien' }, { fiction: true }] }
    const wanted = { event: 'book.added', target, payload: 'thin', filter }
    const { status, body } = await answer(await handler(request('POST', '/', wanted)))
    expect([status, body]).toMatchObject([201, { payload: 'thin', filter }])
    const { id } = body as { id: number }
    const form = new URLSearchParams({ payload: '', filter: '{"pages":1}' })
    const headers = { 'x-user': 'alice' }
    const url = `http://localhost/api/hooks/${id}/`
    const patch = new Request(url, { method: 'PATCH', body: form, headers })
    const changed = (await answer(await handler(patch))).body as object
    expect(changed).toMatchObject({ filter: { pages: 1 } })
    expect(changed).not.toHaveProperty('payload')
    const freed = await answer(await handler(request('PATCH', `/${id}/`, { filter: null })))
    expect(Object.keys(freed.body as object)).toEqual(PLAIN)
  })

  it.each([
    [{ payload: 'xml' }, { payload: ['"xml" is not a valid choice.'] }],
    [{ payload: ['thin'] }, { payload: ['"["thin"]" is not a valid choice.'] }],
    [{ payload: { toString: 1 } }, { payload: ['"{"toString":1}" is not a valid choice.'] }],
    [
      { filter: { pages: { $gt: null } } },
      {
        filter: [
          expect.stringMatching(/^filter\.pages\.\$gt: nothing is less.* Give a number or a string\.$/),
        ],
      },
    ],
    [{ filter: 'pages > 3' }, { filter: [expect.stringMatching(/^it must be an object of conditions/)] }],
    [{ filter: { id: 2 ** 60 } }, { filter: [expect.stringContaining('may have lost digits')] }],
  ])('refuse %o', async (wrong, body) => {
    const wanted = { event: 'book.added', target, ...wrong }
    expect(await answer(await open()(request('POST', '/', wanted)))).toEqual({ status: 400, body })
  })

  it('refuse a form that is deeper than the stack', async () => {
    const body = `{"event":"book.added","target":"${target}","payload":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
    const headers = { 'x-user': 'alice', 'content-type': 'application/json' }
    const sent = new Request('http://localhost/api/hooks/', { method: 'POST', headers, body })
    expect(await answer(await open()(sent))).toEqual({
      status: 400,
      body: { payload: ['"list" is not a valid choice.'] },
    })
  })

  it('do not show why one is disabled: drf-hooks has no such field', async () => {
    const { id } = await opened.registry.create({ owner: 'alice', event: 'book.added', target })
    await opened.registry.disable(id, 'secret reason')
    expect(await (await open()(request('GET', '/1'))).text()).not.toMatch(/disabled|secret reason/)
  })

  it.each([
    [{ events: [] }, { events: ['This selection may not be empty.'] }],
    [{ events: null }, { events: ['This field may not be null.'] }],
    [{ events: 'book.added' }, { events: ['Expected a list of items but got type "str".'] }],
    [{ events: { a: 1 } }, { events: ['Expected a list of items but got type "dict".'] }],
    [{ events: ['book.added', 'x'] }, { events: ['"x" is not a valid choice.'] }],
    [{ events: ['book.added'], event: 'book.read' }, { events: ['`event` is none of them: leave it out.'] }],
  ])('refuse %o', async (wrong, body) => {
    expect(await answer(await open()(request('POST', '/', { target, ...wrong })))).toEqual({
      status: 400,
      body,
    })
  })
})

describe("the application's own fields", () => {
  const post = (body: object) => open()(request('POST', '/', { event: 'book.added', target, ...body }))

  it('are read and written by their types', async () => {
    expect((await answer(await post({}))).body).toMatchObject({
      isActive: true,
      priority: 0,
      weight: null,
      note: '',
    })
    const given = { isActive: false, priority: 7, weight: 0.5, note: ' é ' }
    expect((await answer(await post(given))).body).toMatchObject({ ...given, note: 'é' })
    expect(
      await answer(await open()(request('PATCH', '/2', { weight: null, isActive: true }))),
    ).toMatchObject({
      status: 200,
      body: { isActive: true, priority: 7, weight: null },
    })
    expect(await opened.registry.get(2)).toMatchObject({
      isActive: true,
      priority: 7,
      weight: null,
      note: 'é',
    })
  })

  it('come as text in a form', async () => {
    const body = new URLSearchParams({
      event: 'book.added',
      target,
      isActive: 'off',
      priority: '-3',
      weight: '',
      note: '',
    })
    const form = new Request('http://localhost/api/hooks/', {
      method: 'POST',
      headers: { 'x-user': 'alice' },
      body,
    })
    expect(await answer(await open()(form))).toMatchObject({
      status: 201,
      body: { isActive: false, priority: -3, weight: null, note: '' },
    })
  })

  it('are refused with all their faults at once', async () => {
    const wrong = {
      event: 'x',
      target: 5,
      headers: [],
      isActive: 'maybe',
      priority: 1.5,
      weight: 'NaN',
      note: true,
    }
    expect(await answer(await post(wrong))).toEqual({
      status: 400,
      body: {
        event: ['"x" is not a valid choice.'],
        target: ['Enter a valid URL.'],
        headers: [expect.stringContaining('not an object of strings')],
        isActive: ['Must be a valid boolean.'],
        priority: ['A valid integer is required.'],
        weight: ['A valid number is required.'],
        note: ['Not a valid string.'],
      },
    })
    expect(await answer(await post({ priority: null, note: 'a\0' }))).toEqual({
      status: 400,
      body: { priority: ['This field may not be null.'], note: ['Null characters are not allowed.'] },
    })
  })

  it('are required where they have no default', async () => {
    await opened.close()
    opened = await openTestRegistry({ fields: { plan: { type: 'string' } } })
    const required = { status: 400, body: { plan: ['This field is required.'] } }
    expect(await answer(await post({}))).toEqual(required)
    expect(await answer(await post({ plan: 'pro' }))).toMatchObject({ status: 201, body: { plan: 'pro' } })
    expect(await answer(await open()(request('PUT', '/1', { event: 'book.added', target })))).toEqual(
      required,
    )
    expect(await answer(await open()(request('PATCH', '/1', {})))).toMatchObject({
      status: 200,
      body: { plan: 'pro' },
    })
  })
})

describe('targets', () => {
  it.each(['http://127.1/', 'http://2130706433/', 'http://0x7f.0.0.1/'])(
    '%s is no URL, wherever it leads',
    async (odd) => {
      const allowed = await openTestRegistry({ allow: ['127.0.0.0/8'] })
      const handler = createHttpHandler({ ...allowed, authenticate: byHeader })
      const post = async (given: string) =>
        answer(await handler(request('POST', '/', { event: 'book.added', target: given })))
      expect(await post(odd)).toEqual({ status: 400, body: { target: ['Enter a valid URL.'] } })
      expect((await post('http://127.0.0.1/')).status).toBe(201)
      await allowed.close()
    },
  )

  it('that must not be called are refused with the reason', async () => {
    const body = { event: 'book.added', target: 'http://169.254.169.254/latest' }
    expect(await answer(await open()(request('POST', '/', body)))).toEqual({
      status: 400,
      body: { target: [expect.stringMatching(/^169\.254\.169\.254 is in 169\.254\.0\.0\/16/)] },
    })
  })

  it('have 255 characters at most, each counted once', async () => {
    const prefix = 'https://example.com/'
    const post = async (given: string) =>
      answer(await open()(request('POST', '/', { event: 'book.added', target: given })))
    expect((await post(prefix + '😀'.repeat(255 - prefix.length))).status).toBe(201)
    expect(await post(`${'x'.repeat(256)}\0`)).toEqual({
      status: 400,
      body: {
        target: ['Ensure this field has no more than 255 characters.', 'Null characters are not allowed.'],
      },
    })
  })

  it.each([[true], [['https://example.com']], [{}], ['https://example.com/\ud800']])(
    'cannot be %o',
    async (wrong) => {
      expect(
        await answer(await open()(request('POST', '/', { event: 'book.added', target: wrong }))),
      ).toEqual({
        status: 400,
        body: { target: ['Not a valid string.'] },
      })
    },
  )
})

describe('bodies', () => {
  const tooLarge = { status: 413, body: { detail: 'Request body is larger than 65536 bytes.' } }

  it('of 64 KiB are read, and no more', async () => {
    const json = (size: number) => {
      const body = { event: 'book.added', target, pad: '' }
      return JSON.stringify({ ...body, pad: 'x'.repeat(size - JSON.stringify(body).length) })
    }
    expect((await open()(request('POST', '/', json(65_536)))).status).toBe(201)
    expect(await answer(await open()(request('POST', '/', json(65_537))))).toEqual(tooLarge)
  })

  it('that announce more are not read at all', async () => {
    const sent = request('POST', '/', '{}')
    sent.headers.set('content-length', '65537')
    expect(await answer(await open()(sent))).toEqual(tooLarge)
    expect(sent.bodyUsed).toBe(false)
  })

  it('without an end are given up', async () => {
    let sent = 0
    const cancelled = vi.fn()
    const body = new ReadableStream({
      pull(controller) {
        sent += 1
        controller.enqueue(new Uint8Array(1024))
      },
      cancel: cancelled,
    })
    const endless = new Request('http://localhost/', {
      method: 'POST',
      headers: { 'x-user': 'alice' },
      body,
      duplex: 'half',
    })
    expect(await answer(await open()(endless))).toEqual(tooLarge)
    expect(sent).toBeLessThan(70)
    expect(cancelled).toHaveBeenCalled()
  })

  it('that break off are the fault of the client', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error('aborted'))
      },
    })
    const broken = new Request('http://localhost/', {
      method: 'POST',
      headers: { 'x-user': 'alice' },
      body,
      duplex: 'half',
    })
    expect(await answer(await open()(broken))).toEqual({
      status: 400,
      body: { detail: 'The request body broke off.' },
    })
    expect(errors).toEqual([])
  })

  it.each([
    ['{"headers":', '}'],
    ['{"event":', '}'],
    ['{"target":', '}'],
    ['', ''],
  ])('nested deeply after %o are refused', async (before, after) => {
    const deep = before + '['.repeat(30_000) + ']'.repeat(30_000) + after
    expect((await open()(request('POST', '/', deep))).status).toBe(400)
    expect(errors).toEqual([])
  })

  it('of JSON that is not an object are refused', async () => {
    expect(await answer(await open()(request('POST', '/', 'null')))).toEqual({
      status: 400,
      body: { non_field_errors: ['No data provided'] },
    })
    expect(await answer(await open()(request('POST', '/', '1.5')))).toEqual({
      status: 400,
      body: { non_field_errors: ['Invalid data. Expected a dictionary, but got float.'] },
    })
  })

  it.each([
    ['application/json; charset=klingon', '{}', 'JSON parse error - it is not text in klingon'],
    ['application/json', Buffer.from([0x22, 0xff, 0x22]), 'JSON parse error - it is not text in utf-8'],
    ['multipart/form-data; boundary=B', 'nonsense', expect.stringMatching(/^Multipart form parse error - /)],
  ])('of %s that cannot be parsed are refused', async (contentType, body, detail) => {
    const headers = { 'content-type': contentType, 'x-user': 'alice' }
    const sent = new Request('http://localhost/', { method: 'POST', headers, body })
    expect(await answer(await open()(sent))).toEqual({ status: 400, body: { detail } })
  })

  it('may be multipart with a file, which is no text', async () => {
    const body = new FormData()
    body.set('event', 'book.added')
    body.set('target', new File(['x'], 'x.txt'))
    const sent = new Request('http://localhost/', { method: 'POST', headers: { 'x-user': 'alice' }, body })
    expect(await answer(await open()(sent))).toEqual({
      status: 400,
      body: { target: ['Not a valid string.'] },
    })
  })
})

describe('responses', () => {
  it("are nobody's to keep or to interpret", async () => {
    const handler = open()
    const paths: [string, string, unknown?][] = [
      ['GET', '/'],
      ['POST', '/', { event: 'book.added', target }],
      ['POST', '/', {}],
      ['FOO', '/'],
      ['GET', '/99'],
      ['DELETE', '/1'],
    ]
    for (const [method, path, body] of paths) {
      const { headers } = await handler(request(method, path, body))
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
    expect((await handler(request('GET', '/'))).headers.get('content-type')).toBe('application/json')
  })

  it('to HEAD are those to GET without their body', async () => {
    await opened.registry.create({ owner: 'alice', event: 'book.added', target })
    for (const path of ['/', '/1', '/2']) {
      const get = await open()(request('GET', path))
      const head = await open()(request('HEAD', path))
      expect(head.status).toBe(get.status)
      const ids = [get, head].map(({ headers }) => headers.get('x-request-id'))
      expect(ids[0]).not.toBe(ids[1])
      for (const { headers } of [get, head]) headers.delete('x-request-id')
      expect([...head.headers]).toEqual([...get.headers])
      expect(head.headers.get('content-length')).toBe(String((await get.arrayBuffer()).byteLength))
      expect(await head.text()).toBe('')
    }
  })

  it('name the methods that there are', async () => {
    const all = { '/': 'GET, POST, HEAD, OPTIONS', '/1': 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS' }
    for (const [path, allow] of Object.entries(all)) {
      for (const [method, status] of [
        ['OPTIONS', 200],
        ['FOO', 405],
      ] as const) {
        const response = await open()(request(method, path))
        expect(response.status).toBe(status)
        expect(response.headers.get('allow')).toBe(allow)
      }
    }
    expect(await answer(await open()(request('OPTIONS', '/')))).toMatchObject({
      body: {
        name: 'Hook List',
        parses: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
      },
    })
  })

  it('to an error of ours tell nothing, and the log everything', async () => {
    const error = new Error('SELECT * FROM secrets')
    const registry = { list: () => Promise.reject(error) } as unknown as HookRegistry
    expect(await answer(await open({ registry })(request('GET', '/?token=abc')))).toEqual({
      status: 500,
      body: { detail: 'A server error occurred.' },
    })
    const requestId = expect.stringMatching(/^[\da-f-]{36}$/)
    expect(errors).toEqual([{ err: error, method: 'GET', path: '/api/hooks/', requestId }])
  })

  it('to a database that is busy say to come again', async () => {
    const busy = problem('database_busy', { problem: 'the database /srv/app.db was locked' })
    const registry = { list: () => Promise.reject(busy) } as unknown as HookRegistry
    const response = await open({ registry })(request('GET', '/'))
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await answer(response)).toEqual({
      status: 503,
      body: { detail: 'Service temporarily unavailable, try again later.' },
    })
    expect(errors).toHaveLength(1)
  })
})

describe('the mount', () => {
  const list = async (handler: ReturnType<typeof open>, path: string) =>
    (await handler(new Request(`http://localhost${path}`, { headers: { 'x-user': 'alice' } }))).status

  it('is found from the request', async () => {
    await opened.registry.create({ owner: 'alice', event: 'book.added', target })
    const handler = open()
    for (const path of ['/', '/hooks', '/hooks/webhooks/', '/1', '/hooks/webhooks/1/', '/a/b/1?x=/2']) {
      expect(await list(handler, path), path).toBe(200)
    }
    expect(await list(handler, '/hooks/2')).toBe(404)
  })

  it('may be given, and is exact then', async () => {
    await opened.registry.create({ owner: 'alice', event: 'book.added', target })
    const handler = open({ basePath: '/api/hooks' })
    for (const path of ['/api/hooks', '/api/hooks/', '/api/hooks/1', '/api/hooks/1/']) {
      expect(await list(handler, path), path).toBe(200)
    }
    for (const path of ['/', '/api', '/hooks', '/api/hooks/abc', '/api/hooks/1/x', '/api/hooks/1//']) {
      expect(await list(handler, path), path).toBe(404)
    }
  })

  it.each([undefined, '/elsewhere'])(
    'may be given with each request, whatever the option is: %o',
    async (basePath) => {
      await opened.registry.create({ owner: 'alice', event: 'book.added', target })
      const handler = open(basePath === undefined ? {} : { basePath })
      const statusOf = async (path: string, given: string) => {
        const request = new Request(`http://localhost${path}`, { headers: { 'x-user': 'alice' } })
        return (await handler(request, undefined, given)).status
      }
      expect(await statusOf('/api/2', '/api/2')).toBe(200)
      expect(await statusOf('/api/2/1/', '/api/2/')).toBe(200)
      expect(await statusOf('/h%C3%B6ks/1', '/höks')).toBe(200)
      expect(await statusOf('/1', '')).toBe(200)
      expect(await statusOf('/x/1', '')).toBe(404)
      expect(await statusOf('/api/21', '/api/2')).toBe(404)
      expect(await statusOf('/elsewhere', '/api/2')).toBe(404)
    },
  )

  it('is not what a runtime passes to its fetch', async () => {
    const handler = open() as (...args: unknown[]) => Promise<Response>
    const request = new Request('http://localhost/api/hooks/', { headers: { 'x-user': 'alice' } })
    expect((await handler(request, { KV: {} }, { waitUntil() {} })).status).toBe(200)
  })
})

it('whatever is sent, the answer is no error of ours', async () => {
  const handler = open()
  const odd = oneof(
    jsonValue(),
    constantFrom('__proto__', 'constructor', '', 'book.added', target, '\ud800', 'a\0b'),
  )
  const name = oneof(constantFrom('event', 'events', 'target', 'headers', ...Object.keys(fields)), string())
  const body = oneof(
    dictionary(name, odd).map((value) => JSON.stringify(value)),
    jsonValue().map((value) => JSON.stringify(value)),
    array(record({ name, value: string() })).map((pairs) =>
      new URLSearchParams(pairs.map((pair) => [pair.name, pair.value] as [string, string])).toString(),
    ),
    string(),
  )
  await opened.registry.create({ owner: 'alice', event: 'book.added', target })
  await assert(
    asyncProperty(
      constantFrom('GET', 'POST', 'PUT', 'PATCH', 'OPTIONS'),
      oneof(
        constantFrom('/', '/1', '/1/', '/2', '//', '/%00', '/%'),
        string().map((text) => `/${encodeURIComponent(text.toWellFormed())}`),
      ),
      constantFrom(
        'application/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/plain',
      ),
      body,
      async (method, path, contentType, text) => {
        const sent = new Request(`http://localhost/api/hooks${path}`, {
          method,
          headers: { 'content-type': contentType, 'x-user': 'alice' },
          ...(method === 'GET' ? {} : { body: text }),
        })
        const response = await handler(sent)
        expect(response.status).toBeLessThan(500)
      },
    ),
    { numRuns: 1000 },
  )
  expect(errors).toEqual([])
})
