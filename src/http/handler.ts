import { Hono } from 'hono'
import { type Logger, silentLogger } from '../core/logger.ts'
import type { HookRegistry } from '../hooks/index.ts'
import { type Authenticate, callerOf } from './authenticate.ts'
import { mountOf, normalBasePath, pathBelowMount } from './base-path.ts'
import { addCatalogRoutes, type EventSource } from './catalog-routes.ts'
import { addDocumentRoutes } from './document-routes.ts'
import { addHookRoutes, type HttpEnv } from './hook-routes.ts'
import { HttpProblem, notFound, problemOf } from './problems.ts'
import type { Validation } from './validate.ts'

/** What {@link createHttpHandler} is made from. */
export interface HttpHandlerOptions extends Validation {
  registry: HookRegistry
  /** Who calls; while it is left out, nobody is let in. */
  authenticate?: Authenticate | undefined
  logger?: Logger
  /** Where the API is mounted: `/api/hooks`. Found from each request if left out. */
  basePath?: string | undefined
  /** What is told of the events; without it there are no routes for that. */
  events?: EventSource
  /** Who sees the OpenAPI document and the reference made of it: those whom `authenticate` knows unless told. */
  docs?: DocsOption | undefined
  /** Whether the application makes bodies of its own. */
  ownBodies?: boolean
}

/** The option `docs`: `'private'` for those whom `authenticate` knows, `'public'` for everybody, or none at all. */
export type DocsOption = 'private' | 'public' | false

/** Answers a request to the REST API. It never rejects. */
export type HttpHandler = (request: Request, native?: unknown) => Promise<Response>

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
  const basePath = options.basePath === undefined ? undefined : normalBasePath(options.basePath)

  function failed(error: unknown, request: Request): Response {
    const problem = problemOf(error)
    if (problem !== undefined && problem.status < 500) return problem.toResponse()
    const { pathname } = new URL(request.url)
    logger.error({ err: error, method: request.method, path: pathname }, 'a request to the hooks API failed')
    return (problem ?? new HttpProblem(500, 'A server error occurred.')).toResponse()
  }

  const app = new Hono<HttpEnv>({
    getPath: (request) => pathBelowMount(new URL(request.url).pathname, basePath) || '/',
  })
  const addDocuments = () => {
    const { events, fields, docs, ownBodies = false } = options
    if (events === undefined || docs === false) return
    addDocumentRoutes(app, { events, fields, ownBodies, mountOf: (request) => mountOf(request, basePath) })
  }
  if (options.docs === 'public') addDocuments()
  app.use(async (c, next) => {
    c.set('owner', await callerOf(authenticate, c.req.raw, c.env.native))
    await next()
  })
  // Before the hooks, whose routes take any name for an id.
  if (options.docs !== 'public') addDocuments()
  if (options.events !== undefined) addCatalogRoutes(app, options.events)
  addHookRoutes(app, registry, options)
  app.notFound(() => notFound().toResponse())
  app.onError((error, c) => failed(error, c.req.raw))

  return async (request, native) => {
    if (pathBelowMount(new URL(request.url).pathname, basePath) === undefined) return notFound().toResponse()
    try {
      return await app.fetch(request, { native })
    } catch (error) {
      // Hono passes on what is thrown without being an Error.
      return failed(error, request)
    }
  }
}
