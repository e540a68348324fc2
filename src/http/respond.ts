/** Whatever a request sees is its caller's own, and nobody's to keep or to interpret. */
const SECURITY_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
} as const

/** A response with a JSON body, or with none. */
export function respond(
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  if (body === undefined) return new Response(null, { status, headers: { ...SECURITY_HEADERS, ...headers } })
  return respondText(status, JSON.stringify(body), headers)
}

/** A response with text: JSON, unless the headers say otherwise. */
export function respondText(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const bytes = new TextEncoder().encode(text)
  return new Response(bytes, {
    status,
    headers: {
      'Content-Type': 'application/json',
      // Also the answer to HEAD has it, whose body is dropped on the way.
      'Content-Length': String(bytes.length),
      ...SECURITY_HEADERS,
      ...headers,
    },
  })
}

/** What Django REST framework says of a resource. */
export function describe(name: string, allow: string): Response {
  const parses = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']
  return respond(200, { name, description: '', renders: ['application/json'], parses }, { Allow: allow })
}
