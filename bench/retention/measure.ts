import { createHooks, silentLogger } from 'hookwright'
import type { BenchOptions, Group, SectionResult } from '../section.ts'
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

/** In turns, so that what else the machine does falls on both. */
async function compare(
  { name, open }: TestBed,
  { rounds, sampleMs, budgetMs }: BenchOptions,
): Promise<{ groups: Group[]; note: string }> {
  const { hooks, measure, close } = await latencyBed(open())
  const removed = { deliveries: 0, events: 0, ms: 0 }
  const ms = Math.max(sampleMs, SHORTEST_SAMPLE_MS)
  const variants = [
    { name: 'no sweep', samples: [] as Latencies[], measure: () => measure(ms) },
    {
      name: 'sweep',
      samples: [] as Latencies[],
      measure: async () => {
        const [latencies, pruned] = await Promise.all([measure(ms), hooks.prune({ deadlineMs: ms })])
        removed.deliveries += pruned.deliveries
        removed.ms += ms
        if (pruned.finished) throw new Error('there was too little to remove for so many rounds')
        return latencies
      },
    },
  ]
  try {
    await measure(WARM_UP_MS)
    const end = performance.now() + budgetMs
    for (let round = 0; round < rounds && (round < 2 || performance.now() < end); round += 1) {
      for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
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
  const perSecond = Math.round((removed.deliveries / removed.ms) * 1000).toLocaleString('en-US')
  return {
    groups,
    note: `${name}: the sweep removed ${perSecond} deliveries a second, and as many attempts.`,
  }
}
