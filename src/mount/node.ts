import type { IncomingMessage, ServerResponse } from 'node:http'
import { consoleLogger } from '../core/logger.ts'
import { requestOf } from './node-request.ts'
import { send } from './node-response.ts'

/** Anything that answers requests: `hooks`, for one. */
export interface Handling {
  /** @param native the framework's own request */
  handler(request: Request, native?: unknown): Response | Promise<Response>
}

/** A listener of `node:http`'s server. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Mounts the REST API on `node:http`. The handler gets the `IncomingMessage` as its second argument, and so does
 * `authenticate`. Whoever closes the connection aborts the request's `signal`. The global Request and Response stay as they
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

async function answer(hooks: Handling, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const closed = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) closed.abort()
  })
  const request = requestOf(message, closed.signal)
  await send(request instanceof Request ? await hooks.handler(request, message) : request, message, response)
}
