import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { hono } from './hono.ts'
import { echo } from './test-echo.ts'

describe('hono', () => {
  const post = (body: string, type: string) => ({ method: 'POST', body, headers: { 'content-type': type } })

  it.each([
    ['/hooks', '/hooks', '/hooks'],
    ['/hooks', '/hooks/', '/hooks'],
    ['/', '/1', ''],
    ['/t/:tenant/hooks', '/t/a%2Fb/hooks/1', '/t/a%2Fb/hooks'],
  ])('mounted at %o, answers %s with the base path %o', async (mount, path, basePath) => {
    const app = new Hono().route(mount, hono(echo))
    expect(await (await app.request(path)).json()).toMatchObject({ path, basePath })
  })

  it('gives the body that middleware has read', async () => {
    const app = new Hono()
    app.use(async (c, next) => {
      await c.req.json()
      await next()
    })
    app.route('/hooks', hono(echo))
    expect(await (await app.request('/hooks', post('{ "a": 1 }', 'application/json'))).json()).toMatchObject({
      body: '{ "a": 1 }',
      contentType: 'application/json',
    })
  })

  it('gives its context, with variables and bindings, and lets middleware add headers', async () => {
    let seen: unknown
    const app = new Hono<{ Bindings: { KEY: string }; Variables: { user: string } }>()
    app.use(async (c, next) => {
      c.set('user', 'alice')
      await next()
      c.header('x-after', '1')
    })
    app.route(
      '/hooks',
      hono({
        handler(_request, native) {
          const c = native as { var: unknown; env: unknown }
          seen = { var: c.var, env: c.env }
          return new Response()
        },
      }),
    )
    const response = await app.request('/hooks', {}, { KEY: 'k' })
    expect(seen).toEqual({ var: { user: 'alice' }, env: { KEY: 'k' } })
    expect(response.headers.get('x-after')).toBe('1')
  })

  it('passes on what is thrown, for the error handler of the application', async () => {
    const app = new Hono().route('/hooks', hono(echo))
    app.onError((error, c) => c.text(error.message, 500))
    expect(await (await app.request('/hooks/error')).text()).toBe('broken')
  })
})
