import { Hono } from 'hono'
import { type Logger, silentLogger } from '../core/logger.ts'
import type { HookRegistry } from '../hooks/index.ts'
import { type ApiSettings, apiSettings } from './api-options.ts'
import { type Authenticate, callerOf, type KnownCaller } from './authenticate.ts'
import type { Authorize } from './authorize.ts'
import { createMountFinder, normalBasePath, pathBelowMount } from './base-path.ts'
import { addCatalogRoutes, type EventSource } from './catalog-routes.ts'
import { allowOrigin, isForged, preflight } from './cors.ts'
import { type DashboardSettings, dashboardSettings } from './dashboard/options.ts'
import { addDashboardRoutes } from './dashboard/routes.ts'
import { addDeliveryRoutes } from './delivery-routes.ts'
import { addDocumentRoutes, DOCUMENT_PATHS } from './document-routes.ts'
import { type HttpEnv, ownerOfRequest } from './env.ts'
import { addHealthRoute, type CheckHealth } from './health-route.ts'
import { addHookRoutes } from './hook-routes.ts'
import { addMeRoute } from './me-route.ts'
import type { BodyForm } from './openapi/webhooks.ts'
import { addOperationRoutes } from './operation-routes.ts'
import type { HttpOperations } from './operations.ts'
import { type GrantOf, portalCallerOf } from './portal-caller.ts'
import { forbidden, HttpProblem, notFound, problemOf } from './problems.ts'
import { requestIdOf } from './request-id.ts'
import { addStatsRoutes } from './stats-routes.ts'
import { peerOf, Throttle } from './throttle.ts'
import type { Validation } from './validate.ts'

/** What {@link createHttpHandler} is made from. */
export interface HttpHandlerOptions extends Validation {
  registry: HookRegistry
  /** What is done with hooks beside changing them, and deliveries. Without them there are drf-hooks' routes alone. */
  operations?: HttpOperations
  /** Who calls; while it is left out, nobody is let in. */
  authenticate?: Authenticate | undefined
  /** Who calls by a portal link; while it is left out, there are none. */
  grantOf?: GrantOf
  /** Whether they may do what they ask for; while it is left out, they may. */
  authorize?: Authorize | undefined
  /** Limits. Without them there are requests in any number. */
  api?: ApiSettings
  logger?: Logger
  /** What `GET /health` tells; while it is left out, there is no such route. */
  checkHealth?: CheckHealth
  /** Where the API is mounted: `/api/hooks`. Found from each request if left out. */
  basePath?: string | undefined
  /** What is told of the events; without it there are no routes for that. */
  events?: EventSource
  /** Who sees the OpenAPI document and the reference made of it: those whom `authenticate` knows unless told. */
  docs?: DocsOption | undefined
  /** The form of bodies, as the documents describe them; the envelope unless told. */
  bodies?: BodyForm
  /** How the page below `/ui` looks; `false` for none. */
  dashboard?: DashboardSettings | false
  /** Milliseconds, of a clock that is not set back. */
  now?: () => number
}

/** The option `docs`: `'private'` for those whom `authenticate` knows, `'public'` for everybody, or none at all. */
export type DocsOption = 'private' | 'public' | false

/**
 * Answers a request to the REST API. It never rejects.
 *
 * @param native the framework's own request
 * @param basePath where the API is mounted, of a mount that knows: `/api/hooks`. It counts more than the option
 */
export type HttpHandler = (request: Request, native?: unknown, basePath?: string) => Promise<Response>

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

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
  const { authenticate, logger = silentLogger, operations, now } = options
  const api = options.api ?? apiSettings({ requestsPerSecond: false })
  const fixed = options.basePath === undefined ? undefined : normalBasePath(options.basePath)
  const callers = new Throttle(api.rate, now)
  const strangers = new Throttle(api.rate, now)

  function failed(error: unknown, request: Request, requestId: string): Response {
    const problem = problemOf(error)
    if (problem !== undefined && problem.status < 500) return problem.toResponse()
    const { pathname } = new URL(request.url)
    logger.error(
      { err: error, method: request.method, path: pathname, requestId },
      'a request to the hooks API failed',
    )
    return (problem ?? new HttpProblem(500, 'A server error occurred.')).toResponse()
  }

  async function whoCalls(request: Request, native: unknown): Promise<KnownCaller> {
    const caller = await portalCallerOf(options.grantOf, request)
    return caller ?? (await callerOf(authenticate, request, native))
  }

  const app = new Hono<HttpEnv>({
    getPath: (_request, { env } = {}) => env?.path ?? '/',
  })
  if (options.checkHealth !== undefined) addHealthRoute(app, options.checkHealth)
  const { events, fields, docs = 'private', bodies = 'envelope', signature } = options
  const addDocuments = () => {
    if (events !== undefined) addDocumentRoutes(app, { events, fields, bodies, signature })
  }
  const { dashboard = dashboardSettings() } = options
  addDashboardRoutes(app, {
    settings: dashboard || undefined,
    signature,
    count: (c) => strangers.count(peerOf(c.env.native)),
  })
  if (docs === 'public') {
    for (const path of DOCUMENT_PATHS) {
      app.use(path, async (c, next) => {
        strangers.count(peerOf(c.env.native))
        await next()
      })
    }
    addDocuments()
  }
  app.use(async (c, next) => {
    const request = c.req.raw
    const caller = await whoCalls(request, c.env.native).catch((error: unknown) => {
      // Only of those that are nobody: whoever is let in must not wait for others behind the same proxy.
      if (error instanceof HttpProblem) strangers.count(peerOf(c.env.native))
      throw error
    })
    callers.count(`${caller.admin ? 'admin' : 'owner'} ${caller.owner ?? ''}`)
    if (caller.readOnly && !SAFE.has(c.req.method)) throw forbidden()
    if (isForged(request, api.cors)) throw forbidden()
    c.set('caller', caller)
    c.set('owner', ownerOfRequest(caller, request))
    await next()
  })
  addMeRoute(app)
  const routes = { ...options, api }
  if (operations !== undefined) {
    addDeliveryRoutes(app, routes, operations)
    addOperationRoutes(app, routes, operations)
    addStatsRoutes(app, routes, operations)
  }
  if (docs === 'private') addDocuments()
  if (events !== undefined) addCatalogRoutes(app, events)
  // After what has a name of its own: an id may be anything.
  addHookRoutes(app, routes)
  app.notFound(() => notFound().toResponse())
  app.onError((error, c) => failed(error, c.req.raw, c.env.requestId))

  const findMount = createMountFinder(app.routes.map(({ path }) => path))

  async function answer(
    request: Request,
    env: Pick<HttpEnv['Bindings'], 'native' | 'requestId'>,
    given: unknown,
  ): Promise<Response> {
    const { pathname } = new URL(request.url)
    // Where a runtime calls this as its `fetch`, the third argument is its own.
    const basePath = typeof given === 'string' ? normalBasePath(given) : (fixed ?? findMount(pathname))
    const path = pathBelowMount(pathname, basePath)
    if (path === undefined) return notFound().toResponse()
    const asked = api.cors && preflight(request, api.cors)
    if (asked !== undefined) return asked
    try {
      return await app.fetch(request, { ...env, basePath, path: path === '' ? '/' : path })
    } catch (error) {
      // Hono passes on what is thrown without being an Error.
      return failed(error, request, env.requestId)
    }
  }

  return async (request, native, given) => {
    const requestId = requestIdOf(request)
    const response = await answer(request, { native, requestId }, given)
    response.headers.set('X-Request-Id', requestId)
    if (api.cors !== undefined) allowOrigin(request, response.headers, api.cors)
    return response
  }
}
