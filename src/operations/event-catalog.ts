import type { Catalog, EventDefinition, JsonSchema } from '../catalog/index.ts'
import { isOperational, operationalDescriptions } from '../catalog/index.ts'
import {
  type DataDescription,
  type DescribeContext,
  describeData,
  guessed,
  type PrepareContext,
  type SchemaSource,
  storedSamples,
} from '../events/index.ts'

export interface EventCatalogContext extends DescribeContext, Pick<PrepareContext, 'find'> {
  catalog: Catalog
}

/** An event of the catalog, for those who may subscribe to it. */
export interface EventDescription {
  readonly name: string
  /** The model and action that it comes from; null for an event that only `send` makes. */
  readonly model: string | null
  readonly action: string | null
  /** Whether the hooks of every owner hear of it. */
  readonly everyone: boolean
  /** Whether bodies say what of the data was different before. */
  readonly previous: boolean
  readonly description: string | null
  /** JSON Schema (draft 2020-12) of its data. */
  readonly schema: JsonSchema
  /** Where that comes from; null where nothing is known. */
  readonly schemaFrom: SchemaSource | null
  /** Data that it may have, as JSON text; null where none is known. */
  readonly example: string | null
}

/** For how long what was found out about an event is kept, in milliseconds: tables change, and serializers run for it. */
const KEPT_MS = 60_000

/** Events of a name that a schema is guessed from. */
const MOST_SAMPLES = 3

/**
 * Describes the events of the catalog. What costs is kept for a minute, and several callers at once wait for the same.
 *
 * @example
 * ```ts
 * const events = await new EventCatalog({ store, capture, catalog, clock, find: undefined }).describe('1')
 * events[0]?.schema // { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] }
 * ```
 */
export class EventCatalog {
  readonly #context: EventCatalogContext
  readonly #known = new Map<EventDefinition, { until: number; data: Promise<DataDescription> }>()

  constructor(context: EventCatalogContext) {
    this.#context = context
  }

  /**
   * All events, or those of some names, in the order of the catalog.
   *
   * @param owner whose events an example may be taken from where there is no other; undefined for nobody's
   */
  async describe(owner?: string, names?: ReadonlySet<string>): Promise<EventDescription[]> {
    const { store, catalog, find } = this.#context
    const events = [...catalog.events.values()].filter(({ name }) => names === undefined || names.has(name))
    const data = await Promise.all(events.map((event) => this.data(event)))
    const unknown = events.filter((_, index) => data[index]?.schemaFrom === undefined).map(({ name }) => name)
    // `find` decides by the hook who hears of an event, and there is none here to ask it about.
    const stored =
      owner === undefined || find !== undefined || unknown.length === 0
        ? []
        : await storedSamples(store, unknown, owner, MOST_SAMPLES)
    return events.map((event, index) => {
      const samples = stored.filter(({ name }) => name === event.name).map((sample) => sample.data)
      const known = samples.length > 0 ? guessed(samples, 'events') : (data[index] as DataDescription)
      return {
        ...origin(event, known.schema),
        ...known,
        schemaFrom: known.schemaFrom ?? null,
        example: known.example ?? null,
      }
    })
  }

  /** What is known of an event's data, whoever asks. */
  data(event: EventDefinition): Promise<DataDescription> {
    const known = this.#known.get(event)
    // By the machine's clock: a test's stands still.
    const now = performance.now()
    if (known !== undefined && known.until > now) return known.data
    const data = describeData(this.#context, event)
    this.#known.set(event, { until: now + KEPT_MS, data })
    data.catch(() => this.#known.delete(event))
    return data
  }
}

function origin(event: EventDefinition, schema: JsonSchema) {
  const { name, source, everyone } = event
  const own = isOperational(name) ? operationalDescriptions[name].description : event.description
  // A schema may have one of itself: zod's `describe`.
  const description = own ?? (typeof schema.description === 'string' ? schema.description : null)
  const { model = null, action = null } =
    source === null ? {} : { model: source.model.name, action: source.action }
  return { name, model, action, everyone, previous: source?.previous === true, description }
}
