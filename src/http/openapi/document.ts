import { type FieldDefinitions, type SignatureSettings, signatureSettings } from '../../hooks/index.ts'
import type { EventDescription } from '../../operations/index.ts'
import { resourceSchemas, sharedResponses } from './components.ts'
import { DELIVERY_ID, deliveryPaths } from './delivery-paths.ts'
import { EVENT_NAME, eventPaths } from './event-paths.ts'
import { HOOK_ID, hookPaths } from './hook-paths.ts'
import { servicePaths } from './service-paths.ts'
import type { OpenApiDocument } from './types.ts'
import { type BodyForm, eventParts } from './webhooks.ts'

export interface DocumentOptions {
  /** In the order of the catalog. */
  events: readonly EventDescription[]
  fields: FieldDefinitions
  /** Where the API is mounted: `/api/hooks`. */
  server: string
  /** Whether the application makes bodies of its own. */
  bodies: BodyForm
  /** Names the headers of a delivery; Standard Webhooks' unless told. */
  signature?: SignatureSettings | undefined
}

/** Of the API: a client that was generated for one works with every later one of the same first number. */
const API_VERSION = '1.0.0'

/**
 * Describes the REST API and what subscribers get, as OpenAPI 3.1. The same catalog and tables give the same document, word
 * by word.
 */
export function openApiDocument({
  events,
  fields,
  server,
  bodies,
  signature = signatureSettings(),
}: DocumentOptions): OpenApiDocument {
  const { webhooks, schemas } = eventParts(events, bodies, signature)
  const resources = resourceSchemas(
    fields,
    events.map(({ name }) => name),
  )
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hooks',
      version: API_VERSION,
      description:
        'Subscribe a URL to what happens here: from then on each event is posted to it, signed, and again until it arrives.',
    },
    servers: [{ url: server === '' ? '/' : server, description: 'This application' }],
    security: [{ application: [] }],
    tags: [
      { name: 'Hooks', description: 'Subscriptions: a URL, and the events that are posted to it.' },
      { name: 'Deliveries', description: 'What was sent, and what came of it.' },
      { name: 'Events', description: 'What there is to subscribe to.' },
      { name: 'Service', description: 'Whether it can do its work.' },
      { name: 'Webhooks', description: 'What a hook’s target gets.' },
    ],
    paths: { ...hookPaths, ...deliveryPaths, ...eventPaths, ...servicePaths },
    webhooks,
    components: {
      securitySchemes: {
        application: {
          type: 'http',
          scheme: 'bearer',
          description:
            'What the application takes from its users elsewhere, too: a token, or the cookie of a session.',
        },
      },
      parameters: { HookId: HOOK_ID, DeliveryId: DELIVERY_ID, EventName: EVENT_NAME },
      responses: sharedResponses,
      schemas: { ...resources, ...schemas },
    },
  }
}
