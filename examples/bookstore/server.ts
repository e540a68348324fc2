import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { node } from 'hookwright/node'
import { api } from './api.ts'
import { answerDemo } from './demo.ts'
import { hooks } from './hooks.ts'
import { HttpError, sendJson } from './http.ts'
import { arrivalItems, contentSecurityPolicy, receiverPage } from './page.ts'
import type { Receiver } from './receiver.ts'
import { cookieOf, userNamed } from './users.ts'

/** The bookstore's API, hookwright's, and the receiver, on one server. */
export function bookstoreServer(receiver: Receiver): Server {
  const hooksApi = node(hooks)

  async function answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (path === '/') {
      response.writeHead(302, { location: '/receiver' }).end()
      return
    }
    if (path === '/dashboard') return signIn(request, response)
    if (path.startsWith('/demo/')) return answerDemo(request, response, path)
    if (path !== '/receiver' && path !== '/receiver/arrivals') return await api(request, response, path)
    if (path === '/receiver' && request.method === 'POST') return await receiver.receive(request, response)
    if (request.method !== 'GET')
      throw new HttpError(405, 'The receiver takes POST and shows what it has on GET.')
    if (path === '/receiver/arrivals') return streamArrivals(receiver, response)
    response.setHeader('content-security-policy', contentSecurityPolicy)
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(receiverPage(receiver.arrivals))
  }

  return createServer((request, response) => {
    // Not by URL, which cannot read every path that a client may send, such as `//`.
    const [path = '/'] = (request.url ?? '/').split('?', 1)
    if (path === '/api/hooks' || path.startsWith('/api/hooks/')) return hooksApi(request, response)
    answer(request, response, path).catch((error: unknown) => failed(error, response))
  })
}

/** Signs in, by name alone as everything in this bookstore, and goes on to the dashboard. */
function signIn(request: IncomingMessage, response: ServerResponse): void {
  const name = new URLSearchParams(request.url?.split('?')[1]).get('as') ?? 'admin'
  const user = userNamed(name)
  if (user === undefined) throw new HttpError(404, 'There are the users alice, bob, carol and admin.')
  response.writeHead(302, { 'set-cookie': cookieOf(user), location: '/api/hooks/ui/' }).end()
}

/** The list of what arrived, at once and again whenever something arrives. */
function streamArrivals(receiver: Receiver, response: ServerResponse): void {
  const write = () => response.write(`data: ${JSON.stringify(arrivalItems(receiver.arrivals))}\n\n`)
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  write()
  receiver.on('arrival', write)
  response.on('close', () => receiver.off('arrival', write))
}

function failed(error: unknown, response: ServerResponse): void {
  if (!(error instanceof HttpError)) console.error(error)
  if (response.headersSent) response.destroy()
  else if (error instanceof HttpError) sendJson(response, error.status, { detail: error.message })
  else sendJson(response, 500, { detail: 'Something went wrong in the bookstore.' })
}
