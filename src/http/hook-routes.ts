import type { Hono } from 'hono'
import type { HookRegistry, NewHook } from '../hooks/index.ts'
import { parseBody } from './parse-body.ts'
import { methodNotAllowed, notFound } from './problems.ts'
import { represent } from './represent.ts'
import { describe, respond } from './respond.ts'
import { type Validation, validate } from './validate.ts'

/** What goes with each request: the framework's own, and who calls, once that is known. */
export interface HttpEnv {
  Bindings: { native: unknown }
  Variables: { owner: string }
}

const COLLECTION_METHODS = 'GET, POST, HEAD, OPTIONS'
const HOOK_METHODS = 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS'

/** The routes of drf-hooks: the collection of an owner's hooks, and each of them. */
export function addHookRoutes(app: Hono<HttpEnv>, registry: HookRegistry, validation: Validation): void {
  const { fields } = validation

  app.get('/', async (c) => {
    const hooks = await registry.list({ owner: c.var.owner })
    return respond(
      200,
      hooks.map((hook) => represent(hook, fields)),
    )
  })

  app.post('/', async (c) => {
    const wanted = validate(await parseBody(c.req.raw), validation, false)
    const { hook, secret } = await registry.createOrGet({ ...wanted, owner: c.var.owner } as NewHook)
    // 201 also where an identical hook existed: clients look at the status alone.
    return respond(201, represent(hook, fields, secret))
  })

  app.options('/', () => describe('Hook List', COLLECTION_METHODS))
  app.all('/', (c) => methodNotAllowed(c.req.method, COLLECTION_METHODS).toResponse())

  app.get('/:id', async (c) => {
    const hook = await registry.get(idOf(c.req.param('id')), { owner: c.var.owner })
    if (hook === undefined) throw notFound()
    return respond(200, represent(hook, fields))
  })

  for (const [method, partial] of [
    ['PUT', false],
    ['PATCH', true],
  ] as const) {
    app.on(method, '/:id', async (c) => {
      const id = idOf(c.req.param('id'))
      const { owner } = c.var
      // A hook that is missing is 404, whatever the body holds.
      if ((await registry.get(id, { owner })) === undefined) throw notFound()
      const changes = validate(await parseBody(c.req.raw), validation, partial)
      return respond(200, represent(await registry.update(id, changes, { owner }), fields))
    })
  }

  app.delete('/:id', async (c) => {
    if (!(await registry.delete(idOf(c.req.param('id')), { owner: c.var.owner }))) throw notFound()
    return respond(204)
  })

  app.options('/:id', () => describe('Hook Instance', HOOK_METHODS))
  app.all('/:id', (c) => methodNotAllowed(c.req.method, HOOK_METHODS).toResponse())
}

function idOf(segment: string): number {
  const id = /^\d+$/.test(segment) ? Number(segment) : Number.NaN
  if (!Number.isSafeInteger(id)) throw notFound()
  return id
}
