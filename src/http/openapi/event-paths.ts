import { answers, json, listOf, schemaRef } from './parts.ts'
import type { Parameter, PathItem, Reference } from './types.ts'

export const EVENT_NAME: Parameter = {
  name: 'name',
  in: 'path',
  required: true,
  description: 'The event’s name.',
  schema: schemaRef('EventName'),
}
const NAME: Reference = { $ref: '#/components/parameters/EventName' }
const tags = ['Events']

/** What there is to subscribe to, and this document. */
export const eventPaths: Record<string, PathItem> = {
  '/events/': {
    get: {
      operationId: 'listEvents',
      tags,
      summary: 'List the events that there are',
      responses: answers({ '200': json('Events.', listOf(schemaRef('Event'))) }),
    },
  },
  '/events/{name}/': {
    parameters: [NAME],
    get: {
      operationId: 'getEvent',
      tags,
      summary: 'See an event, and what its data is',
      responses: answers({ '200': json('The event.', schemaRef('Event')) }, '404'),
    },
  },
  '/events/{name}/samples/': {
    parameters: [NAME],
    get: {
      operationId: 'listSamples',
      tags,
      summary: 'List bodies as a hook would get them',
      description: 'Up to 3: of the events that you heard of last, or else one that was made up.',
      responses: answers({ '200': json('Bodies.', listOf(schemaRef('Sample'))) }, '404'),
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'getOpenApi',
      tags,
      summary: 'See this document',
      responses: answers({ '200': json('An OpenAPI 3.1 document.', { type: 'object' }) }),
    },
  },
}
