import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Handling } from './handling.ts'
import { abortedWith } from './node-answer.ts'
import { requestOf } from './node-request.ts'
import { readOnAfter } from './node-response.ts'
import { type Parsed, parsedBody } from './parsed-body.ts'

/** What is used of Fastify's request, whichever server it has. */
export interface FastifyRequestLike extends Parsed {
  /** An IncomingMessage, or that of HTTP/2. */
  raw: object
  url: string
}

/** Likewise of its reply. */
export interface FastifyReplyLike {
  /** A ServerResponse, or that of HTTP/2. */
  raw: object
  code(status: number): unknown
  header(name: string, value: unknown): unknown
  send(payload?: unknown): unknown
}

/** Answers a request of Fastify's through its reply, so that headers and hooks of the application's stay in force. */
export async function answerFastify(
  hooks: Handling,
  request: FastifyRequestLike,
  reply: FastifyReplyLike,
  basePath: string,
): Promise<unknown> {
  const message = request.raw as IncomingMessage
  const response = reply.raw as ServerResponse
  const body = request.body instanceof Readable ? request.body : parsedBody(message, request)
  const asked = requestOf(message, abortedWith(response), { url: request.url, body })
  const {
    status,
    headers,
    body: content,
  } = asked instanceof Request ? await hooks.handler(asked, request, basePath) : asked
  reply.code(status)
  for (const [name, value] of headers) if (name !== 'set-cookie') reply.header(name, value)
  const cookies = headers.getSetCookie()
  if (cookies.length > 0) reply.header('set-cookie', cookies)
  readOnAfter(message, response)
  if (content !== null && message.method !== 'HEAD') return reply.send(Readable.fromWeb(content))
  await content?.cancel()
  return reply.send()
}
