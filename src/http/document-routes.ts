import type { Context, Hono } from 'hono'
import { toJson } from '../core/json.ts'
import type { FieldDefinitions } from '../hooks/index.ts'
import type { EventSource } from './catalog-routes.ts'
import type { HttpEnv } from './hook-routes.ts'
import { openApiDocument } from './openapi/document.ts'
import type { OpenApiDocument } from './openapi/types.ts'
import { methodNotAllowed } from './problems.ts'
import { referencePage } from './reference/page.ts'
import { describe, respondText } from './respond.ts'

export interface DocumentSource {
  events: Pick<EventSource, 'describe'>
  fields: FieldDefinitions
  /** Whether the application makes bodies of its own. */
  ownBodies: boolean
  /** The path of the API's mount, as a request shows it. */
  mountOf(request: Request): string
}

const METHODS = 'GET, HEAD, OPTIONS'

/** The OpenAPI document, and a page for people that is made of it. */
export function addDocumentRoutes(app: Hono<HttpEnv>, source: DocumentSource): void {
  const document = async (c: Context<HttpEnv>): Promise<OpenApiDocument> => {
    // Nobody's events: the document is the same for every caller.
    const events = await source.events.describe(undefined)
    return openApiDocument({ ...source, events, server: source.mountOf(c.req.raw) })
  }

  app.get('/openapi.json', async (c) => respondText(200, toJson(await document(c), 'document')))

  app.get('/docs', async (c) => {
    const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
    const base = `${new URL(c.req.url).origin}${source.mountOf(c.req.raw)}`
    return respondText(200, referencePage(await document(c), nonce, base), {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'Referrer-Policy': 'no-referrer',
    })
  })

  for (const [path, title] of [
    ['/openapi.json', 'OpenAPI Document'],
    ['/docs', 'Reference'],
  ] as const) {
    app.options(path, () => describe(title, METHODS))
    app.all(path, (c) => methodNotAllowed(c.req.method, METHODS).toResponse())
  }
}
