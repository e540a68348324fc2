import type { Hono } from 'hono'
import { toJson } from '../core/json.ts'
import type { FieldDefinitions, SignatureSettings } from '../hooks/index.ts'
import type { EventSource } from './catalog-routes.ts'
import type { HttpContext, HttpEnv } from './env.ts'
import { openApiDocument } from './openapi/document.ts'
import type { OpenApiDocument } from './openapi/types.ts'
import type { BodyForm } from './openapi/webhooks.ts'
import { referencePage } from './reference/page.ts'
import { addResource } from './resource.ts'
import { respondText } from './respond.ts'

export interface DocumentSource {
  events: Pick<EventSource, 'describe'>
  fields: FieldDefinitions
  /** The form of bodies, where a hook has none of its own. */
  bodies: BodyForm
  signature?: SignatureSettings | undefined
}

/** Where the documents are. */
export const DOCUMENT_PATHS = ['/openapi.json', '/docs'] as const

/** The OpenAPI document, and a page for people that is made of it. */
export function addDocumentRoutes(app: Hono<HttpEnv>, source: DocumentSource): void {
  const document = async (c: HttpContext): Promise<OpenApiDocument> => {
    // Nobody's events: the document is the same for every caller.
    const events = await source.events.describe(undefined)
    return openApiDocument({ ...source, events, server: c.env.basePath || '/' })
  }
  const [openApi, docs] = DOCUMENT_PATHS

  addResource(app, openApi, 'OpenAPI Document', {
    GET: async (c) => respondText(200, toJson(await document(c), 'document')),
  })

  addResource(app, docs, 'Reference', {
    async GET(c) {
      const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
      const base = `${new URL(c.req.url).origin}${c.env.basePath}`
      return respondText(200, referencePage(await document(c), nonce, base), {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      })
    },
  })
}
