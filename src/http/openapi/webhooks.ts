import type { JsonSchema } from '../../catalog/index.ts'
import { parseExact } from '../../core/json.ts'
import type { PayloadForm, SignatureSettings } from '../../hooks/index.ts'
import type { EventDescription } from '../../operations/index.ts'
import { INTEGER, objectOf, STRING, schemaRef } from './parts.ts'
import type { OpenApiDocument, Parameter, PathItem } from './types.ts'

const header = (name: string, description: string, schema: JsonSchema = STRING): Parameter => ({
  name,
  in: 'header',
  required: true,
  description,
  schema,
})

/**
 * By the names that the option `signature` gives them.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
const headersOf = ({ headers: { id, timestamp, signature } }: Pick<SignatureSettings, 'headers'>) => [
  header(
    id,
    'The delivery’s id, the same for each of its attempts: what was received before has one that is known.',
  ),
  header(
    timestamp,
    'When this attempt was made, in seconds since 1970. Refuse what is older than 5 minutes.',
    INTEGER,
  ),
  header(
    signature,
    '`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`, keyed with the bytes behind `whsec_`; or `v1a,` and that of Ed25519, which a `whpk_` verifies. Several with a space between while the secret is rotated.',
  ),
]

/** What the events are to the document: a webhook and a schema of its data for each. */
export interface EventParts {
  webhooks: OpenApiDocument['webhooks']
  schemas: Record<string, JsonSchema>
}

/** The form of bodies; `own` are made by the application, and nothing is known of them. */
export type BodyForm = PayloadForm | 'own'

/** @param form of the bodies, where a hook has none of its own */
export function eventParts(
  events: readonly EventDescription[],
  form: BodyForm,
  signature: SignatureSettings,
): EventParts {
  const headers = headersOf(signature)
  const schemas: Record<string, JsonSchema> = {}
  const webhooks: [name: string, item: PathItem][] = []
  for (const event of events) {
    const component = componentName(event.name, schemas)
    schemas[component] = dataSchema(event, component)
    webhooks.push([event.name, { post: webhookOf(event, component, form, headers) }])
  }
  // An event may be called `__proto__`.
  return { webhooks: Object.fromEntries(webhooks), schemas }
}

function webhookOf(
  event: EventDescription,
  component: string,
  form: BodyForm,
  headers: Parameter[],
): NonNullable<PathItem['post']> {
  const { name, description } = event
  const media = bodies[form](event, component)
  return {
    operationId: `on ${name}`,
    tags: ['Webhooks'],
    summary: name,
    description: description ?? origin(event),
    parameters: headers,
    requestBody: { required: true, content: { 'application/json': media } },
    responses: {
      '2XX': { description: 'It was received. Answer first, and do slow work later.' },
      '410': { description: 'Nobody wants it any more: the hook is disabled.' },
      default: { description: 'It is sent again, later and later.' },
    },
    security: [],
  }
}

type Body = (event: EventDescription, component: string) => { schema: JsonSchema; example?: unknown }

const bodies: Record<BodyForm, Body> = {
  own: () => ({ schema: {} }),

  envelope({ name, example, previous }, component) {
    const hook = objectOf({
      id: { ...INTEGER, description: 'The hook’s id.' },
      event: { ...STRING, const: name },
      target: { ...STRING, format: 'uri' },
    })
    const shown = { id: 1, event: name, target: 'https://example.com/target' }
    return {
      schema: bodyOf({ hook, data: schemaRef(component) }, previous),
      ...(example !== null && { example: { hook: shown, data: parseExact(example) } }),
    }
  },

  standard({ name, example, previous }, component) {
    return {
      schema: bodyOf({ ...standardHead(name), data: schemaRef(component) }, previous),
      ...(example !== null && { example: { type: name, timestamp: WHEN, data: parseExact(example) } }),
    }
  },

  thin({ name }) {
    const data: JsonSchema = { type: 'object', description: 'The key of the row, and nothing else of it.' }
    return { schema: objectOf({ ...standardHead(name), data }) }
  },
}

/** @param previous whether it says what was different before */
function bodyOf(properties: Readonly<Record<string, JsonSchema>>, previous: boolean): JsonSchema {
  if (!previous) return objectOf(properties)
  const before = { type: 'object', description: 'What of the data is different now, as it was.' }
  return objectOf({ ...properties, previous: before }, Object.keys(properties))
}

const WHEN = '2026-11-24T20:00:00.000Z'

function standardHead(name: string) {
  const timestamp = { ...STRING, format: 'date-time', description: 'When it happened.' }
  return { type: { ...STRING, const: name }, timestamp }
}

function origin({ model, action, everyone }: EventDescription): string {
  const whose = everyone ? ' Everybody hears of it.' : ''
  return model === null ? `Sent by the application.${whose}` : `Comes of \`${model}.${action}\`.${whose}`
}

/** The names of components may have few characters, and those of events any. */
function componentName(event: string, taken: Readonly<Record<string, unknown>>): string {
  const wanted = `data.${event.replace(/[^\w.-]/g, '_')}`
  let name = wanted
  for (let number = 2; Object.hasOwn(taken, name); number += 1) name = `${wanted}_${number}`
  return name
}

const FROM = {
  schema: undefined,
  columns: 'As the columns of the table are now.',
  example: 'Guessed from an example: there may be more than this.',
  events: 'Guessed from events that have happened: there may be more than this.',
}

function dataSchema({ name, schema, schemaFrom }: EventDescription, component: string): JsonSchema {
  const note = schemaFrom === null ? 'Any JSON.' : FROM[schemaFrom]
  const base = moved(schema, `#/components/schemas/${component}`) as JsonSchema
  const description = [base.description, note].filter((text) => typeof text === 'string').join(' ')
  return { title: `Data of ${name}`, ...base, ...(description !== '' && { description }) }
}

/** A schema refers to parts of itself from its own root, which is not the document's. */
function moved(value: unknown, place: string): unknown {
  if (Array.isArray(value)) return value.map((item) => moved(item, place))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, child]) => {
    const isReference = key === '$ref' && typeof child === 'string' && /^#(?:\/|$)/.test(child)
    return [key, isReference ? `${place}${child.slice(1)}` : moved(child, place)] as const
  })
  return Object.fromEntries(entries)
}
