import type { IncomingMessage, ServerResponse } from 'node:http'
import { consoleLogger } from '../core/logger.ts'
import type { Handling } from './handling.ts'
import { answer } from './node-answer.ts'

export type { Handling } from './handling.ts'

/** A listener of `node:http`'s server. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Mounts the REST API on `node:http`. The handler gets the `IncomingMessage` as its second argument, and so does
 * `authenticate`. A server of `node:http2` that speaks HTTP/1 too, or connect, will do as well. Whoever closes the connection aborts the request's `signal`. The global Request and Response stay as they
 * are.
 *
 * @example
 * ```ts
 * const listener = node(hooks)
 * createServer((request, response) => {
 *   if (request.url?.startsWith('/api/hooks')) listener(request, response)
 *   else …
 * })
 * ```
 */
export function node(hooks: Handling): NodeListener {
  return (message, response) => {
    answer(hooks, message, response).catch((error: unknown) => {
      // Handlers answer their own errors; this one did not, and has no log that is known here.
      consoleLogger.error({ err: error }, 'a request could not be answered')
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  }
}
