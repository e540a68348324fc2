import type { Hono } from 'hono'
import { parseExact, toJson } from '../core/json.ts'
import type { EventDescription } from '../operations/index.ts'
import type { HttpContext, HttpEnv } from './env.ts'
import { notFound } from './problems.ts'
import { addResource } from './resource.ts'
import { respondText } from './respond.ts'

/** What the routes tell of the events. */
export interface EventSource {
  /** Events of the catalog, in its order: all, or those of some names. */
  describe(owner: string | undefined, names?: ReadonlySet<string>): Promise<EventDescription[]>
  /** Bodies as JSON texts. */
  samples(name: string, owner: string): Promise<string[]>
}

/** The routes of the catalog: what there is to subscribe to, and bodies to try a subscriber with. */
export function addCatalogRoutes(app: Hono<HttpEnv>, events: EventSource): void {
  async function find(c: HttpContext): Promise<EventDescription> {
    const [event] = await events.describe(c.var.owner, new Set([c.req.param('name') ?? '']))
    if (event === undefined) throw notFound()
    return event
  }

  addResource(app, '/events', 'Event List', {
    async GET(c) {
      const found = await events.describe(c.var.owner)
      return respondText(200, toJson(found.map(represented), 'events'))
    },
  })
  addResource(app, '/events/:name', 'Event Instance', {
    GET: async (c) => respondText(200, toJson(represented(await find(c)), 'event')),
  })
  addResource(app, '/events/:name/samples', 'Event Samples', {
    async GET(c) {
      const { name } = await find(c)
      // As the bodies are, word by word: signatures are over these. An administrator who asks for nobody's gets made-up ones.
      return respondText(200, `[${(await events.samples(name, c.var.owner ?? '')).join(',')}]`)
    },
  })
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
