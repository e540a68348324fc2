import { createHooks, silentLogger } from 'hookwright'
import { noTelemetry } from '../../src/core/telemetry.ts'
import { Chore } from '../../src/operations/retention/chore.ts'
import { type Pruned, prune } from '../../src/operations/retention/prune.ts'
import { BACKGROUND_SHARE } from '../../src/operations/retention/pruner.ts'
import { retentionSettings } from '../../src/operations/retention/settings.ts'
import type { BenchOptions, Group, SectionResult } from '../section.ts'
import { median } from '../statistics.ts'
import { type Latencies, latencyBed } from '../support/latency.ts'
import { type TestBed, testBedOf } from '../support/test-bed.ts'
import { fillOld, OLD_DELIVERIES, OLD_EVENTS } from './fill.ts'

/** A percentile wants some hundreds of deliveries. */
const SHORTEST_SAMPLE_MS = 2_000
const WARM_UP_MS = 500

export async function measureRetention(database: string, options: BenchOptions): Promise<SectionResult> {
  const result: SectionResult = { groups: [], setting: {}, skipped: [], notes: [] }
  const bed = await testBedOf(database)
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
    await bed.settle(OLD_EVENTS)
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
  const context = {
    store,
    chore: new Chore(store, 'retention'),
    settings,
    clock: store.clock,
    telemetry: noTelemetry,
  }
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
