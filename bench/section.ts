/** What every section of the benchmark gives, so that one runner prints them all. */

/** A part of the benchmark: one question, answered by measurements. */
export interface Section {
  /** As in `--only write-tax`. */
  readonly name: string
  readonly title: string
  /** Whether it runs when no section is named; true unless told. */
  readonly byDefault?: boolean
  run(options: BenchOptions): Promise<SectionResult>
}

export interface BenchOptions {
  /** How often each variant is measured. */
  rounds: number
  /** How long one measurement of one variant takes, in milliseconds. */
  sampleMs: number
  /** How long a section may take, in milliseconds, more or less: on a slow or busy machine there are fewer rounds. */
  budgetMs: number
  /** Tells people how far it is. */
  progress(text: string): void
}

export interface SectionResult {
  groups: Group[]
  /** What it ran on: versions and settings. */
  setting: Record<string, string>
  skipped: Skipped[]
  /** What is to be known to read the numbers. */
  notes: string[]
}

/** What could not be measured here, and why. */
export interface Skipped {
  what: string
  why: string
}

/** Variants that did the same work, measured in turns. The first one is what the others are compared with. */
export interface Group {
  title: string
  /** What is counted: rows, deliveries. */
  unit: string
  variants: VariantSamples[]
}

export interface VariantSamples {
  name: string
  /** Units a second, one for each round. */
  perSecond: number[]
  /**
   * The processor time of this process for one unit, in microseconds, one for each round; empty where another process does
   * the work. It tells less than the time that passes, but is much the same on a busy machine.
   */
  cpu: number[]
}
