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
  const bytes = new TextEncoder().encode(JSON.stringify(body))
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
