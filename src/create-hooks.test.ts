import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHooks, silentLogger } from './index.ts'
import { sqlite } from './store/sqlite/index.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookwright-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const models = { Book: { table: 'book', owner: 'user_id' } } as const

function database() {
  return sqlite(join(folder, 'app.db'))
}

/** Options as they come from JavaScript, where no compiler has looked at them. */
function createFromJavaScript(options: object): unknown {
  return createHooks(options as never)
}

describe('createHooks', () => {
  it('opens nothing', () => {
    createHooks({ database: database(), models, events: { 'book.added': 'Book.created' } })
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    [{ 'book.added': 'Bok.created' }, /events\["book\.added"\].*Bok\.created.*Did you mean "Book/s],
    [{ 'book.added': 'Book.crated' }, /events\["book\.added"\].*Book\.crated.*created/s],
    [{ 'book.added': 'Book.created+ ' }, /events\["book\.added"\].*Book\.created\+ /s],
    [{ a: 'Book.created', b: 'Book.created' }, /"a".*"b"|"b".*"a"|\["b"\].*a/s],
  ])('refuses the events %j and names the place and the value', (events, message) => {
    const create = () => createFromJavaScript({ database: database(), models, events })
    expect(create).toThrow(expect.objectContaining({ code: 'option_invalid' }))
    expect(create).toThrow(message)
  })

  it.each([[undefined], ['app.db'], [{}]])('refuses the database %j and says what would do', (given) => {
    expect(() => createFromJavaScript({ database: given, events: {} })).toThrow(
      expect.objectContaining({
        code: 'database_invalid',
        field: 'database',
        message: expect.stringMatching(/sqlite\('app\.db'\)/),
      }),
    )
  })

  it.each([[5], ['https://example.com/api/hooks'], ['/hooks?x=1']])(
    'refuses the base path %j',
    (basePath) => {
      expect(() => createFromJavaScript({ database: database(), events: {}, basePath })).toThrow(
        expect.objectContaining({ code: 'option_invalid', field: 'basePath' }),
      )
    },
  )

  it('refuses an option that there is not, and lists those that there are', () => {
    expect(() => createFromJavaScript({ database: database(), events: {}, authentication: () => 1 })).toThrow(
      /authentication: createHooks has no such option\. There are .*authenticate/,
    )
  })

  it('refuses to start before its tables exist, and starts after migrate()', async () => {
    const hooks = createHooks({ database: database(), events: { ping: null }, logger: silentLogger })
    await expect(hooks.start()).rejects.toMatchObject({ code: 'database_outdated', message: /migrate\(\)/ })
    await hooks.migrate()
    await hooks.start()
    expect(existsSync(join(folder, 'app.db'))).toBe(true)
    await hooks.close()
  })

  it('opens no more connections to an origin than it is told', async () => {
    let sockets = 0
    const server = createServer((_, response) => void response.end())
    server.on('connection', () => {
      sockets += 1
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const hooks = createHooks({
      database: database(),
      logger: silentLogger,
      events: { 'user.logged_in': null },
      allow: ['127.0.0.1/32'],
      dispatch: { concurrencyPerHook: 1, connectionsPerOrigin: 1 },
    })
    await hooks.migrate()
    for (const path of ['a', 'b', 'c']) {
      await hooks.create({ owner: 1, event: 'user.logged_in', target: `http://127.0.0.1:${port}/${path}` })
    }
    await hooks.send('user.logged_in', {}, { owner: 1 })
    expect(await hooks.drain()).toMatchObject({ delivered: 3 })
    // Kept alive, one serves all three, one after the other.
    expect(sockets).toBe(1)
    await hooks.close()
    server.close()
  })

  it('lets nobody into the REST API while authenticate is left out', async () => {
    const hooks = createHooks({ database: database(), events: { ping: null } })
    await hooks.migrate()
    const response = await hooks.handler(new Request('http://localhost/api/hooks/'))
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({ detail: 'Authentication credentials were not provided.' })
    await hooks.close()
  })
})
