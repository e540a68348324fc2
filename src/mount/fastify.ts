import type { FastifyInstance } from 'fastify'
import { answerFastify, type FastifyReplyLike, type FastifyRequestLike } from './fastify-answer.ts'
import type { Handling } from './handling.ts'
import { basePathOf } from './place.ts'

/** A plugin of Fastify, for servers of HTTP/1 and HTTP/2. */
export type FastifyPlugin = (app: FastifyInstance, options: object, done: () => void) => void

/**
 * Mounts the REST API in Fastify. Its bodies are its own to read, whatever parsers the application has; the application's
 * hooks run for it as for every route. `authenticate` gets Fastify's request as its second argument.
 *
 * @example
 * ```ts
 * app.register(fastify(hooks), { prefix: '/api/hooks' })
 * ```
 */
export function fastify(hooks: Handling): FastifyPlugin {
  return (app, _options, done) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, ready) => ready(null, payload))
    const handle = (request: FastifyRequestLike, reply: FastifyReplyLike) =>
      answerFastify(hooks, request, reply, basePathOf(pathOf(request.url), app.prefix))
    app.all('/', handle)
    app.all('/*', handle)
    done()
  }
}

function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? ''
}
