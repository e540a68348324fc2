import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { temporaryDatabase } from '../support/database.ts'
import { createProject, type Ended, type Project, type Running } from './project.ts'

/** A database for the command line: the project's hooks file opens it by its URL. */
export interface CliDatabase {
  url: string
  /** On the application's own connection. */
  exec(sql: string): Promise<void>
  close(): Promise<void>
}

const HOOKS = `
import { createHooks } from 'hookwright'
import { postgres } from 'hookwright/postgres'
import { sqlite } from 'hookwright/sqlite'

const url = process.env.SHOP_DATABASE ?? ''
// What an application has: a timer that would keep the process alive.
setInterval(() => {}, 1_000)

export const hooks = createHooks({
  database: url.startsWith('postgres') ? postgres(url, { maxConnections: 3 }) : sqlite(url),
  models: { Book: { table: 'book', owner: 'user_id', serialize: (book) => ({ title: book.title }) } },
  events: {
    'book.added': 'Book.created',
    'book.read': 'Book.read',
    'user.logged_in': { payload: null, description: 'Somebody has come.' },
    'shop.closed': null,
  },
  hook: { fields: { isActive: { type: 'boolean', default: true }, note: { type: 'string', default: '' } } },
  allow: ['127.0.0.1/32'],
  encryptionKey: '${'0'.repeat(64)}',
  dispatch: { retry: { delaysMs: [600_000, 600_000], jitter: 0 } },
})
`

interface Arrival {
  path: string
  headers: Record<string, unknown>
  body: string
}

/** A shop with its database and a receiver of what its hooks send, for all tests of a file. */
export function useShop(createDatabase: () => Promise<CliDatabase>) {
  const shop = {
    /** What the receiver has got in this test. */
    arrived: [] as Arrival[],
    /** How it answers. */
    answer: (response: ServerResponse, _path: string): void => void response.end('ok'),
    /** Its address, without a slash at the end. */
    base: '',
  }
  let project: Project
  let database: CliDatabase
  let receiver: Server

  beforeAll(async () => {
    project = createProject({ 'src/hooks.ts': HOOKS })
    database = await createDatabase()
    await database.exec('CREATE TABLE book (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT)')
    await database.exec(`INSERT INTO book VALUES (7, 1, 'The Two Towers')`)
    receiver = createServer((request, response) => {
      void text(request).then((body) => {
        shop.arrived.push({ path: request.url ?? '', headers: request.headers, body })
        shop.answer(response, request.url ?? '')
      })
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    shop.base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
    await ok('migrate')
  })
  afterAll(async () => {
    receiver?.closeAllConnections()
    receiver?.close()
    await database?.close()
    project?.remove()
  })
  beforeEach(() => {
    shop.arrived = []
    shop.answer = (response) => response.end('ok')
  })

  const env = () => ({ SHOP_DATABASE: database.url })
  const run = (...args: string[]) => project.run(args, { env: env() })
  const start = (...args: string[]) => project.start(args, { env: env() })
  const ok = async (...args: string[]): Promise<Ended> => {
    const ended = await run(...args)
    expect(ended, ended.stderr).toMatchObject({ code: 0 })
    return ended
  }
  // biome-ignore lint/suspicious/noExplicitAny: each command prints something else
  const json = async (...args: string[]): Promise<any> => JSON.parse((await ok(...args, '--json')).stdout)
  const newHook = (path: string, ...args: string[]): Promise<{ id: number; secret: string }> =>
    json(
      'hooks',
      'create',
      '--target',
      `${shop.base}${path}`,
      ...(args.includes('--owner') ? [] : ['--owner', '1']),
      ...args,
    )
  const stop = async (running: Running, signal: NodeJS.Signals = 'SIGTERM') => {
    running.process.kill(signal)
    return await running.done
  }
  return Object.assign(shop, {
    run,
    start,
    ok,
    json,
    newHook,
    stop,
    /** Runs it on another database. */
    runOn: (url: string, ...args: string[]) => project.run(args, { env: { SHOP_DATABASE: url } }),
    url: () => database.url,
  })
}

export async function sqliteDatabase(): Promise<CliDatabase> {
  const { path, remove } = temporaryDatabase()
  const database = new DatabaseSync(path, { timeout: 5_000 })
  return {
    url: path,
    exec: async (sql) => database.exec(sql),
    async close() {
      database.close()
      remove()
    },
  }
}
