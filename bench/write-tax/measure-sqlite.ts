import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Database } from 'better-sqlite3'
import { interleave } from '../interleave.ts'
import type { BenchOptions, SectionResult } from '../section.ts'
import { budget } from '../support/budget.ts'
import type { Bed } from './bed.ts'
import { sqliteBed } from './sqlite-bed.ts'
import { type OperationName, operations, variants } from './variants.ts'

const PLAN: readonly { operation: OperationName; durable: boolean }[] = [
  { operation: 'insert', durable: true },
  { operation: 'bulk', durable: true },
  { operation: 'update', durable: true },
  { operation: 'insert', durable: false },
]

/** One of the two libraries: both in one process would corrupt the files. */
export async function measureSqlite(
  library: 'node:sqlite' | 'better-sqlite3',
  options: BenchOptions,
): Promise<SectionResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-bench-'))
  const share = budget(options.budgetMs, PLAN.length)
  const result: SectionResult = { groups: [], setting: {}, skipped: [], notes: [] }
  const beds: Bed[] = []
  try {
    options.progress(`${library}: making a file for each variant`)
    const open = await opener(library)
    for (const variant of variants) {
      if (variant.notified) continue
      beds.push(await sqliteBed(open(join(folder, `${beds.length}.db`)), variant))
    }
    for (const { operation, durable } of PLAN) {
      const title = `${library}: ${operations[operation].title}${durable ? '' : ', synchronous = NORMAL'}`
      options.progress(title)
      const measured = beds.map((bed) => ({
        name: bed.variant.name,
        measure: (ms: number) => bed.measure(operation, ms, durable),
      }))
      result.groups.push({
        title,
        unit: 'rows',
        variants: await interleave(measured, { ...options, budgetMs: share() }),
      })
    }
    result.setting[library] = await versionOf(library)
  } finally {
    for (const bed of beds) await bed.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  return result
}

async function opener(library: string): Promise<(path: string) => DatabaseSync | Database> {
  if (library === 'node:sqlite') {
    const { DatabaseSync } = await import('node:sqlite')
    return (path) => new DatabaseSync(path)
  }
  const { default: BetterSqlite3 } = await import('better-sqlite3')
  return (path) => new BetterSqlite3(path)
}

async function versionOf(library: string): Promise<string> {
  const handle = (await opener(library))(':memory:')
  const { version } = handle.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  handle.close()
  return `SQLite ${version}, WAL, synchronous = FULL unless told, in ${tmpdir()}`
}
