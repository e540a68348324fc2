import { REPLAY } from './hook-paths.ts'
import { answers, body, INTEGER, json, listOf, query, STRING, schemaRef, TIME } from './parts.ts'
import type { Operation, Parameter, PathItem, Reference } from './types.ts'

export const DELIVERY_ID: Parameter = {
  name: 'delivery',
  in: 'path',
  required: true,
  description: 'The delivery’s id: its `webhook-id`.',
  schema: STRING,
}
const HOOK: Reference = { $ref: '#/components/parameters/HookId' }
const DELIVERY: Reference = { $ref: '#/components/parameters/DeliveryId' }
const tags = ['Deliveries']

/** What was sent, what came of it, and sending it again. */
export const deliveryPaths: Record<string, PathItem> = {
  '/deliveries/': { get: listing('listDeliveries', 'List your deliveries') },
  '/{id}/deliveries/': {
    parameters: [HOOK],
    get: listing('listDeliveriesOfHook', 'List a hook’s deliveries', '404'),
  },
  '/deliveries/{delivery}/': {
    parameters: [DELIVERY],
    get: {
      operationId: 'getDelivery',
      tags,
      summary: 'See a delivery, with its body and attempts',
      responses: answers({ '200': json('The delivery.', schemaRef('DeliveryDetail')) }, '404'),
    },
  },
  '/deliveries/{delivery}/attempts/': {
    parameters: [DELIVERY],
    get: {
      operationId: 'listAttempts',
      tags,
      summary: 'List the attempts of a delivery',
      responses: answers(
        { '200': json('Attempts, the first one first.', listOf(schemaRef('Attempt'))) },
        '404',
      ),
    },
  },
  '/deliveries/{delivery}/retry/': {
    parameters: [DELIVERY],
    post: {
      operationId: 'retryDelivery',
      tags,
      summary: 'Send a delivery again, at once',
      responses: answers({ '200': json('What became of it.', schemaRef('Retried')) }, '404'),
    },
  },
  '/{id}/replay/': {
    parameters: [HOOK],
    post: replay('replayHook', 'Send again what a hook did not get', '404'),
  },
  '/replay/': { post: replay('replay', 'Send again what has failed') },
}

function listing(operationId: string, summary: string, ...others: '404'[]): Operation {
  return {
    operationId,
    tags,
    summary,
    description: 'The newest first. The header `Link` leads to the next page.',
    parameters: [
      query('status', STRING, '`pending`, `delivered`, `failed` or `cancelled`.'),
      query('event', STRING, 'Only of this event.'),
      query('since', TIME, 'Only of events since this time.'),
      query('until', TIME, 'Only of events before this time.'),
      query('limit', INTEGER, 'The most to give.'),
      query('cursor', STRING, 'Where to go on: see the header `Link`.'),
    ],
    responses: answers({ '200': json('Deliveries.', listOf(schemaRef('Delivery'))) }, '400', ...others),
  }
}

function replay(operationId: string, summary: string, ...others: '404'[]): Operation {
  return {
    operationId,
    tags,
    summary,
    requestBody: body(REPLAY),
    responses: answers({ '200': json('How many.', schemaRef('Replayed')) }, '400', ...others),
  }
}
