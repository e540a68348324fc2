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
import type { Parameter, PathItem, Reference } from './types.ts'

export const HOOK_ID: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The hook’s id.',
  schema: INTEGER,
}
const ID: Reference = { $ref: '#/components/parameters/HookId' }
const tags = ['Hooks']

/** The answer to it is not among the responses: a client that is made of them would take it for what may come without. */
const DRY_RUN = query(
  'dry_run',
  BOOLEAN,
  'True to have the request checked, and nothing done: 200 with `{}` where it would be accepted.',
)

const times = [
  query('since', TIME, 'From when on attempts are counted; 24 hours before `until` unless told.'),
  query('until', TIME, 'Up to when; now unless told.'),
  query('bucket_ms', INTEGER, 'How long a part is, in milliseconds; a 24th of the time unless told.'),
]

/** The hooks of an owner, and what can be done with each. */
export const hookPaths: Record<string, PathItem> = {
  '/': {
    get: {
      operationId: 'listHooks',
      tags,
      summary: 'List your hooks',
      parameters: [
        query('event', STRING, 'Only those that listen to this event.'),
        query(
          'state',
          STRING,
          'Only those that are `enabled`, `disabled` or `failing`; several with commas between.',
        ),
        query('search', STRING, 'Only those whose target has this text in it.'),
        query('limit', INTEGER, 'The most to give, up to 1,000; all of them unless told.'),
        query('cursor', STRING, 'Where to go on: see the header `Link`.'),
        query('owner', STRING, 'Of an administrator: only this owner’s.'),
      ],
      responses: answers({ '200': json('Hooks.', listOf(schemaRef('Hook'))) }, '400'),
    },
    post: {
      operationId: 'createHook',
      tags,
      summary: 'Subscribe a URL to an event',
      description: 'Where an identical hook exists, the answer is that one, without its secret.',
      parameters: [DRY_RUN],
      requestBody: body(schemaRef('NewHook')),
      responses: answers(
        { '201': json('The hook, with its secret.', schemaRef('CreatedHook')) },
        '400',
        '413',
      ),
    },
  },
  '/{id}/': {
    parameters: [ID],
    get: {
      operationId: 'getHook',
      tags,
      summary: 'See a hook',
      responses: answers({ '200': json('The hook.', schemaRef('Hook')) }, '404'),
    },
    put: {
      operationId: 'replaceHook',
      tags,
      summary: 'Change a hook, and name its event and target anew',
      parameters: [DRY_RUN],
      requestBody: body(schemaRef('NewHook')),
      responses: answers({ '200': json('The hook as it is now.', schemaRef('Hook')) }, '400', '404', '413'),
    },
    patch: {
      operationId: 'changeHook',
      tags,
      summary: 'Change some fields of a hook',
      parameters: [DRY_RUN],
      requestBody: body(schemaRef('HookChanges')),
      responses: answers({ '200': json('The hook as it is now.', schemaRef('Hook')) }, '400', '404', '413'),
    },
    delete: {
      operationId: 'deleteHook',
      tags,
      summary: 'End a subscription',
      responses: answers({ '204': { description: 'It is gone.' } }, '404'),
    },
  },
  '/{id}/test/': {
    parameters: [ID],
    post: {
      operationId: 'testHook',
      tags,
      summary: 'Try a hook out',
      description: 'An event is made for this hook alone.',
      requestBody: body(
        objectOf(
          {
            event: { ...schemaRef('EventName'), description: 'One of the hook’s events.' },
            data: { description: 'What happened last, or something made up, if left out.' },
          },
          [],
        ),
        false,
      ),
      responses: answers(
        { '201': json('The delivery. A second test within 2 s is the first.', schemaRef('Delivery')) },
        '400',
        '404',
        '409',
      ),
    },
  },
  '/{id}/enable/': {
    parameters: [ID],
    post: {
      operationId: 'enableHook',
      tags,
      summary: 'Let a hook have deliveries again',
      requestBody: body(
        objectOf(
          { replay_since: { ...TIME, description: 'What it has missed since then is sent too.' } },
          [],
        ),
        false,
      ),
      responses: answers({ '200': json('The hook as it is now.', schemaRef('Hook')) }, '400', '404'),
    },
  },
  '/{id}/disable/': {
    parameters: [ID],
    post: {
      operationId: 'disableHook',
      tags,
      summary: 'Keep a hook’s deliveries until it is enabled',
      requestBody: body(objectOf({ reason: STRING }, []), false),
      responses: answers({ '200': json('The hook as it is now.', schemaRef('Hook')) }, '400', '404'),
    },
  },
  '/{id}/rotate_secret/': {
    parameters: [ID],
    post: {
      operationId: 'rotateSecret',
      tags,
      summary: 'Give a hook another secret',
      requestBody: body(
        objectOf({ overlap_ms: { ...INTEGER, description: 'For how long the old one signs, too.' } }, []),
        false,
      ),
      responses: answers(
        { '200': json('The new secret, this once.', objectOf({ secret: STRING })) },
        '400',
        '404',
      ),
    },
  },
  '/{id}/health/': {
    parameters: [ID],
    get: {
      operationId: 'hookHealth',
      tags,
      summary: 'See how a hook fares',
      responses: answers({ '200': json('How it fares.', schemaRef('Health')) }, '404'),
    },
  },
  '/{id}/stats/': {
    parameters: [ID],
    get: {
      operationId: 'hookStatistics',
      tags,
      summary: 'See how the attempts of a hook went',
      parameters: times,
      responses: answers({ '200': json('How they went.', schemaRef('Statistics')) }, '400', '404'),
    },
  },
  '/stats/': {
    get: {
      operationId: 'statistics',
      tags,
      summary: 'See how the attempts of all your hooks went',
      parameters: [...times, query('owner', STRING, 'Of an administrator: only this owner’s.')],
      responses: answers({ '200': json('How they went.', schemaRef('Statistics')) }, '400'),
    },
  },
}
