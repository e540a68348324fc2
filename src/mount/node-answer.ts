import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Handling } from './handling.ts'
import { requestOf } from './node-request.ts'
import { send } from './node-response.ts'
import { type Parsed, parsedBody } from './parsed-body.ts'
import { placeOf } from './place.ts'

/**
 * Answers a request of `node:http`, or of a framework whose requests are those with more to them.
 *
 * @param basePath where the mount is, if that is known better than from the request
 * @throws whatever the handler throws, and what breaks the response off half-way
 */
export async function answer(
  hooks: Handling,
  message: IncomingMessage & Parsed,
  response: ServerResponse,
  basePath?: string,
): Promise<void> {
  const place = placeOf(message)
  const body = parsedBody(message, message)
  const request = requestOf(message, abortedWith(response), { url: place.url, body })
  const answered =
    request instanceof Request ? await hooks.handler(request, message, basePath ?? place.basePath) : request
  await send(answered, message, response)
}

/** A signal that is aborted when the connection closes before the response is sent. */
export function abortedWith(response: ServerResponse): AbortSignal {
  const closed = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) closed.abort()
  })
  return closed.signal
}
