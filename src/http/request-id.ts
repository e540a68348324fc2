import { randomUUID } from 'node:crypto'

/** What goes into logs and headers as it is. */
const SANE = /^[\w.:+/=@-]{1,128}$/

/** The id by which a request is found in logs: the one that it has, where that is a sane one, or a new one. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id')
  return given !== null && SANE.test(given) ? given : randomUUID()
}
