import type { JsonSchema } from './json-schema.ts'
import type { OperationalData, OperationalName } from './operational.ts'

/** What the catalog tells of an event of hookwright's own. */
export interface OperationalDescription<Name extends OperationalName> {
  readonly description: string
  readonly schema: JsonSchema
  readonly example: OperationalData[Name]
}

const time = { type: 'string', format: 'date-time' }
const orNull = (schema: { type: string }) => ({ ...schema, type: [schema.type, 'null'] })

/** An object with exactly these properties. */
function object(properties: Readonly<Record<string, JsonSchema>>): JsonSchema & { type: string } {
  return { type: 'object', properties, required: Object.keys(properties) }
}

const reference = {
  id: { type: 'integer' },
  owner: { type: 'string' },
  target: { type: 'string', format: 'uri' },
}

const hook = object({
  ...reference,
  event: { type: 'string', description: 'The first of its events.' },
  events: { type: 'array', items: { type: 'string' } },
})

const failures = { type: 'integer', minimum: 0, description: 'In a row.' }

const delivery = object({
  id: { type: 'string', description: 'Its webhook-id.' },
  event: { type: 'string' },
  attempts: { type: 'integer', description: 'How many were made in all.' },
})

const attempt = object({
  number: { type: 'integer', description: 'Counted from 1.' },
  status: { type: ['integer', 'null'], description: 'The HTTP status; null when no response came.' },
  durationMs: { type: 'number', description: 'In milliseconds.' },
  manual: { type: 'boolean', description: 'Whether somebody asked for it by hand.' },
})

const exampleReference = { id: 1, owner: '1', target: 'https://example.com/target' }
const exampleHook = { ...exampleReference, event: 'book.added', events: ['book.added'] }
const exampleDelivery = {
  hook: exampleReference,
  delivery: { id: '7cd7f3dbdf0c45bba8b6f3a3bbd9f7e1_1', event: 'book.added', attempts: 1 },
  attempt: { number: 1, status: 204, durationMs: 83, manual: false },
}

/** Descriptions, schemas and examples of hookwright's own events. */
export const operationalDescriptions: {
  readonly [Name in OperationalName]: OperationalDescription<Name>
} = {
  'hook.disabled': {
    description: 'A hook gets no deliveries any more.',
    schema: object({
      hook,
      cause: {
        type: 'string',
        enum: ['manual', 'gone', 'failing'],
        description: 'By a call; because the target answered 410; or because nothing succeeded for too long.',
      },
      reason: { type: ['string', 'null'] },
      disabledAt: time,
    }),
    example: {
      hook: exampleHook,
      cause: 'gone',
      reason: 'the target answered 410 Gone',
      disabledAt: '2026-01-31T12:00:00.000Z',
    },
  },
  'hook.failing': {
    description: 'A hook only fails, and is going to be disabled unless an attempt succeeds.',
    schema: object({
      hook,
      failingSince: time,
      failures,
      percent: {
        type: 'integer',
        enum: [50, 70, 90],
        description: 'How much of the time until then is over.',
      },
      disableAt: time,
    }),
    example: {
      hook: exampleHook,
      failingSince: '2026-01-31T12:00:00.000Z',
      failures: 12,
      percent: 50,
      disableAt: '2026-02-05T12:00:00.000Z',
    },
  },
  'hook.recovered': {
    description: 'An attempt succeeded of a hook that was failing.',
    schema: object({ hook, failingSince: orNull(time), failures }),
    example: { hook: exampleHook, failingSince: '2026-01-31T12:00:00.000Z', failures: 12 },
  },
  'delivery.delivered': {
    description: 'A target has accepted a delivery.',
    schema: object({ hook: object(reference), delivery, attempt }),
    example: exampleDelivery,
  },
  'delivery.exhausted': {
    description: 'A delivery has failed for good: no further attempt is made by itself.',
    schema: object({ hook: object(reference), delivery, attempt, reason: { type: 'string' } }),
    example: {
      ...exampleDelivery,
      delivery: { ...exampleDelivery.delivery, attempts: 10 },
      attempt: { number: 10, status: 503, durationMs: 83, manual: false },
      reason: 'the target answered 503',
    },
  },
}
