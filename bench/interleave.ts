import type { VariantSamples } from './section.ts'

/** Something that can be measured. */
export interface Variant {
  name: string
  /** Works for so many milliseconds. */
  measure(ms: number): Promise<Sample>
}

export interface Sample {
  /** Units a second. */
  perSecond: number
  /** Processor time of this process for one unit, in microseconds, if that says anything. */
  cpu?: number
}

/** Code is compiled and caches are filled before anything counts. */
const WARM_UP_SHARE = 0.5

/** Fewer say nothing about how far they are apart. */
const FEWEST_ROUNDS = 2

/**
 * Measures variants in turns, A B C, B C A, C A B, …: whatever else the machine does meanwhile falls on all of them, and none
 * always comes first.
 *
 * @param rounds how often each is measured; fewer times where that takes longer than `budgetMs`
 * @param sampleMs how long each measurement takes, in milliseconds
 */
export async function interleave(
  variants: readonly Variant[],
  { rounds, sampleMs, budgetMs }: { rounds: number; sampleMs: number; budgetMs: number },
): Promise<VariantSamples[]> {
  const end = performance.now() + budgetMs
  const samples = variants.map(({ name }) => ({ name, perSecond: [] as number[], cpu: [] as number[] }))
  for (const { measure } of variants) await measure(sampleMs * WARM_UP_SHARE)
  for (let round = 0; round < rounds; round += 1) {
    if (round >= FEWEST_ROUNDS && performance.now() >= end) break
    for (let turn = 0; turn < variants.length; turn += 1) {
      const at = (round + turn) % variants.length
      const sample = await variants[at]?.measure(sampleMs)
      // In the order of the rounds for every variant: the ratios are taken round by round.
      if (sample !== undefined) samples[at]?.perSecond.push(sample.perSecond)
      if (sample?.cpu !== undefined) samples[at]?.cpu.push(sample.cpu)
    }
  }
  return samples
}
