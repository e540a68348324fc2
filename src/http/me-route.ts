import type { Hono } from 'hono'
import type { HttpEnv } from './env.ts'
import { addResource } from './resource.ts'
import { respond } from './respond.ts'

/** The route that tells a client who it is. */
export function addMeRoute(app: Hono<HttpEnv>): void {
  addResource(app, '/me', 'Me', {
    async GET(c) {
      const { owner, admin, readOnly, expiresAt } = c.var.caller
      return respond(200, {
        owner,
        admin,
        read_only: readOnly,
        portal: expiresAt !== undefined,
        expires: expiresAt?.toISOString() ?? null,
      })
    },
  })
}
