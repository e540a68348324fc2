import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from 'hookwright/postgres'
import { sqlite } from 'hookwright/sqlite'
import pg from 'pg'
import type { Store } from '../../src/store/store.ts'
import { findPostgres } from './postgres.ts'

/** A new database, to be filled and measured. */
export interface TestBed {
  name: string
  version: string
  open(): Store
  /** After the database was filled, with events up to this number. */
  settle(lastSeq: number): Promise<void>
  remove(): Promise<void>
}

export function testBedOf(database: string): Promise<TestBed | { missing: string }> {
  return database === 'postgres' ? postgresBed() : sqliteBed()
}

async function sqliteBed(): Promise<TestBed> {
  const { DatabaseSync } = await import('node:sqlite')
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-bench-'))
  const handle = new DatabaseSync(':memory:')
  const { version } = handle.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  handle.close()
  return {
    name: 'node:sqlite',
    version: `SQLite ${version}, in ${tmpdir()}`,
    open: () => sqlite(join(folder, 'bench.db')),
    settle: async () => {},
    remove: async () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

async function postgresBed(): Promise<TestBed | { missing: string }> {
  const server = await findPostgres()
  if ('missing' in server) return server
  const { url, drop } = await server.createDatabase()
  return {
    name: 'PostgreSQL',
    version: server.version,
    // No role of its own: it would stay on the server when the database is dropped.
    open: () => postgres(url, { captureRole: false }),
    async settle(lastSeq) {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      // The numbers of events that were given by hand must not come again.
      await client.query("SELECT setval(pg_get_serial_sequence('hookwright.event', 'seq'), $1)", [
        lastSeq + 1,
      ])
      await client.query('VACUUM ANALYZE')
      await client.query('CHECKPOINT')
      await client.end()
    },
    remove: drop,
  }
}
