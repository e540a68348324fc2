import type { Hono } from 'hono'
import type { HttpEnv } from './env.ts'
import { methodNotAllowed } from './problems.ts'
import { respond } from './respond.ts'

/** Whether the process can do its work, as short codes; it never rejects. */
export type CheckHealth = () => Promise<{ ready: boolean; reasons: readonly string[] }>

/** Where load balancers ask. */
const HEALTH_PATH = '/health'
const METHODS = 'GET, HEAD'
/** Anybody may ask, as often as they like; the database is asked once in so many milliseconds. */
const FRESH_MS = 1_000

/** The route for load balancers, which needs nobody to be known; it tells whether, and hardly why not. */
export function addHealthRoute(app: Hono<HttpEnv>, check: CheckHealth): void {
  let last: { health: ReturnType<CheckHealth>; at: number } | undefined
  const health = () => {
    if (last === undefined || performance.now() - last.at > FRESH_MS) {
      last = { health: check(), at: performance.now() }
    }
    return last.health
  }
  app.get(HEALTH_PATH, async () => {
    const { ready, reasons } = await health()
    return ready ? respond(200, { status: 'ok' }) : respond(503, { status: 'unavailable', reasons })
  })
  app.all(HEALTH_PATH, (c) => methodNotAllowed(c.req.method, METHODS).toResponse())
}
