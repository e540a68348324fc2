import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHooks, silentLogger } from 'hookwright'
import { postgres } from 'hookwright/postgres'
import { sqlite } from 'hookwright/sqlite'
import pg from 'pg'
import { Chore } from '../../src/operations/retention/chore.ts'
import { type Pruned, prune } from '../../src/operations/retention/prune.ts'
import { BACKGROUND_SHARE } from '../../src/operations/retention/pruner.ts'
import { retentionSettings } from '../../src/operations/retention/settings.ts'
import type { Store } from '../../src/store/store.ts'
import type { BenchOptions, Group, SectionResult } from '../section.ts'
import { median } from '../statistics.ts'
import { findPostgres } from '../support/postgres.ts'
import { fillOld, OLD_DELIVERIES, skipNumbers } from './fill.ts'
import { type Latencies, latencyBed } from './latency.ts'

/** A percentile wants some hundreds of deliveries. */
const SHORTEST_SAMPLE_MS = 2_000
const WARM_UP_MS = 500

interface TestBed {
  name: string
  version: string
  open(): Store
  /** After the database was filled. */
  settle(): Promise<void>
  remove(): Promise<void>
}

export async function measureRetention(database: string, options: BenchOptions): Promise<SectionResult> {
  const result: SectionResult = { groups: [], setting: {}, skipped: [], notes: [] }
  const bed = database === 'postgres' ? await postgresBed() : await sqliteBed()
  if ('missing' in bed) {
    result.skipped.push({ what: 'PostgreSQL', why: bed.missing })
    return result
  }
  result.setting[bed.name] = bed.version
  try {
    options.progress(`${bed.name}: ${OLD_DELIVERIES.toLocaleString('en-US')} old deliveries`)
    const store = bed.open()
    const hooks = createHooks({ database: store, events: {}, logger: silentLogger })
    await hooks.migrate()
    await fillOld(store)
    await hooks.close()
    await bed.settle()
    options.progress(`${bed.name}: with and without a sweep`)
    const { groups, note } = await compare(bed, options)
    result.groups.push(...groups)
    result.notes.push(note)
  } finally {
    await bed.remove()
  }
  return result
}

/** In turns, so that what else the machine does falls on all. */
async function compare(
  { name, open }: TestBed,
  { rounds, sampleMs, budgetMs }: BenchOptions,
): Promise<{ groups: Group[]; note: string }> {
  const store = open()
  const { hooks, measure, close } = await latencyBed(store)
  const settings = retentionSettings()
  if (settings === false) throw new Error('nothing is removed')
  const context = { store, chore: new Chore(store, 'retention'), settings, clock: store.clock }
  const removed = new Map<string, number[]>()
  const ms = Math.max(sampleMs, SHORTEST_SAMPLE_MS)
  const beside = (sweep: string, run: () => Promise<Pruned>) => ({
    name: sweep,
    samples: [] as Latencies[],
    measure: async () => {
      const [latencies, { deliveries, finished }] = await Promise.all([measure(ms), run()])
      removed.set(sweep, [...(removed.get(sweep) ?? []), (deliveries / ms) * 1000])
      if (finished) throw new Error('there was too little to remove for so many rounds')
      return latencies
    },
  })
  const variants = [
    { name: 'no sweep', samples: [] as Latencies[], measure: () => measure(ms) },
    beside('sweep of a running dispatcher', () => {
      const end = performance.now() + ms
      const late = () => performance.now() >= end
      const { signal } = new AbortController()
      return prune(context, { insists: true, signal, late, share: BACKGROUND_SHARE })
    }),
    beside('hooks.prune()', () => hooks.prune({ deadlineMs: ms })),
  ]
  try {
    await measure(WARM_UP_MS)
    const end = performance.now() + budgetMs
    for (let round = 0; round < rounds && (round < 2 || performance.now() < end); round += 1) {
      for (const variant of variants.map((_, turn, all) => all[(round + turn) % all.length])) {
        if (variant === undefined) continue
        variant.samples.push(await variant.measure())
      }
    }
  } finally {
    await close()
  }
  const groups = (['p50', 'p99'] as const).map((percentile) => ({
    title: `${name}: from send to arrival, ${percentile}`,
    unit: 'deliveries',
    variants: variants.map((variant) => ({
      name: variant.name,
      perSecond: variant.samples.map((sample) => 1000 / sample[percentile]),
      cpu: [],
    })),
  }))
  const note = [...removed].map(
    ([sweep, rates]) => `${Math.round(median(rates)).toLocaleString('en-US')} a second (${sweep})`,
  )
  return { groups, note: `${name}: deliveries that were removed, and as many attempts: ${note.join(', ')}.` }
}

async function sqliteBed(): Promise<TestBed> {
  const { DatabaseSync } = await import('node:sqlite')
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-bench-'))
  const handle = new DatabaseSync(':memory:')
  const { version } = handle.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  handle.close()
  return {
    name: 'node:sqlite',
    version: `SQLite ${version}, in ${tmpdir()}`,
    open: () => sqlite(join(folder, 'bench.db')),
    settle: async () => {},
    remove: async () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

async function postgresBed(): Promise<TestBed | { missing: string }> {
  const server = await findPostgres()
  if ('missing' in server) return server
  const { url, drop } = await server.createDatabase()
  return {
    name: 'PostgreSQL',
    version: server.version,
    // No role of its own: it would stay on the server when the database is dropped.
    open: () => postgres(url, { captureRole: false }),
    async settle() {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await skipNumbers((sql) => client.query(sql))
      await client.query('VACUUM ANALYZE')
      await client.query('CHECKPOINT')
      await client.end()
    },
    remove: drop,
  }
}
