import type { BenchOptions, SectionResult } from '../section.ts'
import { inChild } from './child.ts'

/**
 * Runs a section's program once for each database, in a process of its own, and puts together what they give. A database that
 * cannot be measured is skipped, with the reason.
 *
 * @param program gets the name of the database and the options, see `inChild`
 * @param shares each database's share of the section's time
 */
export async function inEachDatabase(
  program: URL,
  shares: Readonly<Record<string, number>>,
  options: BenchOptions,
  notes: readonly string[],
): Promise<SectionResult> {
  const all: SectionResult = { groups: [], setting: {}, skipped: [], notes: [...notes] }
  for (const [database, share] of Object.entries(shares)) {
    const budgetMs = options.budgetMs * share
    const part = await measureIn(program, database, { ...options, budgetMs })
    all.groups.push(...part.groups)
    all.skipped.push(...part.skipped)
    all.notes.push(...part.notes)
    Object.assign(all.setting, part.setting)
  }
  return all
}

async function measureIn(program: URL, database: string, options: BenchOptions): Promise<SectionResult> {
  try {
    return await inChild(program, [database], options)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { groups: [], setting: {}, skipped: [{ what: database, why }], notes: [] }
  }
}
