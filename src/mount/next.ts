import type { Handling } from './handling.ts'

/** A handler of a route of Next.js. */
export type NextHandler = (request: Request, context: { params: Promise<object> }) => Promise<Response>

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * Mounts the REST API in Next.js, as the handlers of a route whose last segment is an optional catch-all. `authenticate` gets
 * the NextRequest as its second argument.
 *
 * @example
 * ```ts
 * // app/api/hooks/[[...path]]/route.ts
 * export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = next(hooks)
 * ```
 */
export function next(hooks: Handling): Record<(typeof METHODS)[number], NextHandler> {
  const handle: NextHandler = async (request, { params }) => {
    const caught = Object.values(await params).find((value) => Array.isArray(value)) ?? []
    return hooks.handler(
      uncompressed(request),
      request,
      withoutLast(new URL(request.url).pathname, caught.length),
    )
  }
  return Object.fromEntries(METHODS.map((method) => [method, handle])) as ReturnType<typeof next>
}

/** Next compresses by itself, and takes the header off that says that something is: browsers would not know. */
function uncompressed(request: Request): Request {
  if (request.method !== 'GET' && request.method !== 'HEAD') return request
  const headers = new Headers(request.headers)
  headers.delete('accept-encoding')
  // Of its parts: Next's own request is a proxy, and no other can be made of that.
  return new Request(request.url, { method: request.method, headers, signal: request.signal })
}

/** A path without so many of its last segments. */
function withoutLast(pathname: string, count: number): string {
  const segments = pathname.replace(/\/$/, '').split('/')
  return segments.slice(0, segments.length - count).join('/')
}
