import { type Context, Hono } from 'hono'
import { cloneRawRequest } from 'hono/request'
import { routePath } from 'hono/route'
import type { Handling } from './handling.ts'
import { basePathOf } from './place.ts'

/**
 * Mounts the REST API in Hono, on whatever it runs. `authenticate` gets Hono's context as its second argument: with the
 * variables that middleware has set, and the bindings in `env`.
 *
 * @example
 * ```ts
 * app.route('/api/hooks', hono(hooks))
 * ```
 */
export function hono(hooks: Handling): Hono {
  return new Hono().all('*', async (c) => {
    const { pathname } = new URL(c.req.url)
    return hooks.handler(await unread(c), c, basePathOf(pathname, routePath(c)))
  })
}

/** The request with its body, also where middleware has read that by `c.req.json()` or its like. */
async function unread({ req }: Context): Promise<Request> {
  return req.raw.bodyUsed ? cloneRawRequest(req) : req.raw
}
