import type { Kysely, SelectQueryBuilder } from 'kysely'
import { type Capture, decodeRow } from '../capture/index.ts'
import { type EventDefinition, serializeRow, validatePayload } from '../catalog/index.ts'
import { HookwrightError, messageOf, problem } from '../core/errors.ts'
import { toJson } from '../core/json.ts'
import { isGiven } from '../store/given-rows.ts'
import type { Store } from '../store/store.ts'
import type { Tables } from '../store/tables.ts'
import { first, rows } from '../store/work.ts'
import { type EventData, keyJson } from './event-data.ts'

export interface SampleContext {
  store: Store
  capture: Capture
  /** What a serializer gets as `db`. */
  db: Kysely<never>
}

/** Events that are looked through for one of a name: the newest. */
const NEWEST = 10_000

/** An event that has happened, as an example of others. */
export interface StoredSample {
  name: string
  owner: string | null
  /** Null for one that came from none. */
  model: string | null
  /** As JSON text. */
  data: string
  key_json: string | null
  previous_data: string | null
  /** Milliseconds since the epoch. */
  created_at: number
}

/**
 * The newest event of a name that an owner's hooks may have heard of, among the last 10,000 events. Not one that was made to
 * try a hook out.
 */
export async function storedSample(
  { store }: Pick<SampleContext, 'store'>,
  name: string,
  owner: string,
): Promise<StoredSample | undefined> {
  const sample = showable(
    store.db
      .selectFrom(newestHeard(store, [name], owner).as('newest'))
      .innerJoin('event as e', 'e.seq', 'newest.seq'),
  )
  const found = await store.read(() => first(sample.limit(1)))
  return found && withData(found)
}

/** Events of some names, among the newest, that an owner's hooks may have heard of. */
function newestHeard(store: Store, names: readonly string[], owner: string) {
  const { db } = store
  // No index goes by the name. The data may be large, and what stands behind it in a row takes as long to reach on SQLite.
  const newest = db
    .selectFrom('event')
    .select(['seq', 'name', 'owner', 'broadcast'])
    .orderBy('seq', 'desc')
    .limit(NEWEST)
  return db
    .selectFrom(newest.as('heard'))
    .select(['heard.seq', 'heard.name'])
    .where(isGiven(store, 'heard.name', names))
    .where((eb) => eb.or([eb('heard.owner', '=', owner), eb('heard.broadcast', '=', 1)]))
}

/** What of them may be shown: their data is made, and they were not made to try a hook out. The newest first. */
function showable<DB extends { e: Tables['event'] }>(events: SelectQueryBuilder<DB, keyof DB, object>) {
  return (events as unknown as SelectQueryBuilder<{ e: Tables['event'] }, 'e', object>)
    .select(['e.name', 'e.owner', 'e.model', 'e.data', 'e.key_json', 'e.previous_data', 'e.created_at'])
    .where('e.test', '=', 0)
    .where('e.fanout_due_at', 'is', null)
    .where('e.data', 'is not', null)
    .orderBy('e.seq', 'desc')
}

function withData<Row extends { data: string | null }>(row: Row): Row & { data: string } {
  return { ...row, data: row.data ?? 'null' }
}

/** Events of one name that are looked at for samples of it: some may be tests, or not be made yet. */
const LOOKED_AT = 10

/**
 * The newest events of some names that an owner's hooks may have heard of, among the last 10,000 events, the newest first.
 * Not those that were made to try a hook out.
 *
 * @param most of each name
 */
export async function storedSamples(
  store: Store,
  names: readonly string[],
  owner: string,
  most: number,
): Promise<StoredSample[]> {
  const { db } = store
  const numbered = db.selectFrom(newestHeard(store, names, owner).as('newest')).select(({ fn }) => [
    'newest.seq',
    fn
      .agg<number>('row_number')
      .over((ob) => ob.partitionBy('newest.name').orderBy('newest.seq', 'desc'))
      .as('place'),
  ])
  const samples = showable(
    db
      .selectFrom(numbered.as('numbered'))
      .innerJoin('event as e', 'e.seq', 'numbered.seq')
      .where('numbered.place', '<=', LOOKED_AT),
  )
  const found = await store.read(() => rows(samples))
  const count = new Map<string, number>()
  return found.flatMap((sample) => {
    const before = count.get(sample.name) ?? 0
    count.set(sample.name, before + 1)
    return before < most ? [withData(sample)] : []
  })
}

/**
 * Data as an event might have it, made up: for an event of a model, what the serializer makes of a row with a value in each
 * column; for any other, an empty object, if its schema takes that.
 *
 * @throws `sample_missing` where the serializer or the schema refuses it, `capture_failed`
 */
export async function madeSample(context: SampleContext, event: EventDefinition): Promise<EventData> {
  try {
    return await madeData(context, event)
  } catch (error) {
    // What is wrong with the table or the database is no fault of the sample.
    if (error instanceof HookwrightError && /^(?:database|capture)_/.test(error.code)) throw error
    throw problem('sample_missing', {
      field: 'data',
      problem: `no event "${event.name}" has happened yet, and it does not do to make one up: ${messageOf(error)}`,
      cure: 'Pass `data`',
      cause: error,
    })
  }
}

async function madeData({ store, capture, db }: SampleContext, event: EventDefinition): Promise<EventData> {
  const { source, name } = event
  const what = `the data of "${name}"`
  if (source === null) return withoutKey(toJson(await validatePayload(event, {}), what))
  const { model, action } = source
  const made = await store.read(function* () {
    yield* capture.describe(model)
    return yield* first(capture.sampleRow(model))
  })
  const row = decodeRow(made?.row_json ?? '{}')
  const previous = action === 'updated' ? row : undefined
  const data = await serializeRow(model, { event: name, action, row, previous, db })
  return {
    data: toJson(data, what),
    key_json: await keyJson({ db, keyOf: capture.keyOf }, model, row),
    // Made up, the row was the same before.
    previous_data: source.previous ? '{}' : null,
  }
}

/** The data of an event that is of no row. */
export function withoutKey(data: string): EventData {
  return { data, key_json: null, previous_data: null }
}
