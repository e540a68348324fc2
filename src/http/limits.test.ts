import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../core/logger.ts'
import { openTestRegistry, type TestRegistry } from '../hooks/test-registry.ts'
import { type ApiOptions, apiSettings } from './api-options.ts'
import { createHttpHandler } from './handler.ts'
import { Throttle } from './throttle.ts'

const ORIGIN = 'https://app.example.com'

let opened: TestRegistry
let logged: object[]
let now: number

beforeEach(async () => {
  opened = await openTestRegistry()
  logged = []
  now = 5_000_000
})

afterEach(() => opened.close())

function open(options: ApiOptions = {}, more: object = {}) {
  const handler = createHttpHandler({
    ...opened,
    api: apiSettings(options),
    authenticate: (request) => {
      const name = request.headers.get('x-user')
      if (name === 'broken') throw new Error('no session store at 10.0.0.7')
      return name === 'root' ? { admin: true } : name
    },
    logger: { ...silentLogger, error: (fields) => void logged.push(fields) },
    now: () => now,
    ...more,
  })
  return (user: string | null, init: RequestInit = {}, native?: unknown) => {
    const headers = new Headers(init.headers)
    if (user !== null) headers.set('x-user', user)
    return handler(new Request('http://localhost/api/hooks/', { ...init, headers }), native)
  }
}

describe('requests', () => {
  it('of one caller come in a burst, and then at a rate; others do not feel it', async () => {
    const ask = open({ requestsPerSecond: 2, burst: 3 })
    const statuses = async (user: string, count: number) => {
      const all: number[] = []
      for (let n = 0; n < count; n += 1) all.push((await ask(user)).status)
      return all
    }
    expect(await statuses('alice', 5)).toEqual([200, 200, 200, 429, 429])
    expect(await statuses('bob', 1)).toEqual([200])
    const refused = await ask('alice')
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await refused.json()).toEqual({
      detail: 'Request was throttled. Expected available in 1 second.',
    })
    now += 500
    expect(await statuses('alice', 2)).toEqual([200, 429])
    now += 60_000
    expect(await statuses('alice', 4)).toEqual([200, 200, 200, 429])
  })

  it('of a slow rate say how long to wait', async () => {
    const ask = open({ requestsPerSecond: 0.1, burst: 1 })
    await ask('alice')
    expect((await ask('alice')).headers.get('retry-after')).toBe('10')
    now += 3_500
    const response = await ask('alice')
    expect(response.headers.get('retry-after')).toBe('7')
    expect(await response.text()).toContain('7 seconds')
  })

  it('of nobody are counted for each peer, and keep out nobody who is somebody', async () => {
    const ask = open({ requestsPerSecond: 1, burst: 2 })
    const from = (remoteAddress: string) => ({ socket: { remoteAddress } })
    const statuses = async (user: string | null, address: string) =>
      (await ask(user, {}, from(address))).status
    expect([await statuses(null, '::1'), await statuses(null, '::1'), await statuses(null, '::1')]).toEqual([
      401, 401, 429,
    ])
    expect(await statuses('alice', '::1')).toBe(200)
    expect(await statuses(null, '::2')).toBe(401)
    for (const native of [undefined, null, {}, { socket: null }])
      expect([401, 429]).toContain((await ask(null, {}, native)).status)
  })

  it('are remembered for so many callers and no more', () => {
    const throttle = new Throttle({ perSecond: 1, burst: 1 }, () => now)
    throttle.count('first')
    for (let n = 0; n < 50_000; n += 1) throttle.count(`caller ${n}`)
    expect(throttle.size).toBe(10_000)
    // The last ones are not forgotten.
    expect(() => throttle.count('caller 49999')).toThrow(/throttled/)
    throttle.count('first')
  })

  it('come in any number with `false`', async () => {
    const ask = open({ requestsPerSecond: false })
    for (let n = 0; n < 300; n += 1) expect((await ask('alice')).status).toBe(200)
  })
})

describe('bodies', () => {
  it('are as large as the option says', async () => {
    const ask = open({ maxBodyBytes: 100 })
    const post = (body: string | ReadableStream) =>
      ask('alice', {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
        duplex: 'half',
      } as RequestInit)
    expect((await post(`{"a":"${'x'.repeat(91)}"}`)).status).toBe(400)
    const large = `{"a":"${'x'.repeat(100)}"}`
    for (const body of [large, new Blob([large]).stream()]) {
      const response = await post(body)
      expect(response.status).toBe(413)
      expect(await response.json()).toEqual({ detail: 'Request body is larger than 100 bytes.' })
    }
  })
})

describe('pages of other origins', () => {
  const preflight = {
    method: 'OPTIONS',
    headers: {
      origin: ORIGIN,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization',
    },
  }
  const cors = (response: Response) =>
    [...response.headers].filter(([name]) => name.startsWith('access-control') || name === 'vary')

  it('get nothing unless they are asked in', async () => {
    const ask = open()
    expect(cors(await ask('alice', { headers: { origin: ORIGIN } }))).toEqual([])
    const response = await ask(null, preflight)
    expect(response.status).toBe(401)
    expect(cors(response)).toEqual([])
  })

  it('that are named may ask, and read with credentials', async () => {
    const ask = open({ cors: { origins: [ORIGIN], headers: ['X-Tenant'], maxAgeSeconds: 60 } })
    const asked = await ask(null, preflight)
    expect(asked.status).toBe(204)
    expect(Object.fromEntries(cors(asked))).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': expect.stringContaining('PATCH'),
      'access-control-allow-headers': 'Authorization, Content-Type, X-Request-Id, X-Tenant',
      'access-control-max-age': '60',
      vary: 'Origin',
    })
    // Also what is refused can be read, and says why.
    for (const [user, status] of [
      ['alice', 200],
      [null, 401],
      ['broken', 500],
    ] as const) {
      const response = await ask(user, { headers: { origin: ORIGIN } })
      expect(response.status).toBe(status)
      expect(Object.fromEntries(cors(response))).toEqual({
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'Link, Retry-After, X-Request-Id',
        vary: 'Origin',
      })
    }
  })

  it.each([
    'https://evil.example.com',
    'https://app.example.com.evil.com',
    'http://app.example.com',
    `${ORIGIN}:8443`,
    'null',
    '',
  ])('that are not named, such as %j, get nothing, and no cache mixes them up', async (origin) => {
    const ask = open({ cors: { origins: [ORIGIN] } })
    expect(cors(await ask('alice', { headers: { origin } }))).toEqual([['vary', 'Origin']])
    const asked = await ask(null, { ...preflight, headers: { ...preflight.headers, origin } })
    expect([asked.status, cors(asked)]).toEqual([401, [['vary', 'Origin']]])
  })

  it.each([
    ['application/x-www-form-urlencoded', undefined, 403],
    ['multipart/form-data; boundary=x', undefined, 403],
    [undefined, undefined, 403],
    ['application/x-www-form-urlencoded', '*', 403],
    // Named origins may; and whoever asks with JSON has asked the application's own CORS first.
    ['application/x-www-form-urlencoded', [ORIGIN], 400],
    ['application/json', undefined, 400],
  ] as const)(
    'cannot have a form of %s sent with the cookies of a caller, with origins %j',
    async (type, origins, status) => {
      const ask = open(origins === undefined ? {} : { cors: { origins } })
      const sent = (more: Record<string, string>) => {
        const headers = { origin: ORIGIN, ...(type === undefined ? {} : { 'content-type': type }), ...more }
        const body = type?.endsWith('json') ? '{}' : 'event=nope'
        return ask('alice', { method: 'POST', headers, ...(type === undefined ? {} : { body }) })
      }
      const forged = await sent({ 'sec-fetch-site': 'cross-site', cookie: 'session=1' })
      expect(forged.status).toBe(status)
      for (const fine of [
        { 'sec-fetch-site': 'same-origin', cookie: 'session=1' },
        { cookie: 'session=1' },
      ]) {
        expect((await sent(fine)).status).toBe(400)
      }
      expect((await sent({ 'sec-fetch-site': 'cross-site' })).status).toBe(400)
    },
  )

  it('of every origin never get credentials', async () => {
    const ask = open({ cors: { origins: '*' } })
    for (const response of [
      await ask(null, preflight),
      await ask('alice', { headers: { origin: ORIGIN } }),
    ]) {
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    }
  })
})

describe('responses', () => {
  it('are for nobody to keep, to interpret or to run', async () => {
    const ask = open()
    for (const [user, init] of [
      ['alice', {}],
      [null, {}],
      ['broken', {}],
      ['alice', { method: 'FOO' }],
      ['alice', { method: 'OPTIONS' }],
    ] as const) {
      const { headers } = await ask(user, init)
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
      })
    }
  })

  it('have the id of their request, where that is a sane one, and so has the log', async () => {
    const ask = open()
    const idOf = async (id: string, user = 'alice') =>
      (await ask(user, { headers: { 'x-request-id': id } })).headers.get('x-request-id')
    expect(await idOf('Root=1-67891233-abcdef012345678912345678')).toBe(
      'Root=1-67891233-abcdef012345678912345678',
    )
    for (const wrong of ['', 'a b', '<script>', 'é', 'x'.repeat(129)])
      expect(await idOf(wrong)).toMatch(/^[\da-f-]{36}$/)
    expect(await idOf('trace-1', 'broken')).toBe('trace-1')
    expect(logged).toMatchObject([{ requestId: 'trace-1', err: expect.any(Error) }])
  })

  it('to a caller that authenticate describes wrongly are faults of the application', async () => {
    for (const caller of [
      { owner: 'alice', admin: 'yes' },
      { owner: 'alice', readOnly: 1 },
      { admin: null, owner: 1 },
    ]) {
      const ask = open({}, { authenticate: () => caller })
      expect((await ask('alice')).status).toBe(500)
    }
    expect(logged).toHaveLength(3)
    for (const nobody of [{ admin: false }, { readOnly: true }, {}]) {
      expect((await open({}, { authenticate: () => nobody })('alice')).status).toBe(401)
    }
  })
})

describe('the option `api`', () => {
  it.each<[unknown, string]>([
    [7, 'api'],
    [{ maxHooks: 7 }, 'api.maxHooks'],
    [{ maxHooksPerOwner: 0 }, 'api.maxHooksPerOwner'],
    [{ requestsPerSecond: 0 }, 'api.requestsPerSecond'],
    [{ requestsPerSecond: true }, 'api.requestsPerSecond'],
    [{ burst: 0.5 }, 'api.burst'],
    [{ maxBodyBytes: -1 }, 'api.maxBodyBytes'],
    [{ cors: {} }, 'api.cors.origins'],
    [{ cors: { origins: ['https://example.com/'] } }, 'api.cors.origins'],
    [{ cors: { origins: ['*'] } }, 'api.cors.origins'],
    [{ cors: { origins: ['null'] } }, 'api.cors.origins'],
    [{ cors: { origins: '*', headers: ['a b'] } }, 'api.cors.headers'],
    [{ cors: { origins: '*', maxAgeSeconds: 0 } }, 'api.cors.maxAgeSeconds'],
    [{ cors: { origin: '*' } }, 'api.cors.origin'],
  ])('%j is wrong in %s', (options, field) => {
    expect(() => apiSettings(options as ApiOptions)).toThrow(
      expect.objectContaining({ code: 'option_invalid', field }),
    )
  })
})
