import { createServer, type Server } from 'node:http'
import { gzipSync } from 'node:zlib'
import createApp, { type RequestHandler } from 'express'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { express } from './express.ts'
import { echo, listen, type Seen } from './test-echo.ts'

let server: Server

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

async function serve(...before: RequestHandler[]) {
  const app = createApp()
  if (before.length > 0) app.use(before)
  app.use('/hooks', express(echo))
  server = createServer(app)
  const port = await listen(server)
  return (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}/hooks${path}`, init)
}

const post = (body: NonNullable<RequestInit['body']>, contentType: string, headers = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': contentType, ...headers },
  body,
})

describe('a body that was read before', () => {
  const json = '{ "a": [1, "é"] }'
  const form = 'application/x-www-form-urlencoded'

  it.each<[string, RequestHandler[], RequestInit, string, string | null]>([
    ['not', [], post(json, 'application/json'), json, 'application/json'],
    ['by json()', [createApp.json()], post(json, 'application/json'), '{"a":[1,"é"]}', 'application/json'],
    [
      'by json(), in another encoding',
      [createApp.json()],
      post(Buffer.from(json, 'utf16le'), 'application/json; charset=utf-16le'),
      '{"a":[1,"é"]}',
      'application/json',
    ],
    [
      'by json(), compressed',
      [createApp.json()],
      post(gzipSync(json), 'application/json', { 'content-encoding': 'gzip' }),
      '{"a":[1,"é"]}',
      'application/json',
    ],
    ['by json() of another type', [createApp.json()], post('a=1', form), 'a=1', form],
    [
      'by json(), null',
      [createApp.json({ strict: false })],
      post('null', 'application/json'),
      'null',
      'application/json',
    ],
    ['by raw()', [createApp.raw({ type: '*/*' })], post(json, 'application/json'), json, 'application/json'],
    [
      'by text()',
      [createApp.text({ type: '*/*' })],
      post('é', 'text/plain; charset=utf-8; x=y'),
      'é',
      'text/plain; x=y',
    ],
    ['by urlencoded()', [createApp.urlencoded()], post('a=1&b=%26&a=2', form), 'a=1&a=2&b=%26', form],
    [
      'by urlencoded() with brackets',
      [createApp.urlencoded({ extended: true })],
      post('h[X-A]=1&h[X-B]=2&e[]=1', form),
      new URLSearchParams({ 'h[X-A]': '1', 'h[X-B]': '2', e: '1' }).toString(),
      form,
    ],
    [
      'by json() that keeps the bytes',
      [createApp.json({ verify: (request, _, bytes) => void Object.assign(request, { rawBody: bytes }) })],
      post(json, 'application/json'),
      json,
      'application/json',
    ],
  ])('%s, is passed on', async (_, before, init, body, contentType) => {
    const call = await serve(...before)
    expect(await (await call('/', init)).json()).toMatchObject({ body, contentType })
  })

  it('has no length and no coding of before', async () => {
    const call = await serve(createApp.json())
    const seen = (await (await call('/', post(json, 'application/json'))).json()) as Seen
    expect(seen.length).toBeNull()
  })
})

it('passes on what is thrown, for the error handlers of the application', async () => {
  const app = createApp()
  app.use('/hooks', express(echo))
  const onError = vi.fn()
  app.use(((error, _request, response, _next) => {
    onError(error)
    response.status(599).end()
  }) as createApp.ErrorRequestHandler)
  server = createServer(app)
  const port = await listen(server)
  expect((await fetch(`http://127.0.0.1:${port}/hooks/error`)).status).toBe(599)
  expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'broken' }))
})

it('sends cookies and streams, and keeps the headers of middleware', async () => {
  const call = await serve((_request, response, next) => {
    response.setHeader('x-before', '1')
    next()
  })
  const cookies = await call('/cookies')
  expect([cookies.status, cookies.headers.getSetCookie()]).toEqual([204, ['a=1; Path=/', 'b=2']])
  const stream = await call('/stream')
  expect([stream.status, await stream.text(), stream.headers.get('x-before')]).toEqual([
    201,
    'onetwothree',
    '1',
  ])
})

it('knows no base path where it is a route, or at the root', async () => {
  const app = createApp()
  app.all('/hooks{/*rest}', express(echo))
  app.use(express(echo))
  server = createServer(app)
  const port = await listen(server)
  for (const path of ['/hooks/1', '/other']) {
    const seen = (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as Seen
    expect(seen).toMatchObject({ path })
    expect(seen.basePath).toBeUndefined()
  }
})
