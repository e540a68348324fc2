import {
  answers,
  BOOLEAN,
  body,
  INTEGER,
  json,
  listOf,
  objectOf,
  query,
  STRING,
  schemaRef,
  TIME,
} from './parts.ts'
import type { Operation, Parameter, PathItem, Reference } from './types.ts'

export const DELIVERY_ID: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The delivery’s id: its `webhook-id`.',
  schema: STRING,
}
const HOOK: Reference = { $ref: '#/components/parameters/HookId' }
const DELIVERY: Reference = { $ref: '#/components/parameters/DeliveryId' }
const tags = ['Deliveries']

const replayed = {
  since: { ...TIME, description: 'Events since this time.' },
  until: { ...TIME, description: 'Events before this time.' },
  dry_run: { ...BOOLEAN, description: 'Only counts.' },
}
const WHAT = {
  ...STRING,
  enum: ['failed', 'missed'],
  description: 'What has failed, unless told; or whatever the hook did not get.',
}
const OWNER = { ...STRING, description: 'Of an administrator: only this owner’s.' }

/** What was sent, what came of it, and sending it again. */
export const deliveryPaths: Record<string, PathItem> = {
  '/deliveries/': { get: listing('listDeliveries', 'List your deliveries') },
  '/{id}/deliveries/': {
    parameters: [HOOK],
    get: listing('listDeliveriesOfHook', 'List a hook’s deliveries', '404'),
  },
  '/deliveries/{id}/': {
    parameters: [DELIVERY],
    get: {
      operationId: 'getDelivery',
      tags,
      summary: 'See a delivery, with its body and attempts',
      responses: answers({ '200': json('The delivery.', schemaRef('DeliveryDetail')) }, '404'),
    },
  },
  '/deliveries/{id}/attempts/': {
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
  '/deliveries/{id}/retry/': {
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
      query(
        'status',
        STRING,
        '`pending`, `delivered`, `failed` or `cancelled`; several with commas between.',
      ),
      query('event', STRING, 'Only of this event.'),
      query('since', TIME, 'Only of events since this time.'),
      query('until', TIME, 'Only of events before this time.'),
      query('limit', INTEGER, 'The most to give, up to 1,000; 100 unless told.'),
      query('cursor', STRING, 'Where to go on: see the header `Link`.'),
      query('owner', STRING, 'Of an administrator: only this owner’s.'),
    ],
    responses: answers({ '200': json('Deliveries.', listOf(schemaRef('Delivery'))) }, '400', ...others),
  }
}

function replay(operationId: string, summary: string, ...others: '404'[]): Operation {
  const own = operationId === 'replayHook' ? { what: WHAT } : { owner: OWNER }
  return {
    operationId,
    tags,
    summary,
    requestBody: body(objectOf({ ...replayed, ...own }, ['since'])),
    responses: answers({ '200': json('How many.', schemaRef('Replayed')) }, '400', ...others),
  }
}
