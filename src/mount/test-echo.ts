import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import type { Handling } from './handling.ts'

/** What {@link echo} has seen. */
export interface Seen {
  method: string
  path: string
  basePath: string | undefined
  contentType: string | null
  length: string | null
  body: string
}

/** For tests: answers with what it has seen, or as the path says, with what is hard to pass on. */
export const echo: Handling = {
  async handler(request, _native, basePath) {
    const { pathname } = new URL(request.url)
    if (pathname.endsWith('/error')) throw new Error('broken')
    if (pathname.endsWith('/cookies')) {
      const headers = new Headers([
        ['set-cookie', 'a=1; Path=/'],
        ['set-cookie', 'b=2'],
      ])
      return new Response(null, { status: 204, headers })
    }
    if (pathname.endsWith('/stream')) return new Response(slowly(['one', 'two', 'three']), { status: 201 })
    if (pathname.endsWith('/half')) {
      return new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new Uint8Array(10)),
          pull: () => Promise.reject(new Error('broken')),
        }),
      )
    }
    const seen: Seen = {
      method: request.method,
      path: pathname,
      basePath,
      contentType: request.headers.get('content-type'),
      length: request.headers.get('content-length'),
      body: await request.text(),
    }
    return Response.json(seen)
  },
}

function slowly(parts: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve))
      const part = parts.shift()
      if (part === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(part))
    },
  })
}

/** Starts a server on a free port, and gives that. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
