import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Handling } from './handling.ts'
import { answer } from './node-answer.ts'

/** A handler of Express, and of what is made like it. */
export type ExpressHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Mounts the REST API in Express, wherever `use` says, routers in routers included. It works before and after
 * `express.json()` and its like: a body that they have read is taken from `request.body`. `authenticate` gets Express's
 * request as its second argument. Errors that are no answer go to `next`.
 *
 * @example
 * ```ts
 * app.use('/api/hooks', express(hooks))
 * ```
 */
export function express(hooks: Handling): ExpressHandler {
  return (request, response, next) => {
    answer(hooks, request, response).catch(next)
  }
}
