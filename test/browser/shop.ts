import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createHooks, silentLogger } from 'hookwright'
import { node } from 'hookwright/node'
import { sqlite } from 'hookwright/sqlite'
import { temporaryDatabase } from '../support/database.ts'

/** What a receiver on this machine answers, by the path of the target. */
export type Answer = (response: ServerResponse, body: string, headers: Record<string, string>) => void

export interface Shop {
  /** Where the dashboard is: below a base path that no other test uses. */
  ui: string
  /** A target on this machine. */
  target(path: string): string
  /** Says what is answered at a path from now on; 204 unless told. */
  answer(path: string, answer: Answer): void
  /** Who a request is from, for a browser: as a cookie. */
  cookieOf(user: string): { name: string; value: string; url: string }
  hooks: ReturnType<typeof shopHooks>
  close(): Promise<void>
}

const BASE = '/inside/of/some-app/webhooks'

/** An application with the dashboard, in this process: real sockets, node:sqlite, and receivers that do as they are told. */
export async function startShop(options: ShopOptions = {}): Promise<Shop> {
  const { path, remove } = temporaryDatabase()
  const hooks = shopHooks(path, options)
  const answers = new Map<string, Answer>()
  const api = node(hooks)
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const [at = '/'] = (request.url ?? '/').split('?', 1)
    if (at.startsWith(BASE)) return api(request, response)
    const body = await text(request)
    const answer = answers.get(at) ?? ((plain: ServerResponse) => void plain.writeHead(204).end())
    answer(response, body, request.headers as Record<string, string>)
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await hooks.migrate()
  await hooks.start()
  return {
    ui: `${origin}${BASE}/ui/`,
    target: (at) => `${origin}${at}`,
    answer: (at, answer) => void answers.set(at, answer),
    cookieOf: (value) => ({ name: 'user', value, url: origin }),
    hooks,
    async close() {
      await hooks.close()
      server.closeAllConnections()
      server.close()
      remove()
    },
  }
}

export interface ShopOptions {
  /** The option `dashboard`. */
  dashboard?: Parameters<typeof createHooks>[0]['dashboard']
}

function shopHooks(path: string, { dashboard }: ShopOptions) {
  return createHooks({
    database: sqlite(path),
    events: {
      'book.added': { payload: null, description: 'A book came into the shop.' },
      'book.sold': { payload: null, description: 'Somebody bought a book.' },
      'shop.closed': null,
    },
    hook: { fields: { label: { type: 'string', nullable: true } } },
    // `root` is the administrator, and `guest` may only look, at what is alice's.
    authenticate: ({ headers }) => {
      const [, user] = /(?:^|; )user=(\w+)/.exec(headers.get('cookie') ?? '') ?? []
      if (user === 'root') return { admin: true }
      return user === 'guest' ? { owner: 'alice', readOnly: true } : user
    },
    allow: ['127.0.0.1/32'],
    dispatch: { retry: { delaysMs: [3_600_000] }, timeoutMs: 2_000 },
    logger: silentLogger,
    ...(dashboard === undefined ? {} : { dashboard }),
  })
}
