import { Hono } from 'hono'
import { type Logger, silentLogger } from '../core/logger.ts'
import type { HookRegistry } from '../hooks/index.ts'
import { type Authenticate, callerOf } from './authenticate.ts'
import { createMountFinder, normalBasePath, pathBelowMount } from './base-path.ts'
import { addHealthRoute, type CheckHealth } from './health-route.ts'
import { addHookRoutes, type HttpEnv } from './hook-routes.ts'
import { HttpProblem, notFound, problemOf } from './problems.ts'
import type { Validation } from './validate.ts'

/** What {@link createHttpHandler} is made from. */
export interface HttpHandlerOptions extends Validation {
  registry: HookRegistry
  /** Who calls; while it is left out, nobody is let in. */
  authenticate?: Authenticate | undefined
  logger?: Logger
  /** What `GET /health` tells; while it is left out, there is no such route. */
  checkHealth?: CheckHealth
  /** Where the API is mounted: `/api/hooks`. Found from each request if left out. */
  basePath?: string | undefined
}

/**
 * Answers a request to the REST API. It never rejects.
 *
 * @param native the framework's own request
 * @param basePath where the API is mounted, of a mount that knows: `/api/hooks`. It counts more than the option
 */
export type HttpHandler = (request: Request, native?: unknown, basePath?: string) => Promise<Response>

/**
 * Makes the REST API: drf-hooks' wire, for the hooks of the owner that `authenticate` names.
 *
 * @example
 * ```ts
 * const handler = createHttpHandler({ registry, catalog, policy, fields, authenticate: (request) => sessionOwner(request) })
 * const response = await handler(new Request('http://localhost/api/hooks/'))
 * ```
 */
export function createHttpHandler(options: HttpHandlerOptions): HttpHandler {
  const { registry, authenticate, logger = silentLogger } = options
  const fixed = options.basePath === undefined ? undefined : normalBasePath(options.basePath)

  function failed(error: unknown, request: Request): Response {
    const problem = problemOf(error)
    if (problem !== undefined && problem.status < 500) return problem.toResponse()
    const { pathname } = new URL(request.url)
    logger.error({ err: error, method: request.method, path: pathname }, 'a request to the hooks API failed')
    return (problem ?? new HttpProblem(500, 'A server error occurred.')).toResponse()
  }

  const app = new Hono<HttpEnv>({
    getPath: (_request, { env } = {}) => env?.path ?? '/',
  })
  if (options.checkHealth !== undefined) addHealthRoute(app, options.checkHealth)
  app.use(async (c, next) => {
    c.set('owner', await callerOf(authenticate, c.req.raw, c.env.native))
    await next()
  })
  addHookRoutes(app, registry, options)
  app.notFound(() => notFound().toResponse())
  app.onError((error, c) => failed(error, c.req.raw))

  const findMount = createMountFinder(app.routes.map(({ path }) => path))

  return async (request, native, given) => {
    const { pathname } = new URL(request.url)
    // Where a runtime calls this as its `fetch`, the third argument is its own.
    const basePath = typeof given === 'string' ? normalBasePath(given) : (fixed ?? findMount(pathname))
    const path = pathBelowMount(pathname, basePath)
    if (path === undefined) return notFound().toResponse()
    try {
      return await app.fetch(request, { native, basePath, path: path === '' ? '/' : path })
    } catch (error) {
      // Hono passes on what is thrown without being an Error.
      return failed(error, request)
    }
  }
}
