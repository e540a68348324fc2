import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  anything,
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  dictionary,
  integer,
  jsonValue,
  oneof,
  option,
  record,
  string,
  uint8Array,
} from 'fast-check'
import { createHooks, silentLogger } from 'hookwright'
import { node } from 'hookwright/node'
import { sqlite } from 'hookwright/sqlite'
import { testHooks } from 'hookwright/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryDatabase } from '../support/database.ts'

/**
 * Whatever is sent, to whichever route, is answered by a status that says whose fault it was, and it was never ours: no 5xx,
 * and every 400 names a field or says what could not be read.
 */

const { path, remove } = temporaryDatabase()
const failures: object[] = []
const hooks = createHooks({
  database: sqlite(path),
  events: { a: null, b: null },
  hook: {
    fields: { isActive: { type: 'boolean', default: true }, priority: { type: 'integer', default: 0 } },
  },
  basePath: '/api/hooks',
  api: { requestsPerSecond: false, maxHooksPerOwner: 50, cors: { origins: ['https://app.example.com'] } },
  authenticate: (request) => {
    const name = request.headers.get('x-user')
    return name === 'root' ? { admin: true } : name
  },
  logger: { ...silentLogger, error: (fields) => void failures.push(fields) },
})
let delivery = ''
let foreign = ''
/** A hook of alice's. */
let mine = 1

beforeAll(async () => {
  await hooks.migrate()
  const test = testHooks(hooks)
  for (const owner of ['alice', 'alice', 'bob']) {
    await hooks.create({ owner, events: ['a', 'b'], target: `https://example.com/${Math.random()}` })
  }
  await hooks.send('a', { n: 1 }, { owner: 'alice' })
  await hooks.send('a', { n: 2 }, { owner: 'bob' })
  await test.flush()
  delivery = (await hooks.deliveries({ owner: 'alice' }))[0]?.id ?? ''
  foreign = (await hooks.deliveries({ owner: 'bob' }))[0]?.id ?? ''
})

afterAll(async () => {
  await hooks.close()
  remove()
})

interface Sent {
  method: string
  path: string
  user: string
  type: string
  body: string | Uint8Array | undefined
}

const weird = oneof(
  string({ unit: 'binary' }),
  string({ unit: 'grapheme' }),
  constantFrom(
    '\0',
    '\ud800',
    '%',
    "' OR 1=1 --",
    '__proto__',
    'constructor',
    '-1',
    '1e400',
    '9007199254740993',
  ),
  constantFrom('2026-02-30', '0000-00-00', '9999-12-31T23:59:59.999999999+23:59', '2026-01-01T00:00Z', 'NaN'),
)
const ids = oneof(
  constant('mine'),
  constantFrom('1', '2', '3', '99', '01', '1.5', '-0', '9'.repeat(20)),
  weird.map(encode),
)
const deliveryIds = oneof(
  constantFrom('own', 'foreign'),
  constantFrom(`${'f'.repeat(32)}_1`, `${'0'.repeat(32)}_9007199254740993`, `${'A'.repeat(32)}_1`),
  weird.map(encode),
)
const paths = oneof(
  constant('/'),
  constantFrom(
    '/deliveries/',
    '/replay/',
    '/deliveries',
    '/health',
    '/stats/',
    '//',
    '/1/2/3/4/',
    '/events/',
    '/events/a/samples/',
  ),
  ids.map((id) => `/${id}/`),
  record({
    id: ids,
    name: constantFrom(
      'deliveries',
      'test',
      'enable',
      'disable',
      'replay',
      'rotate_secret',
      'health',
      'stats',
      'x',
    ),
  }).map(({ id, name }) => `/${id}/${name}/`),
  record({ id: deliveryIds, name: constantFrom('', 'attempts/', 'retry/', 'x/') }).map(
    ({ id, name }) => `/deliveries/${id}/${name}`,
  ),
)
const QUERIES = [
  'owner',
  'event',
  'state',
  'search',
  'limit',
  'cursor',
  'status',
  'since',
  'until',
  'bucket_ms',
] as const
const FIELDS = [
  'event',
  'events',
  'target',
  'headers',
  'ordered',
  'rate_limit',
  'isActive',
  'priority',
  'owner',
  'id',
].concat([
  'data',
  'reason',
  'replay_since',
  'since',
  'until',
  'what',
  'dry_run',
  'overlap_ms',
  '__proto__',
  'secret',
  'payload',
  'filter',
])
const right = constantFrom<unknown>(
  'a',
  ['a', 'b'],
  'https://example.com/x',
  'failed',
  'missed',
  'thin',
  { n: { $gt: 1 } },
  true,
  0,
  100,
  'alice',
  null,
  {
    'X-A': '1',
  },
)
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const wrong = oneof(jsonValue(), weird, anything({ withNullPrototype: false }).map(asJson))
const object = dictionary(
  constantFrom(...FIELDS),
  oneof({ weight: 2, arbitrary: right }, { weight: 3, arbitrary: wrong }),
)
const form = array(
  record({ name: constantFrom(...FIELDS), value: oneof(weird, constantFrom('a', 'true', '1', '{"a":1}')) }),
)
const bodies = oneof(
  {
    weight: 4,
    arbitrary: record({
      event: constantFrom('a', 'b'),
      target: constantFrom('https://example.com/a', 'https://example.com/b'),
    }).map((value) => ({ type: 'application/json', body: asText(value) })),
  },
  { weight: 8, arbitrary: object.map((value) => ({ type: 'application/json', body: asText(value) })) },
  {
    weight: 3,
    arbitrary: form.map((values) => ({
      type: 'application/x-www-form-urlencoded',
      body: new URLSearchParams(values.map(({ name, value }): [string, string] => [name, value])).toString(),
    })),
  },
  {
    weight: 2,
    arbitrary: form.map((values) => ({
      type: 'multipart/form-data; boundary=x',
      body: `${values.map(({ name, value }) => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--x--\r\n`,
    })),
  },
  {
    weight: 3,
    arbitrary: record({
      type: constantFrom(
        'application/json',
        'application/json; charset=utf-16le',
        'text/plain',
        '',
        'multipart/form-data',
      ),
      body: oneof(weird, uint8Array({ maxLength: 300 })),
    }),
  },
  {
    weight: 1,
    arbitrary: record({ field: constantFrom(...FIELDS), depth: integer({ min: 1, max: 32_000 }) }).map(
      ({ field, depth }) => ({ type: 'application/json', body: `{"${field}":${deep(depth)}}` }),
    ),
  },
  {
    weight: 3,
    arbitrary: record({ field: constantFrom(...FIELDS), size: integer({ min: 1, max: 160_000 }) }).map(
      ({ field, size }) => ({
        type: 'application/json',
        body: JSON.stringify({ [field]: 'é'.repeat(size) }),
      }),
    ),
  },
)
const sent = record({
  method: constantFrom('GET', 'POST', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PURGE'),
  path: paths,
  query: option(
    dictionary(constantFrom(...QUERIES), oneof(weird, constantFrom('a', '1', 'failed', 'enabled', 'bob'))),
  ),
  user: constantFrom('alice', 'alice', 'alice', 'root', ''),
  content: option(bodies, { freq: 4 }),
}).map(({ method, path: below, query, user, content }): Sent => {
  const search = query === null ? '' : `?${new URLSearchParams(query)}`
  const bodied = method !== 'GET' && method !== 'HEAD' && content !== null
  return {
    method,
    path: `/api/hooks${below}${search}`,
    user,
    type: content?.type ?? '',
    body: bodied ? content.body : undefined,
  }
})

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function asJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null')
  } catch {
    return null
  }
}

/** Also what Object.keys would not give back, such as `__proto__`. */
function asText(value: object): string {
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one) ?? 'null'}`)
    .join(',')}}`
}

const STATUSES = new Set([200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 415])
const seen = new Map<number, number>()

function check(status: number, text: string, method: string): void {
  seen.set(status, (seen.get(status) ?? 0) + 1)
  expect(STATUSES).toContain(status)
  if (method === 'HEAD' || status === 204) return
  const body = JSON.parse(text) as Record<string, unknown>
  if (status < 400) return
  const entries = Object.entries(body)
  expect(entries.length).toBeGreaterThan(0)
  for (const [field, messages] of entries) {
    if (field === 'detail') expect(messages).toEqual(expect.any(String))
    else {
      expect(status).toBe(400)
      expect([...FIELDS, ...QUERIES, 'non_field_errors']).toContain(field)
      expect(messages).toEqual([expect.any(String), ...(messages as string[]).slice(1)])
    }
  }
  expect(text).not.toMatch(/SQLITE|constraint|at .*\.ts:|node_modules/)
}

function known({ path: below, ...rest }: Sent): Sent {
  const names = { own: delivery, foreign, mine: String(mine) }
  return {
    ...rest,
    path: below.replace(/(?<=\/)(?:own|foreign|mine)(?=\/)/, (name) => names[name as keyof typeof names]),
  }
}

describe('requests of any kind', () => {
  it('to the handler, 10,000 of them, are never a fault of ours', async () => {
    await assert(
      asyncProperty(sent, async (one) => {
        const { method, path: target, user, type, body } = known(one)
        const response = await hooks.handler(
          new Request(`http://localhost${target}`, {
            method,
            headers: {
              ...(user === '' ? {} : { 'x-user': user }),
              ...(type === '' ? {} : { 'content-type': type }),
            },
            ...(body === undefined ? {} : { body: body as string }),
          }),
        )
        expect(response.headers.get('x-request-id')).toMatch(/./)
        check(response.status, await response.text(), method)
        if (method === 'DELETE') await revive()
      }),
      { numRuns: 10_000, endOnFailure: true },
    )
    expect(failures).toEqual([])
    // It has come by everything, and not only by what is refused at the door.
    const rare = [200, 201, 204, 400, 401, 404, 405, 413, 415].filter((status) => (seen.get(status) ?? 0) < 3)
    expect([rare, Object.fromEntries(seen)]).toEqual([[], expect.anything()])
  }, 120_000)

  it('over a socket, 1,000 of them, are neither', async () => {
    const listener = node(hooks)
    const server = createServer((request, response) => listener(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const ask = (one: Sent) =>
      new Promise<{ status: number; text: string }>((resolve, reject) => {
        const { method, path: target, user, type, body } = known(one)
        // Node frames the body of a DELETE in no way by itself.
        const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
        const headers = {
          ...length,
          ...(user === '' ? {} : { 'x-user': user }),
          ...(type === '' ? {} : { 'content-type': type }),
        }
        const outgoing = send({ port, method, path: target, headers }, (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (part: string) => {
            text += part
          })
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
        })
        outgoing.on('error', reject)
        outgoing.end(body)
      })
    try {
      await assert(
        asyncProperty(sent, async (one) => {
          const { status, text } = await ask(one)
          check(status, text, one.method)
          if (one.method === 'DELETE') await revive()
        }),
        { numRuns: 1_000, endOnFailure: true },
      )
    } finally {
      server.close()
    }
    expect(failures).toEqual([])
  }, 60_000)
})

/** What requests have deleted is made anew, so that those after them find something. */
async function revive(): Promise<void> {
  const [hook] = await hooks.list({ owner: 'alice', limit: 1 })
  mine = (hook ?? (await hooks.create({ owner: 'alice', event: 'a', target: 'https://example.com/anew' }))).id
}
