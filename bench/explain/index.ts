import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createHooks, silentLogger } from 'hookwright'
import { postgres } from 'hookwright/postgres'
import pg from 'pg'
import { root } from '../../scripts/entries.ts'
import type { Store } from '../../src/store/store.ts'
import type { BenchOptions, Section, SectionResult } from '../section.ts'
import { compare } from '../statistics.ts'
import { findPostgres } from '../support/postgres.ts'
import { settle } from './fill.ts'
import { grow } from './growth.ts'
import { operationsOf } from './operations.ts'
import { Recorder } from './recorder.ts'
import { type Explained, reportOf } from './report.ts'

const PAGE = 'docs/performance/explain.md'
const TABLES = ['hook', 'subscription', 'event', 'delivery', 'attempt'] as const

/** The plans of all queries on a database of a million deliveries, and whether the claim grows with them. */
export const explain: Section = {
  name: 'explain',
  title: 'Plans on PostgreSQL',
  byDefault: false,
  async run(options) {
    const result: SectionResult = { groups: [], setting: {}, skipped: [], notes: [] }
    const server = await findPostgres()
    if ('missing' in server) {
      result.skipped.push({ what: 'query plans', why: server.missing })
      return result
    }
    result.setting.PostgreSQL = server.version
    const { url, drop } = await server.createDatabase()
    // No role of its own: it would stay on the server when the database is dropped.
    const store = postgres(url, { captureRole: false })
    const hooks = createHooks({ database: store, events: { 'book.added': null }, logger: silentLogger })
    const client = new pg.Client({ connectionString: url })
    try {
      await hooks.migrate()
      await client.connect()
      const { variants, pages } = await grow(store, client, options)
      const group = { title: 'claim of 200 deliveries', unit: 'claims', variants }
      result.groups.push(group)
      // Claims that were rolled back have left dead rows, which nobody has in real life.
      await settle(client)
      const explained = await plans(store, options)
      const file = join(root, PAGE)
      mkdirSync(dirname(file), { recursive: true })
      const report = {
        version: server.version,
        growth: compare(group),
        growthPages: pages,
        explained,
        counts: await countsOf(client),
      }
      writeFileSync(file, reportOf(report))
      result.notes.push(`The plans are in ${PAGE}.`)
    } finally {
      await client.end()
      await hooks.close()
      await drop()
    }
    return result
  },
}

async function plans(store: Store, { progress }: BenchOptions): Promise<Explained[]> {
  progress('asking for the plans')
  const recorder = new Recorder(store)
  const explained: Explained[] = []
  for (const { purpose, run } of operationsOf()) {
    await run(recorder.store)
    explained.push({ purpose, queries: recorder.take() })
  }
  return explained
}

async function countsOf(client: pg.Client): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const name of TABLES) {
    const { rows } = await client.query(`SELECT count(*)::int AS count FROM hookwright.${name}`)
    counts[name] = rows[0].count
  }
  return counts
}
