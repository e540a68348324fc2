/**
 * `npm run dev:ui`: the dashboard as it is being written, beside an API with something to show. Hooks lead to receivers that
 * answer well, badly, slowly and with hostile text; events happen all the time, and more of them have happened.
 */
import { createServer, type ServerResponse } from 'node:http'
import { node } from 'hookwright/node'
import { createServer as createVite } from 'vite'
import { hooks, makeEvents, makeHistory, seed } from './dev/hooks.ts'
import { startReceiver } from './dev/receiver.ts'

const PORT = Number(process.env.PORT ?? 5173)
const MOUNT = '/api/hooks'
const PEOPLE = ['1', '2', 'admin', 'viewer']

const receiver = await startReceiver()
await hooks.migrate()
await seed(receiver.url)
await makeHistory()
await hooks.start()
const stop = makeEvents()

const server = createServer((request, response) => {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  if (path === '/') return menu(response)
  if (path.startsWith('/as/')) return become(response, path.slice('/as/'.length))
  // With BUILT the page is the server's own, policy and all.
  if (path.startsWith(`${MOUNT}/ui`) && process.env.BUILT === undefined)
    return vite.middlewares(request, response)
  if (path.startsWith(MOUNT)) return api(request, response)
  vite.middlewares(request, response)
})
const api = node(hooks)
const vite = await createVite({
  configFile: `${import.meta.dirname}/vite.config.ts`,
  root: import.meta.dirname,
  base: `${MOUNT}/ui/`,
  server: { middlewareMode: true, hmr: { server } },
})

/** Cookies stand for whatever an application knows its users by. */
function become(response: ServerResponse, name: string): void {
  const cookie = `user=${encodeURIComponent(name)}; Path=/; SameSite=Lax`
  response.writeHead(302, { 'set-cookie': cookie, location: `${MOUNT}/ui/` }).end()
}

function menu(response: ServerResponse): void {
  const links = PEOPLE.map((name) => `<li><a href="/as/${name}">${name}</a></li>`).join('')
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(
    `<!doctype html><title>Who are you?</title><ul>${links}<li><a href="/as/nobody">nobody</a></li></ul>`,
  )
}

server.listen(PORT, '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}/as/1`))

process.once('SIGINT', () => void close())
process.once('SIGTERM', () => void close())

async function close(): Promise<void> {
  stop()
  receiver.close()
  await Promise.all([hooks.close(), vite.close()])
  server.closeAllConnections()
  server.close()
}
