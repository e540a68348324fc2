import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openTestRegistry } from '../hooks/test-registry.ts'
import { createHttpHandler } from '../http/index.ts'
import type { Handling } from './handling.ts'
import { node } from './node.ts'

const globals = { Request, Response, Headers }

let server: Server

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

/** Starts a server, and gives its port. */
async function serve(handler: Handling['handler']): Promise<number> {
  server = createServer(node({ handler }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Sends bytes as they are, and gives everything that comes back until the other side closes. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  return text(socket)
}

const bodyOf = (answer: string) => answer.slice(answer.indexOf('\r\n\r\n') + 4)

/** Answers with what it has seen. */
const echo: Handling['handler'] = async (request) =>
  new Response(
    JSON.stringify({
      method: request.method,
      url: request.url,
      headers: [...request.headers],
      body: await request.text(),
    }),
  )

describe('the request', () => {
  it('arrives with its method, URL, headers and body', async () => {
    const port = await serve(echo)
    const sent = await fetch(`http://127.0.0.1:${port}/a%20b/?q=%E2%9C%93`, {
      method: 'PATCH',
      headers: { 'X-Token': 'abc', 'Content-Type': 'text/plain' },
      body: 'é✓',
    })
    const seen = (await sent.json()) as { headers: [string, string][] }
    expect(seen).toMatchObject({
      method: 'PATCH',
      url: `http://127.0.0.1:${port}/a%20b/?q=%E2%9C%93`,
      body: 'é✓',
    })
    expect(seen.headers).toContainEqual(['x-token', 'abc'])
  })

  it("comes with the framework's own beside it", async () => {
    const handler = vi.fn<Handling['handler']>(() => new Response())
    const port = await serve(handler)
    await fetch(`http://127.0.0.1:${port}/x`)
    expect(handler).toHaveBeenCalledWith(
      expect.any(Request),
      expect.objectContaining({ url: '/x', method: 'GET' }),
      undefined,
    )
  })

  it.each([
    [
      'GET http://proxied.example:8080/a?b HTTP/1.1\r\nHost: other.example',
      'http://proxied.example:8080/a?b',
    ],
    ['GET http://user:pass@proxied.example/a HTTP/1.1\r\nHost: other.example', 'http://proxied.example/a'],
    ['GET //other.example/a HTTP/1.1\r\nHost: one.example', 'http://one.example//other.example/a'],
    ['GET /a HTTP/1.0', 'http://localhost/a'],
    ['GET /a HTTP/1.1\r\nHost: no host', 'http://localhost/a'],
    ['GET /a HTTP/1.1\r\nHost: x@evil.example', 'http://localhost/a'],
    ['GET /a HTTP/1.1\r\nHost: [::1]:80', 'http://[::1]/a'],
    ['OPTIONS * HTTP/1.1\r\nHost: one.example', 'http://one.example/*'],
  ])('%o has the URL %s', async (head, url) => {
    const port = await serve(echo)
    expect(bodyOf(await raw(port, `${head}\r\nConnection: close\r\n\r\n`))).toContain(JSON.stringify(url))
  })

  it('keeps headers that come twice', async () => {
    const port = await serve(echo)
    const answer = await raw(
      port,
      'GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\n\r\n',
    )
    expect(bodyOf(answer)).toContain('["x-a","1, 2"]')
  })

  it('with a method that no Request can have is refused here', async () => {
    const handler = vi.fn<Handling['handler']>(echo)
    const port = await serve(handler)
    const answer = await raw(port, 'TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 405 /)
    expect(JSON.parse(bodyOf(answer).replace(/^\w+\r\n|\r\n0\r\n\r\n$/g, ''))).toEqual({
      detail: 'Method "TRACE" not allowed.',
    })
    expect(handler).not.toHaveBeenCalled()
  })

  it('is read no further than it is asked for, and the connection goes on', async () => {
    const port = await serve(async (request) => {
      const reader = request.body?.getReader()
      await reader?.read()
      await reader?.cancel()
      return new Response('enough')
    })
    const size = 1_000_000
    const socket = connect(port, '127.0.0.1')
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`)
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx')
    expect((await text(socket)).match(/enough/g)).toHaveLength(2)
  })

  it('that breaks off shows so to whoever reads it', async () => {
    const failed = Promise.withResolvers<unknown>()
    const aborted = Promise.withResolvers<void>()
    const port = await serve(async (request) => {
      request.signal.addEventListener('abort', () => aborted.resolve())
      await request.text().catch(failed.resolve)
      return new Response('too late')
    })
    const socket = connect(port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc')
    await once(server, 'request')
    socket.destroy()
    expect(await failed.promise).toBeInstanceOf(Error)
    await aborted.promise
  })
})

it('comes from a server of HTTP/2 too, and from middleware that has cut its URL', async () => {
  const http2 = createHttp2Server(node(echoPlace) as never)
  http2.listen(0, '127.0.0.1')
  await once(http2, 'listening')
  const session = connectHttp2(`http://127.0.0.1:${(http2.address() as AddressInfo).port}`)
  const stream = session.request({ ':path': '/hooks/1', ':method': 'POST' })
  stream.end('abc')
  expect(JSON.parse(await text(stream))).toEqual(['/hooks/1', null, 'abc'])
  session.close()
  http2.close()
  server = createServer((message, response) => {
    const { url = '' } = message
    Object.assign(message, { originalUrl: url, url: url.slice('/hooks'.length) })
    node(echoPlace)(message, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/1`)
  expect(await answer.json()).toEqual(['/hooks/1', '/hooks', ''])
})

const echoPlace: Handling = {
  async handler(request, _native, basePath) {
    return Response.json([new URL(request.url).pathname, basePath ?? null, await request.text()])
  },
}

describe('the response', () => {
  it('goes back with its status, headers, cookies and body', async () => {
    const headers = new Headers({ 'X-A': '1', 'Content-Length': '3' })
    headers.append('Set-Cookie', 'a=1; Path=/')
    headers.append('Set-Cookie', 'b=2')
    const port = await serve(() => new Response('abc', { status: 418, statusText: 'Teapot', headers }))
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(response).toMatchObject({ status: 418, statusText: 'Teapot' })
    expect(response.headers.get('x-a')).toBe('1')
    expect(response.headers.get('content-length')).toBe('3')
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2'])
    expect(await response.text()).toBe('abc')
  })

  it('to HEAD has no body', async () => {
    const cancel = vi.fn()
    const port = await serve(
      () => new Response(new ReadableStream({ cancel }), { headers: { 'Content-Length': '5' } }),
    )
    const answer = await raw(port, 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(answer).toMatch(/content-length: 5/i)
    expect(bodyOf(answer)).toBe('')
    expect(cancel).toHaveBeenCalled()
  })

  it('without a body ends', async () => {
    const port = await serve(() => new Response(null, { status: 204 }))
    expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'DELETE' })).status).toBe(204)
  })

  it('is made no further when nobody waits for it', async () => {
    const cancelled = Promise.withResolvers<void>()
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      cancel: () => cancelled.resolve(),
    })
    const error = vi.spyOn(console, 'error')
    const port = await serve((sent) => new Response(sent.url.endsWith('/next') ? null : body))
    const request = httpRequest({ port, host: '127.0.0.1' }).end()
    const [response] = await once(request, 'response')
    await once(response, 'data')
    request.destroy()
    await cancelled.promise
    // By then an error would have been written.
    await fetch(`http://127.0.0.1:${port}/next`)
    expect(error).not.toHaveBeenCalled()
  })

  it('to a handler that fails is 500, and the console says why', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const port = await serve(() => Promise.reject(new Error('broken')))
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(500)
    expect(error).toHaveBeenCalledWith(
      expect.stringContaining('could not be answered'),
      expect.objectContaining({ err: expect.objectContaining({ message: 'broken' }) }),
    )
  })

  it('whose body fails half-way breaks off', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      pull: () => Promise.reject(new Error('broken')),
    })
    const port = await serve(() => new Response(body))
    await expect(fetch(`http://127.0.0.1:${port}/`).then((response) => response.text())).rejects.toThrow()
    await vi.waitFor(() => expect(error).toHaveBeenCalledOnce())
  })
})

it('leaves the global Request, Response and Headers alone', async () => {
  const port = await serve(echo)
  await fetch(`http://127.0.0.1:${port}/`)
  expect({ Request, Response, Headers }).toEqual(globals)
  expect(Request).toBe(globals.Request)
})

describe('the REST API on it', () => {
  it('creates, lists and deletes hooks, and refuses what is too large', async () => {
    const opened = await openTestRegistry()
    const handler = createHttpHandler({ ...opened, authenticate: (request) => request.headers.get('x-user') })
    const port = await serve(handler)
    const at = `http://127.0.0.1:${port}/api/hooks/`
    const headers = { 'x-user': 'alice', 'content-type': 'application/json' }
    const target = 'https://example.com/target'
    const body = JSON.stringify({ event: 'book.added', target })
    expect((await fetch(at, { method: 'POST', headers, body })).status).toBe(201)
    expect(await (await fetch(at, { headers })).json()).toMatchObject([{ id: 1, target }])
    expect((await fetch(at, { headers: { 'content-type': 'application/json' } })).status).toBe(401)
    const form = await fetch(at, {
      method: 'POST',
      headers: { 'x-user': 'bob' },
      body: new URLSearchParams({ event: 'book.read', target }),
    })
    expect(form.status).toBe(201)
    const large = await fetch(at, { method: 'POST', headers, body: 'x'.repeat(1_000_000) })
    expect(large.status).toBe(413)
    const chunked = await fetch(at, {
      method: 'POST',
      headers,
      body: new Blob(['x'.repeat(1_000_000)]).stream(),
      duplex: 'half',
    })
    expect(chunked.status).toBe(413)
    expect((await fetch(`${at}1`, { method: 'DELETE', headers })).status).toBe(204)
    expect((await fetch(`${at}2`, { method: 'DELETE', headers })).status).toBe(404)
    await opened.close()
  })
})
