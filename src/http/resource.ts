import type { Hono } from 'hono'
import type { HttpContext, HttpEnv } from './env.ts'
import { methodNotAllowed } from './problems.ts'
import { describe } from './respond.ts'

type Answer = (c: HttpContext) => Promise<Response>

/**
 * Adds a resource: what it answers to each method, 405 for the others, and to OPTIONS what Django REST framework says of one.
 *
 * @param name as that calls it: `Hook List`
 */
export function addResource(
  app: Hono<HttpEnv>,
  path: string,
  name: string,
  answers: Readonly<Partial<Record<'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', Answer>>>,
): void {
  const methods = Object.keys(answers)
  const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  for (const [method, answer] of Object.entries(answers)) app.on(method, path, answer)
  app.options(path, () => describe(name, allowed))
  app.all(path, (c) => methodNotAllowed(c.req.method, allowed).toResponse())
}
