import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { createHooks, type DispatchOptions, silentLogger } from 'hookwright'
import { CompiledQuery } from 'kysely'
import type { Store } from '../../src/store/store.ts'
import { exec } from '../../src/store/work.ts'
import type { BenchOptions, SectionResult } from '../section.ts'
import { type Latencies, latencyBed } from '../support/latency.ts'
import { type TestBed, testBedOf } from '../support/test-bed.ts'

const PENDING = 100_000
/** A percentile wants some hundreds of deliveries. */
const SHORTEST_SAMPLE_MS = 2_000
/** The backlog is put aside, and the breaker opens: what is measured is how it is from then on, and not the first moment. */
const WARM_UP_MS = 1_000
/** Attempts at the dead hook end within the warm-up, and go on through the measurement where there is no breaker. */
const TIMEOUT_MS = 200

const VARIANTS: readonly {
  name: string
  pending?: number
  dispatch?: DispatchOptions
  comesDue?: boolean
}[] = [
  { name: 'no dead hook', pending: 0 },
  { name: 'a dead hook' },
  { name: 'a dead hook, no breaker', dispatch: { breaker: false } },
  { name: 'a dead hook, all comes due', comesDue: true },
]

interface Variant {
  name: string
  bed: TestBed
  dispatch: DispatchOptions
  /** Whether all of it comes due while it is measured, and not before. */
  comesDue: boolean
  samples: Latencies[]
}

export async function measureIsolation(database: string, options: BenchOptions): Promise<SectionResult> {
  const result: SectionResult = { groups: [], setting: {}, skipped: [], notes: [] }
  // It takes connections, and says nothing.
  const dead = createServer(() => {})
  await new Promise<void>((resolve) => void dead.listen(0, '127.0.0.1', resolve))
  const beds: TestBed[] = []
  const variants: Variant[] = []
  try {
    for (const { name, pending = PENDING, dispatch = {}, comesDue = false } of VARIANTS) {
      const bed = await testBedOf(database)
      if ('missing' in bed) {
        result.skipped.push({ what: 'PostgreSQL', why: bed.missing })
        return result
      }
      beds.push(bed)
      options.progress(`${bed.name}: ${name}`)
      result.setting[bed.name] = bed.version
      await prepare(bed, pending, (dead.address() as AddressInfo).port)
      variants.push({ name, bed, dispatch: { timeoutMs: TIMEOUT_MS, ...dispatch }, comesDue, samples: [] })
    }
    await measureInTurns(variants, options)
    for (const percentile of ['p50', 'p99'] as const) {
      result.groups.push({
        title: `${beds[0]?.name}: from send to arrival, ${percentile}`,
        unit: 'deliveries',
        variants: variants.map(({ name, samples }) => ({
          name,
          perSecond: samples.map((sample) => 1000 / sample[percentile]),
          cpu: [],
        })),
      })
    }
  } finally {
    for (const bed of beds) await bed.remove()
    dead.close()
  }
  return result
}

async function measureInTurns(variants: readonly Variant[], options: BenchOptions): Promise<void> {
  const { rounds, sampleMs, budgetMs, progress } = options
  const end = performance.now() + budgetMs
  for (let round = 0; round < rounds && (round < 2 || performance.now() < end); round += 1) {
    progress(`round ${round + 1}`)
    for (const { bed, dispatch, comesDue, samples } of round % 2 === 0 ? variants : variants.toReversed()) {
      if (comesDue) await putOff(bed, WARM_UP_MS + 500)
      const { measure, close } = await latencyBed(bed.open(), dispatch)
      try {
        await measure(WARM_UP_MS)
        samples.push(await measure(Math.max(sampleMs, SHORTEST_SAMPLE_MS)))
      } finally {
        await close()
      }
    }
  }
}

/** A database with what is due for the dead hook, as an application would have left it. */
async function prepare(bed: TestBed, pending: number, port: number): Promise<void> {
  const store = bed.open()
  const hooks = createHooks({
    database: store,
    events: { 'book.read': null },
    allow: ['127.0.0.1/32'],
    logger: silentLogger,
  })
  await hooks.migrate()
  const { id } = await hooks.create({
    owner: 'dead',
    event: 'book.read',
    target: `http://127.0.0.1:${port}/`,
  })
  if (pending > 0) await fill(store, id, pending)
  await hooks.close()
  await bed.settle(pending)
}

/** Lets everything that is pending come due at one moment, for a hook of which nothing is known. */
async function putOff(bed: TestBed, ms: number): Promise<void> {
  const store = bed.open()
  await store.open()
  const { db } = store
  await store.write(
    function* () {
      yield* exec(
        db
          .updateTable('delivery')
          .set({ due_at: Date.now() + ms, parked_due_at: null, lease: null })
          .where('status', '=', 'pending'),
      )
      yield* exec(db.deleteFrom('lane'))
      yield* exec(db.deleteFrom('health'))
    },
    { durable: false },
  )
  await store.close()
}

async function fill(store: Store, hookId: number, pending: number): Promise<void> {
  const table = (name: string) =>
    store.schema === undefined ? `hookwright_${name}` : `${store.schema}.${name}`
  const now = Date.now()
  const events = `WITH RECURSIVE events(e) AS (SELECT 1 UNION ALL SELECT e + 1 FROM events WHERE e < ${pending})`
  await store.write(
    function* () {
      yield CompiledQuery.raw(`INSERT INTO ${table('event')} (seq, uid, name, owner, broadcast, data, created_at)
        ${events} SELECT e, 'due ' || e, 'book.read', 'dead', 0, '{"n":0}', ${now} FROM events`)
      yield CompiledQuery.raw(`INSERT INTO ${table('delivery')} (hook_id, event_seq, due_at)
        ${events} SELECT ${hookId}, e, ${now} FROM events`)
    },
    { durable: false },
  )
}
