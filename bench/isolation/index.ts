import type { BenchOptions, Section, SectionResult } from '../section.ts'
import { inChild } from '../support/child.ts'

const DATABASES = ['node:sqlite', 'postgres']

/** Whether healthy hooks wait longer while very much is pending for one whose target never answers. */
export const isolation: Section = {
  name: 'isolation',
  title: 'Isolation',
  async run(options) {
    const all: SectionResult = { groups: [], setting: {}, skipped: [], notes: [...NOTES] }
    for (const database of DATABASES) {
      const budgetMs = options.budgetMs / DATABASES.length
      const { groups, setting, skipped, notes } = await measureIn(database, { ...options, budgetMs })
      all.groups.push(...groups)
      all.skipped.push(...skipped)
      all.notes.push(...notes)
      Object.assign(all.setting, setting)
    }
    return all
  },
}

const NOTES = [
  'Speed is one divided by the time from `hooks.send` to the arrival at the target of a healthy hook: 0.50 is twice as long. The',
  'dispatcher, the sender and the target share one process. The dead hook has 100,000 deliveries that are due.',
]

async function measureIn(database: string, options: BenchOptions): Promise<SectionResult> {
  try {
    return await inChild(new URL('./measure.child.ts', import.meta.url), [database], options)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { groups: [], setting: {}, skipped: [{ what: database, why }], notes: [] }
  }
}
