import type { BenchOptions, Section, SectionResult } from '../section.ts'
import { inChild } from '../support/child.ts'

/** Each with its share of the section's time: PostgreSQL is measured with one writer and with eight. */
const DATABASES = { 'node:sqlite': 0.25, 'better-sqlite3': 0.25, postgres: 0.5 }

/** What capture costs those who write: their rows a second, with and without triggers, and against the usual outbox. */
export const writeTax: Section = {
  name: 'write-tax',
  title: 'Write tax',
  async run(options) {
    const all: SectionResult = { groups: [], setting: {}, skipped: [], notes: [...NOTES] }
    for (const [database, share] of Object.entries(DATABASES)) {
      const budgetMs = options.budgetMs * share
      const { groups, setting, skipped } = await measureIn(database, { ...options, budgetMs })
      all.groups.push(...groups)
      all.skipped.push(...skipped)
      Object.assign(all.setting, setting)
    }
    return all
  },
}

const NOTES = [
  'Every variant has a database of its own and writes in explicit transactions on the application’s connection.',
  'A ratio of 0.90 is nine rows in the time of ten. The tax is what one row takes longer than without capture.',
  'CPU is the processor time of the whole process for one row, where SQLite runs in it: much the same on a busy machine.',
]

async function measureIn(database: string, options: BenchOptions): Promise<SectionResult> {
  try {
    return await inChild(new URL('./measure.child.ts', import.meta.url), [database], options)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { groups: [], setting: {}, skipped: [{ what: database, why }], notes: [] }
  }
}
