import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import createApp, { type FastifyInstance } from 'fastify'
import { afterEach, expect, it, vi } from 'vitest'
import { fastify } from './fastify.ts'
import { echo } from './test-echo.ts'

let app: FastifyInstance

afterEach(() => app.close())

async function serve(prefix = '/hooks') {
  app.register(fastify(echo), { prefix })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  return (path: string, init?: RequestInit) => fetch(`${address}${path}`, init)
}

it('sends cookies and streams, and keeps the headers and hooks of the application', async () => {
  app = createApp()
  const onSend = vi.fn()
  app.addHook(
    'onRequest',
    async (_request, reply) => void reply.header('x-before', '1').header('set-cookie', 'c=3'),
  )
  app.addHook('onSend', async () => onSend())
  const call = await serve()
  const cookies = await call('/hooks/cookies')
  expect([cookies.status, cookies.headers.getSetCookie()]).toEqual([204, ['c=3', 'a=1; Path=/', 'b=2']])
  const stream = await call('/hooks/stream')
  expect([stream.status, await stream.text(), stream.headers.get('x-before')]).toEqual([
    201,
    'onetwothree',
    '1',
  ])
  expect(onSend).toHaveBeenCalledTimes(2)
  const head = await call('/hooks/stream', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([201, ''])
})

it('passes on what is thrown, for the error handler of the application', async () => {
  app = createApp()
  app.setErrorHandler((error: Error, _request, reply) => reply.code(599).send({ message: error.message }))
  const call = await serve()
  const response = await call('/hooks/error')
  expect([response.status, await response.json()]).toEqual([599, { message: 'broken' }])
})

it('breaks a response off whose body fails half-way', async () => {
  app = createApp()
  const call = await serve()
  await expect(call('/hooks/half').then((response) => response.text())).rejects.toThrow()
})

it('reads what a hook of the application makes of the body', async () => {
  app = createApp()
  app.addHook('preParsing', async (_request, _reply, payload) =>
    payload.pipe(Object.assign(new PassThrough(), { receivedEncodedLength: 3 })),
  )
  const call = await serve()
  const seen = await (await call('/hooks/1', { method: 'POST', body: 'abc' })).json()
  expect(seen).toMatchObject({ body: 'abc', length: null, path: '/hooks/1', basePath: '/hooks' })
})

it.each([
  ['', '/1', ''],
  ['/', '/1/', ''],
  ['/t/:tenant/hooks/', '/t/a%2Fb/hooks/1', '/t/a%2Fb/hooks'],
  ['/hooks', '/hooks', '/hooks'],
  ['/hooks', '/hooks/', '/hooks'],
  ['/hooks', '/hooks?x=/1', '/hooks'],
])('below the prefix %o, %s has the base path %o', async (prefix, path, basePath) => {
  app = createApp()
  const call = await serve(prefix)
  expect(await (await call(path)).json()).toMatchObject({ basePath, path: path.split('?')[0] })
})

it('serves HTTP/2', async () => {
  const http2 = createApp({ http2: true })
  app = http2 as never
  http2.register(fastify(echo), { prefix: '/hooks' })
  const session: ClientHttp2Session = connect(await http2.listen({ port: 0, host: '127.0.0.1' }))
  const request = session.request({ ':path': '/hooks/1', ':method': 'POST', 'content-type': 'text/x' })
  request.end('abc')
  const [headers] = await once(request, 'response')
  expect(headers[':status']).toBe(200)
  const seen = JSON.parse(await text(request))
  expect(seen).toMatchObject({ method: 'POST', path: '/hooks/1', body: 'abc', basePath: '/hooks' })
  const stream = session.request({ ':path': '/hooks/stream' })
  expect(await text(stream)).toBe('onetwothree')
  session.close()
})
