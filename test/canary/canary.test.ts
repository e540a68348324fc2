import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import Database from 'better-sqlite3'
import { createHooks } from 'hookwright'
import { postgres } from 'hookwright/postgres'
import { sqlite } from 'hookwright/sqlite'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCipher } from '../../src/core/cipher.ts'
import { generateSecret } from '../../src/signature/keys.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryDatabase } from '../support/database.ts'
import { watch } from '../support/open-telemetry.ts'
import { createTestDatabase, describePostgres } from '../support/postgres.ts'
import { Canaries, type Find, unique } from './canaries.ts'
import { Collector } from './collector.ts'
import { PATHS, startTargets } from './targets.ts'

const BOOK = 'CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT, user_id INTEGER)'
const [KEY, OTHER_KEY] = [1, 2].map(() => Buffer.from(unique('key').slice(-32)).toString('base64')) as [
  string,
  string,
]

interface Place {
  store(): Store
  exec(sql: string): unknown
  /** Whatever the database keeps of these, in any form. */
  search(canaries: Canaries, names: readonly string[]): Promise<Find[]> | Find[]
}

function suite(place: () => Promise<Place>): void {
  it('no secret turns up where it does not belong', { timeout: 120_000 }, async () => {
    const { store, exec, search } = await place()
    const canaries = new Canaries()
    const collector = new Collector()
    const watching = watch()
    const secret = generateSecret()
    const privateKey = generateSecret({ scheme: 'v1a' })
    const header = unique('header')
    const password = unique('password')
    const token = unique('query')
    canaries.addSecret('secret', secret)
    canaries.addSecret('private key', privateKey)
    canaries.addText('header', header)
    canaries.addText('password', password)
    canaries.addText('token', token)
    canaries.addText('key', KEY)
    canaries.addText('other key', OTHER_KEY)

    // A target knows the secret of its own hooks only.
    const targets = await startTargets(secret)
    onTestFinished(targets.close)
    const asymmetric = await startTargets(privateKey)
    onTestFinished(asymmetric.close)
    const create = (more: object = {}) =>
      createHooks({
        database: store(),
        logger: collector.logger,
        telemetry: watching.telemetry({ propagate: true }),
        encryptionKey: KEY,
        allow: ['127.0.0.1/32'],
        models: {
          Book: {
            table: 'book',
            owner: 'user_id',
            serialize: () => {
              throw new Error('the serializer fails')
            },
          },
        },
        events: { 'order.paid': null, 'order.unpayable': null, 'book.added': 'Book.created' },
        authenticate: () => 1,
        dispatch: { timeoutMs: 2_000, retry: { delaysMs: [] }, breaker: false },
        hook: {
          payload: (hook, { name, data }) => {
            if (name === 'order.unpayable') throw new Error(`there is no body for ${hook.target}`)
            return { name, data }
          },
          ...more,
        },
      })
    const hooks = create()
    onTestFinished(() => hooks.close())
    await exec(BOOK)
    await hooks.migrate()

    const headers = {
      Authorization: `Bearer ${header}`,
      'X-Api-Key': header,
      Cookie: `session=${header}; theme=dark`,
    }
    const made: number[] = []
    const allowed: string[] = []
    const add = async (target: string, more: object = {}, events: readonly string[] = ['order.paid']) => {
      allowed.push(target)
      const hook = await hooks.create({ owner: 1, events, target, secret, headers, ...more } as never)
      collector.add('hooks.create', hook, allowed)
      made.push(hook.id)
      return hook
    }

    // Listeners of operational events, of which one throws.
    for (const name of [
      'hook.disabled',
      'hook.failing',
      'hook.recovered',
      'delivery.delivered',
      'delivery.exhausted',
    ] as const) {
      hooks.on(name, (data) => {
        collector.add(`a listener of ${name}`, data, allowed)
        throw new Error('the listener fails')
      })
    }

    for (const path of PATHS) await add(`${targets.origin}${path}?token=${token}&mode=test`)
    for (let cut = 1; cut < 400; cut += 23) await add(`${targets.origin}/fills?cut=${cut}&token=${token}`)
    await add(`${asymmetric.origin}/echo?${token}`, {
      secret: privateKey,
      headers: { Authorization: basic(password) },
    })
    await add(`http://127.0.0.1:${await closedPort()}/?token=${token}`)
    await add(`${targets.origin}/echo?token=${token}&not=rendered`, {}, ['order.unpayable', 'book.added'])
    const rotated = await hooks.create({
      owner: 1,
      event: 'order.paid',
      target: `${targets.origin}/echo?old=${token}`,
      secret,
    })
    allowed.push(rotated.target)
    canaries.addSecret('rotated secret', await hooks.rotateSecret(rotated.id))

    await exec("INSERT INTO book (id, title, user_id) VALUES (1, 'The Two Towers', 1)")
    await hooks.send('order.paid', { total: 5 }, { owner: 1 })
    await hooks.send('order.unpayable', { total: 5 }, { owner: 1 })
    const drained = await hooks.drain()
    expect(drained).toMatchObject({ finished: true })
    expect(drained.delivered).toBeGreaterThan(2)
    expect(drained.failed).toBeGreaterThan(20)
    expect(new Set(targets.paths)).toEqual(new Set(PATHS))

    // A key that is missing, and a queue that does not take what is handed over.
    const locked = createHooks({
      database: store(),
      logger: collector.logger,
      encryptionKey: OTHER_KEY,
      events: { 'order.paid': null },
    })
    onTestFinished(() => locked.close())
    await hooks.send('order.paid', { total: 6 }, { owner: 1 })
    await locked.drain()
    await collector.fails('secrets without the key', () => locked.secrets(made[0] ?? 0))
    await collector.fails('a rotation without the key', () => locked.rotateSecret(made[0] ?? 0))
    await collector.fails('reencrypt without the key', () => locked.reencrypt())
    const queue = create({
      deliver: () => {
        throw new Error('the queue is full')
      },
    })
    onTestFinished(() => queue.close())
    await hooks.create({
      owner: 2,
      event: 'order.paid',
      target: `${targets.origin}/ok?token=${token}`,
      headers,
      secret,
    })
    allowed.push(`${targets.origin}/ok?token=${token}`)
    await queue.send('order.paid', { total: 7 }, { owner: 2 })
    await queue.drain({ deadlineMs: 1_000 })

    await refusals(collector, hooks as never, { secret, privateKey, header, token, made })
    await rest(collector, canaries, hooks, { targets: targets.origin, secret, header, token, allowed })
    await options(collector, store, { secret })

    // The token is the caller's own; what signs it is nobody's.
    const link = await hooks.portal({ owner: 1 })
    const [row] = await store().db.selectFrom('portal').select('key').execute()
    canaries.addText(
      'portal key',
      createCipher(KEY).decrypt(row?.key ?? '', { column: 'portal.key', owner: '' }),
    )
    canaries.addText('portal token', link.token)
    for (const token of [link.token, `${link.token.slice(0, -4)}AAAA`]) {
      for (const path of ['/me/', '/', '/ui/', '/none/']) {
        const headers = { authorization: `Bearer ${token}` }
        const answer = await hooks.handler(new Request(`http://localhost${path}`, { headers }))
        collector.add(
          `an answer to a link, ${path}`,
          `${JSON.stringify([...answer.headers])} ${await answer.text()}`,
          allowed,
        )
      }
    }
    await collector.fails('a link without the key', () => locked.portal({ owner: 1 }))
    await locked.handler(
      new Request('http://localhost/me/', { headers: { authorization: `Bearer ${link.token}` } }),
    )

    // What is shown of all of it.
    await hooks.disable(made[0] ?? 0, 'by hand')
    collector.add('hooks.list', await hooks.list(), allowed)
    for (const id of made) {
      collector.add('hooks.get', await hooks.get(id), allowed)
      collector.add('hooks.health', await hooks.health(id))
    }
    const deliveries = await hooks.deliveries({ limit: 1_000 })
    collector.add('hooks.deliveries', deliveries, allowed)
    let requests = 0
    for (const { id } of deliveries) {
      // The hook's target is shown to whoever may see the hook; it must not turn up beside that.
      const { target: _, ...delivery } = await hooks.delivery(id)
      collector.add('hooks.delivery', delivery)
      for (const { request } of delivery.log) if (request?.headers.some(isHidden)) requests += 1
    }
    // The log does have requests, of hooks with headers.
    expect(requests).toBeGreaterThan(20)
    collector.add('hooks.events', await hooks.events())
    const keys = await Promise.all(made.map((id) => hooks.secrets(id)))
    collector.add(
      'public keys',
      keys.flat().filter((one) => one.startsWith('whpk_')),
    )
    collector.add('hooks', hooks)
    collector.add('a span or metric', await watching.text())
    expect(watching.spans().length).toBeGreaterThan(20)

    for (const where of [
      'a log (error)',
      'a listener of delivery.',
      'hooks.delivery',
      'an answer',
      'the error of',
    ]) {
      expect(collector.count(where), where).toBeGreaterThan(2)
    }
    expect(collector.search(canaries)).toEqual([])
    const kept = [
      'secret',
      'private key',
      'rotated secret',
      'header',
      'password',
      'secret by REST',
      'key',
      'other key',
      'portal key',
      'portal token',
    ]
    expect(await search(canaries, kept)).toEqual([])
    // The search does find: targets are kept as they are, because hooks are found by them.
    expect(await search(canaries, ['token'])).not.toEqual([])
  })
}

const isHidden = ([name, value]: [string, string]) => name === 'authorization' && value === '[hidden]'

const basic = (password: string) => `Basic ${Buffer.from(`alice:${password}`).toString('base64')}`

/** Every call that takes such a value, in a way that is refused. */
async function refusals(
  collector: Collector,
  // biome-ignore lint/suspicious/noExplicitAny: the calls are wrong on purpose
  hooks: any,
  {
    secret,
    privateKey,
    header,
    token,
    made,
  }: { secret: string; privateKey: string; header: string; token: string; made: number[] },
): Promise<void> {
  const [id] = made
  const url = `https://example.com/?token=${token}`
  const base = { owner: 1, event: 'order.paid', target: 'https://example.com/' }
  const wrongSecrets = [
    `${secret} `,
    `${secret}=`,
    secret.slice(6),
    privateKey.slice(0, -4),
    { value: secret },
    [secret],
    Buffer.from(secret),
  ]
  for (const wrong of wrongSecrets) {
    await collector.fails('create with a wrong secret', () => hooks.create({ ...base, secret: wrong }))
    await collector.fails('a rotation to a wrong secret', () => hooks.rotateSecret(id, { secret: wrong }))
  }
  await collector.fails('a rotation to another scheme', () =>
    hooks.rotateSecret(id, { secret, scheme: 'v1a' }),
  )
  await collector.fails('a rotation by the secret alone', () => hooks.rotateSecret(id, secret))
  await collector.fails('a rotation with a misspelt name', () => hooks.rotateSecret(id, { secrets: secret }))
  await collector.fails('update with a secret', () => hooks.update(id, { secret }))
  await collector.fails('create with the secret alone', () => hooks.create(secret))
  await collector.fails('create with a misspelt name', () => hooks.create({ ...base, Secret: secret }))
  await collector.fails('create with a secret as its event', () =>
    hooks.create({ ...base, event: { secret } }),
  )
  const wrongHeaders = [
    header,
    [header],
    { 'X-Api-Key': [header] },
    { 'X-Api-Key': { header } },
    { 'X-Api-Key': `${header}\n` },
    { 'X-Api-Key': `${header}中` },
    { 'X-Api-Key': header, 'x-api-key': header },
    { 'X Api Key': header },
    { Host: header },
    { 'webhook-id': header },
    { 'X-Api-Key': header.repeat(300) },
    new Map([['X-Api-Key', header]]),
  ]
  for (const headers of wrongHeaders) {
    await collector.fails('create with wrong headers', () => hooks.create({ ...base, headers }))
    await collector.fails('update with wrong headers', () => hooks.update(id, { headers }))
  }
  const wrongTargets = [
    `http://10.0.0.1/?token=${token}`,
    `http://localhost:25/?token=${token}`,
    `ftp://example.com/?token=${token}`,
    `https://alice:${token}@example.com/`,
    `https://example.com/ ?token=${token}`,
    `https://example.com:/?token=${token}`,
    `https://example..com/?token=${token}`,
    `//example.com/?token=${token}`,
    `${url}${'x'.repeat(9_000)}`,
    `${url}\ud800`,
    new URL(url),
    { url },
    [url],
  ]
  for (const target of wrongTargets) {
    await collector.fails('create with a wrong target', () => hooks.create({ ...base, target }))
    await collector.fails('update with a wrong target', () => hooks.update(id, { target }))
  }
  await collector.fails('update with the target alone', () => hooks.update(id, url))
  await collector.fails('create with two wrong fields', () =>
    hooks.create({ ...base, target: url, headers, nope: secret }),
  )
  function headers() {}
}

async function rest(
  collector: Collector,
  canaries: Canaries,
  hooks: { handler(request: Request): Promise<Response> },
  {
    targets,
    secret,
    header,
    token,
    allowed,
  }: { targets: string; secret: string; header: string; token: string; allowed: string[] },
): Promise<void> {
  const ask = async (method: string, path: string, body?: unknown, type = 'application/json') => {
    const init =
      body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'content-type': type } }
    const response = await hooks.handler(
      new Request(`http://localhost/api/hooks/${path}`, { method, ...init }),
    )
    const text = await response.text()
    return { status: response.status, text, headers: [...response.headers] }
  }
  const target = `${targets}/ok?rest=${token}`
  allowed.push(target)
  const created = await ask('POST', '', {
    event: 'order.paid',
    target,
    headers: { 'X-Api-Key': header },
    secret,
  })
  expect(created.status).toBe(201)
  const { id, secret: shown } = JSON.parse(created.text) as { id: number; secret: string }
  collector.add('an answer to a creation', { ...created, text: created.text.replace(shown, '…') }, allowed)
  canaries.addSecret('secret by REST', shown)
  const headers = { 'X-Api-Key': header }
  const wrong: [string, string, unknown, string?][] = [
    ['POST', '', { event: 'order.paid', target, headers }],
    ['POST', '', { event: 'order.paid', target: `http://10.0.0.1/?token=${token}` }],
    ['POST', '', { event: 'order.paid', target: `http://127.1/?token=${token}` }],
    ['POST', '', { event: 'order.paid', target: { url: token } }],
    ['POST', '', { event: 'order.paid', target: `https://example.com/?${token}${'x'.repeat(300)}` }],
    ['POST', '', { event: 'order.paid', target, headers: header }],
    ['POST', '', { event: 'order.paid', target, headers: { Host: header } }],
    ['POST', '', { event: 'order.paid', target, headers: { 'X-Api-Key': `${header}\n` } }],
    ['POST', '', `{"headers": {"X-Api-Key": ${header}}}`],
    ['POST', '', `{"target": "${target}", "headers": {"X-Api-Key": "${header}"`],
    ['POST', '', `"${secret}`],
    ['POST', '', `${header}`],
    ['POST', '', `{"a":"${header}`],
    ['POST', '', `event=order.paid&target=${target}&headers=${header}`, 'application/x-www-form-urlencoded'],
    ['POST', '', `--x\r\n${header}`, 'multipart/form-data; boundary=x'],
    ['POST', '', header, 'text/plain'],
    ['PUT', `${id}/`, { target: `ftp://example.com/?token=${token}`, headers: [header] }],
    ['PATCH', `${id}/`, { headers: { 'X-Api-Key': header, 'x-api-key': header } }],
    ['PATCH', `${id}/`, { secret, headers }],
    ['GET', '', undefined],
    ['GET', `${id}/`, undefined],
    ['OPTIONS', `${id}/`, undefined],
    ['POST', `${id}/`, { secret }],
  ]
  for (const [method, path, body, type] of wrong) {
    collector.add(`an answer to ${method} ${path}`, await ask(method, path, body, type), allowed)
  }
}

/** Options of createHooks that hold a key or a secret in a wrong place. */
async function options(
  collector: Collector,
  store: () => Store,
  { secret }: { secret: string },
): Promise<void> {
  const wrong: object[] = [
    { encryptionKey: `${KEY}x` },
    { encryptionKey: [KEY, `${OTHER_KEY}x`] },
    { encryptionKey: { key: KEY } },
    { encryptionKey: [[KEY]] },
    { encryptionKeys: [KEY] },
    { signature: { secret } },
    { signature: secret },
    { signature: { headers: { secret } } },
    { signature: { headers: { id: 5, key: KEY } } },
    { signature: [secret] },
  ]
  for (const one of wrong) {
    await collector.fails('createHooks', () =>
      createHooks({ database: store(), events: {}, ...one } as never),
    )
  }
}

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('canaries on SQLite', () => {
  suite(async () => {
    const { path, remove } = temporaryDatabase()
    const handle = new Database(path)
    onTestFinished(() => {
      handle.close()
      remove()
    })
    return {
      store: () => sqlite(handle),
      exec: (sql) => void handle.exec(sql),
      search: (canaries, names) =>
        [path, `${path}-wal`].flatMap((file) => canaries.inBytes(readFileSync(file), names)),
    }
  })
})

describePostgres('canaries on PostgreSQL', () => {
  suite(async () => {
    const { url, drop } = await createTestDatabase()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    onTestFinished(async () => {
      await client.end()
      await drop()
    })
    return {
      store: () => postgres(url, { maxConnections: 3 }),
      exec: (sql) => client.query(sql),
      async search(canaries, names) {
        const { rows: tables } = await client.query<{ name: string }>(
          `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('hookwright', 'public')`,
        )
        expect(tables.length).toBeGreaterThan(5)
        const found: Find[] = []
        for (const { name } of tables) {
          const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`)
          for (const { row } of rows) found.push(...canaries.inText(row, names))
        }
        return found
      },
    }
  })
})
