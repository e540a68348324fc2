import type { JsonSchema } from '../../catalog/index.ts'
import type { FieldDefinition, FieldDefinitions } from '../../hooks/index.ts'
import { HIGHEST_RATE, LOWEST_RATE } from '../../hooks/index.ts'
import {
  BOOLEAN,
  INTEGER,
  json,
  listOf,
  objectOf,
  STRING,
  schemaRef,
  TEXT_OR_NULL,
  TIME,
  TIME_OR_NULL,
} from './parts.ts'
import { statisticsSchema } from './statistics-schema.ts'
import type { OpenApiDocument } from './types.ts'

const RATE: JsonSchema = {
  type: ['number', 'null'],
  minimum: LOWEST_RATE,
  maximum: HIGHEST_RATE,
  description: 'The most attempts in a second; null for no limit.',
}
const ORDERED: JsonSchema = { ...BOOLEAN, description: 'One delivery at a time, in the order of the events.' }
const PAYLOAD: JsonSchema = {
  type: ['string', 'null'],
  enum: ['envelope', 'standard', 'thin', null],
  description: 'The form of its bodies; null for the application’s.',
}
const FILTER: JsonSchema = {
  type: ['object', 'null'],
  description: 'A condition on the data of events, `{"pages": {"$gt": 300}}`; null for none.',
}
const HEADERS: JsonSchema = {
  type: 'object',
  additionalProperties: STRING,
  description: 'Sent with each delivery, and never shown.',
}

/**
 * The schemas of the API's own resources.
 *
 * @param fields the application's own fields of a hook
 * @param names of the events
 */
export function resourceSchemas(
  fields: FieldDefinitions,
  names: readonly string[],
): Record<string, JsonSchema> {
  const own = [...fields.values()]
  const owner = { ...STRING, description: 'Of an administrator: whose it is.' }
  const written = {
    ...common,
    owner,
    headers: HEADERS,
    ordered: ORDERED,
    rate_limit: RATE,
    payload: PAYLOAD,
    filter: FILTER,
    ...ownFields(own),
  }
  const { owner: _, ...changed } = written
  const needed = own.filter((field) => field.default === undefined).map(({ name }) => name)
  return {
    EventName: { ...STRING, enum: names, description: 'An event of the catalog.' },
    Hook: { ...hookSchema(own), examples: [hookExample(own, names[0] ?? '')] },
    CreatedHook: {
      allOf: [
        schemaRef('Hook'),
        objectOf(
          {
            secret: {
              ...STRING,
              description: 'Signs each delivery. It is told once, and not where the hook existed.',
              examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
            },
          },
          [],
        ),
      ],
    },
    // And `event` or `events`. Generators of clients make nothing of a schema that says so: every type fits then.
    NewHook: {
      ...objectOf(written, ['target', ...needed]),
      description: 'It needs `target`, and `event` or `events`.',
    },
    HookChanges: objectOf(changed, []),
    Health: objectOf({
      state: { ...STRING, enum: ['well', 'failing', 'waiting', 'recovering', 'disabled'] },
      failures: { ...INTEGER, description: 'Failed attempts in a row.' },
      failing_since: TIME_OR_NULL,
      next_attempt: { ...TIME_OR_NULL, description: 'While it waits: when the next attempt may be made.' },
      disabled: { ...TIME_OR_NULL, description: 'Since when it gets nothing.' },
      disabled_cause: { ...TEXT_OR_NULL, enum: ['manual', 'gone', 'failing', null] },
      disabled_reason: TEXT_OR_NULL,
    }),
    Statistics: statisticsSchema,
    Delivery: deliverySchema,
    DeliveryDetail: {
      allOf: [
        schemaRef('Delivery'),
        objectOf({
          body: { ...TEXT_OR_NULL, description: 'What is posted; null before the application has made it.' },
          log: { ...listOf(schemaRef('Attempt')), description: 'Its attempts, the first one first.' },
        }),
      ],
    },
    Attempt: attemptSchema,
    Retried: objectOf({ retried: BOOLEAN, status: STRING }),
    Replayed: objectOf({ deliveries: { ...INTEGER, description: 'How many are sent again, or would be.' } }),
    Event: eventSchema,
    Sample: { description: 'The body of a delivery.' },
    FieldErrors: {
      type: 'object',
      additionalProperties: listOf(STRING),
      description: 'Messages by the name of the field.',
    },
    Detail: objectOf({ detail: STRING }),
  }
}

/** The answers that many operations share. */
export const sharedResponses: OpenApiDocument['components']['responses'] = {
  BadRequest: json(
    'Something is wrong with the request: messages by field, or `detail` for what cannot be read.',
    { anyOf: [schemaRef('FieldErrors'), schemaRef('Detail')] },
    { target: ['Enter a valid URL.'] },
  ),
  Unauthenticated: json('Nobody is logged in.', schemaRef('Detail'), {
    detail: 'Authentication credentials were not provided.',
  }),
  Forbidden: json('This caller may not do that.', schemaRef('Detail'), {
    detail: 'You do not have permission to perform this action.',
  }),
  NotFound: json('There is none, or it is somebody else’s.', schemaRef('Detail'), { detail: 'Not found.' }),
  Conflict: json('It cannot be done as things are.', {
    anyOf: [schemaRef('FieldErrors'), schemaRef('Detail')],
  }),
  TooLarge: json('The body is too large.', schemaRef('Detail')),
  TooManyRequests: {
    ...json('Too many requests: the header says when to try again.', schemaRef('Detail')),
    headers: { 'Retry-After': { description: 'Seconds.', schema: INTEGER } },
  },
  Error: json('Something else went wrong.', schemaRef('Detail')),
}

const common = {
  event: { ...schemaRef('EventName'), description: 'The event that it listens to.' },
  events: { ...listOf(schemaRef('EventName')), minItems: 1, description: 'In place of `event`: several.' },
  target: { ...STRING, format: 'uri', maxLength: 255, description: 'Where events are posted to.' },
}

function hookSchema(own: readonly FieldDefinition[]): JsonSchema {
  const always = {
    id: { ...INTEGER, description: 'Never used twice.' },
    event: { ...schemaRef('EventName'), description: 'Of several, the first.' },
    created: TIME,
    updated: TIME,
    target: common.target,
  }
  const sometimes = {
    owner: { ...STRING, description: 'Whose it is. Only for an administrator.' },
    events: { ...listOf(schemaRef('EventName')), description: 'Where it listens to several.' },
    ordered: { ...ORDERED, description: `${ORDERED.description} Only where it is so.` },
    rate_limit: {
      ...RATE,
      type: 'number',
      description: 'The most attempts in a second. Only where there is a limit.',
    },
    payload: { ...PAYLOAD, type: 'string', enum: ['envelope', 'standard', 'thin'] },
    filter: {
      ...FILTER,
      type: 'object',
      description: 'A condition on the data of events. Only where there is one.',
    },
  }
  return objectOf({ ...always, ...sometimes, ...ownFields(own) }, [
    ...Object.keys(always),
    ...own.map(({ name }) => name),
  ])
}

function hookExample(own: readonly FieldDefinition[], event: string) {
  const time = '2026-01-31T12:00:00.000Z'
  const values = { boolean: true, integer: 1, number: 1, string: 'text' }
  const fields = own.map(({ name, type, default: fallback }) => [name, fallback ?? values[type]] as const)
  const hook = { id: 1, event, created: time, updated: time, target: 'https://example.com/target' }
  return { ...hook, ...Object.fromEntries(fields) }
}

function ownFields(own: readonly FieldDefinition[]): Record<string, JsonSchema> {
  const schemas = own.map(({ name, type, nullable, default: fallback }) => {
    const schema = {
      type: nullable ? [type, 'null'] : type,
      description: 'A field of the application’s own.',
      ...(fallback !== undefined && { default: fallback }),
    }
    return [name, schema] as const
  })
  return Object.fromEntries(schemas)
}

const STATUSES = ['pending', 'delivered', 'failed', 'cancelled']

const deliveryFields = {
  id: { ...STRING, description: 'The `webhook-id` that the receiver sees.' },
  hook: { ...INTEGER, description: 'The hook’s id.' },
  target: { ...TEXT_OR_NULL, description: 'The hook’s, as it is now; null once the hook is removed.' },
  event: STRING,
  status: { ...STRING, enum: STATUSES },
  reason: { ...TEXT_OR_NULL, description: 'Why it failed or was cancelled.' },
  attempts: { ...INTEGER, description: 'How many were made.' },
  manual: { ...BOOLEAN, description: 'Whether an attempt is to come that somebody asked for.' },
  due: { ...TIME_OR_NULL, description: 'When the next attempt is.' },
  created: { ...TIME, description: 'When the event happened.' },
  finished: TIME_OR_NULL,
}

const deliverySchema = objectOf(
  {
    ...deliveryFields,
    owner: {
      ...TEXT_OR_NULL,
      description: 'Whose the hook is; null once it is removed. Only for an administrator.',
    },
  },
  Object.keys(deliveryFields),
)

const attemptSchema = objectOf({
  number: { ...INTEGER, description: 'Counted from 1.' },
  started: TIME,
  duration_ms: { type: 'number' },
  status: { type: ['integer', 'null'], description: 'The HTTP status; null when no response came.' },
  manual: { ...BOOLEAN, description: 'Whether somebody asked for it by hand.' },
  error: {
    anyOf: [objectOf({ code: STRING, message: STRING }), { type: 'null' }],
    description: 'Why no response came.',
  },
  request: {
    anyOf: [objectOf({ url: STRING, headers: listOf({ type: 'array', items: STRING }) }), { type: 'null' }],
    description:
      'What was sent but for the body; the values of the hook’s own headers and the query of the URL are `[hidden]`. Null where nothing was posted, and for attempts of older versions.',
  },
  response: {
    anyOf: [
      objectOf({ headers: listOf({ type: 'array', items: STRING }), body: STRING, truncated: BOOLEAN }),
      { type: 'null' },
    ],
    description: 'Its headers, and the beginning of its body.',
  },
})

const eventSchema = objectOf({
  name: schemaRef('EventName'),
  model: { ...TEXT_OR_NULL, description: 'What changed; null for an event of no model.' },
  action: {
    ...TEXT_OR_NULL,
    description: '`created`, `updated`, `deleted`, or one of the application’s own.',
  },
  everyone: { ...BOOLEAN, description: 'Whether the hooks of every owner hear of it.' },
  description: TEXT_OR_NULL,
  schema: { type: 'object', description: 'JSON Schema (draft 2020-12) of its data.' },
  schema_from: {
    type: ['string', 'null'],
    enum: ['schema', 'columns', 'example', 'events', null],
    description:
      'Declared by the application, read from the columns of a table, or guessed: from an example, or from events that have happened. Null where nothing is known.',
  },
  example: { description: 'Data that it may have.' },
})
