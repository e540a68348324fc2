import type { CorsSettings } from './api-options.ts'
import { respond } from './respond.ts'

const METHODS = 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS'
const EXPOSED = 'Link, Retry-After, X-Request-Id'

/**
 * The answer to a browser that asks whether a page may send a request: https://fetch.spec.whatwg.org/#cors-preflight-fetch.
 * It comes without credentials, so nobody is asked who calls. Undefined for what is no such question, or not of a page
 * that may ask: Hono's own middleware answers every OPTIONS, which in drf-hooks has an answer of its own.
 */
export function preflight(request: Request, cors: CorsSettings): Response | undefined {
  if (request.method !== 'OPTIONS' || !request.headers.has('access-control-request-method')) return undefined
  if (!isAllowed(request, cors)) return undefined
  return respond(204, undefined, {
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': cors.headers,
    'Access-Control-Max-Age': String(cors.maxAgeSeconds),
  })
}

/** Lets the page that sent a request read the response. Credentials are for origins that are named, never for all. */
export function allowOrigin(request: Request, headers: Headers, cors: CorsSettings): void {
  if (cors.origins === '*') headers.set('Access-Control-Allow-Origin', '*')
  else {
    // Also where it is not allowed: a cache must not give that answer to another.
    headers.append('Vary', 'Origin')
    if (!isAllowed(request, cors)) return
    headers.set('Access-Control-Allow-Origin', request.headers.get('origin') ?? '')
    headers.set('Access-Control-Allow-Credentials', 'true')
  }
  headers.set('Access-Control-Expose-Headers', EXPOSED)
}

/**
 * Whether a page of another site may have made the caller's browser send this, with the caller's cookies and without asking
 * first: a form needs no leave, and a hook that it makes would carry the caller's data away. The browser itself says so, in a
 * header that no page can set and no proxy changes: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header.
 */
export function isForged(request: Request, cors: CorsSettings | undefined): boolean {
  const { method, headers } = request
  if (method !== 'POST' || headers.get('sec-fetch-site') !== 'cross-site' || !headers.has('cookie'))
    return false
  // For JSON a browser asks first.
  const mediaType = headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (mediaType === 'application/json') return false
  return cors === undefined || cors.origins === '*' || !isAllowed(request, cors)
}

function isAllowed({ headers }: Request, { origins }: CorsSettings): boolean {
  const origin = headers.get('origin')
  return origin !== null && (origins === '*' || origins.has(origin))
}
