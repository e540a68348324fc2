import { interleave } from '../interleave.ts'
import type { BenchOptions, SectionResult } from '../section.ts'
import { budget } from '../support/budget.ts'
import { findPostgres } from '../support/postgres.ts'
import { postgresBed } from './postgres-bed.ts'
import { type OperationName, operations, variants } from './variants.ts'

const PLAN: readonly { operation: OperationName; writers: number; durable: boolean }[] = [
  { operation: 'insert', writers: 1, durable: true },
  { operation: 'insert', writers: 8, durable: true },
  { operation: 'bulk', writers: 1, durable: true },
  { operation: 'bulk', writers: 8, durable: true },
  { operation: 'update', writers: 1, durable: true },
  { operation: 'update', writers: 8, durable: true },
  { operation: 'insert', writers: 1, durable: false },
  { operation: 'insert', writers: 8, durable: false },
]

export async function measurePostgres(options: BenchOptions): Promise<SectionResult> {
  const share = budget(options.budgetMs, PLAN.length)
  const result: SectionResult = { groups: [], setting: {}, skipped: [], notes: [] }
  const server = await findPostgres()
  if ('missing' in server) {
    result.skipped.push({ what: 'PostgreSQL', why: server.missing })
    return result
  }
  result.setting.PostgreSQL = `${server.version}, synchronous_commit = on unless told, by pg`
  const databases: { drop(): Promise<void> }[] = []
  const made: Awaited<ReturnType<typeof postgresBed>>[] = []
  try {
    options.progress('PostgreSQL: making a database for each variant')
    for (const variant of variants) {
      const database = await server.createDatabase()
      databases.push(database)
      made.push(await postgresBed(database.url, variant))
    }
    for (const { operation, writers, durable } of PLAN) {
      const by = writers === 1 ? '1 writer' : `${writers} writers`
      const title = `PostgreSQL: ${operations[operation].title}, ${by}${durable ? '' : ', synchronous_commit = off'}`
      options.progress(title)
      const beds = await Promise.all(made.map(({ bed }) => bed(writers)))
      const measured = beds.map((bed) => ({
        name: bed.variant.name,
        measure: (ms: number) => bed.measure(operation, ms, durable),
      }))
      result.groups.push({
        title,
        unit: 'rows',
        variants: await interleave(measured, { ...options, budgetMs: share() }),
      })
      for (const bed of beds) await bed.close()
    }
  } finally {
    for (const { close } of made) await close()
    for (const { drop } of databases) await drop()
  }
  return result
}
