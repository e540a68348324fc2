import type { Hono } from 'hono'
import { parseExact, toJson } from '../core/json.ts'
import type { EventDescription } from '../operations/index.ts'
import type { HttpEnv } from './hook-routes.ts'
import { methodNotAllowed, notFound } from './problems.ts'
import { describe, respondText } from './respond.ts'

/** What the routes tell of the events. */
export interface EventSource {
  /** Events of the catalog, in its order: all, or those of some names. */
  describe(owner: string | undefined, names?: ReadonlySet<string>): Promise<EventDescription[]>
  /** Bodies as JSON texts. */
  samples(name: string, owner: string): Promise<string[]>
}

const METHODS = 'GET, HEAD, OPTIONS'

/** The routes of the catalog: what there is to subscribe to, and bodies to try a subscriber with. */
export function addCatalogRoutes(app: Hono<HttpEnv>, events: EventSource): void {
  async function find(name: string, owner: string): Promise<EventDescription> {
    const [event] = await events.describe(owner, new Set([name]))
    if (event === undefined) throw notFound()
    return event
  }

  app.get('/events', async (c) => {
    const found = await events.describe(c.var.owner)
    return respondText(200, toJson(found.map(represented), 'events'))
  })
  app.get('/events/:name', async (c) => {
    return respondText(200, toJson(represented(await find(c.req.param('name'), c.var.owner)), 'event'))
  })
  app.get('/events/:name/samples', async (c) => {
    const { name } = await find(c.req.param('name'), c.var.owner)
    // As the bodies are, word by word: signatures are over these.
    return respondText(200, `[${(await events.samples(name, c.var.owner)).join(',')}]`)
  })

  for (const [path, title] of [
    ['/events', 'Event List'],
    ['/events/:name', 'Event Instance'],
    ['/events/:name/samples', 'Event Samples'],
  ] as const) {
    app.options(path, () => describe(title, METHODS))
    app.all(path, (c) => methodNotAllowed(c.req.method, METHODS).toResponse())
  }
}

function represented(event: EventDescription): Record<string, unknown> {
  const { name, model, action, everyone, description, schema, schemaFrom, example } = event
  return {
    name,
    model,
    action,
    everyone,
    description,
    schema,
    schema_from: schemaFrom,
    example: example === null ? null : parseExact(example),
  }
}
