import type { TestProject } from 'vitest/node'
import { fitness } from './postgres-fitness.ts'
import { startPostgresServer } from './postgres-server.ts'

/** The PostgreSQL of a test run, or why there is none. */
export interface ProvidedPostgres {
  url?: string
  reason?: string
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: ProvidedPostgres
  }
}

interface Found extends ProvidedPostgres {
  close(): Promise<void>
}

/** Shared by vitest's projects, each of which loads this module for itself. */
const shared = globalThis as { [FOUND]?: Promise<Found> }
const FOUND = Symbol.for('hookwright.test.postgres')
const LOCAL = 'postgres://postgres@127.0.0.1:5432/postgres'

/** Looks for a PostgreSQL for the tests, or starts one; it is stopped when all tests have run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared[FOUND] ??= find()
  const { close, ...postgres } = await shared[FOUND]
  project.provide('postgres', postgres)
  return close
}

async function find(): Promise<Found> {
  const nothing = async () => {}
  const told = process.env.HOOKWRIGHT_TEST_POSTGRES_URL
  if (told !== undefined) {
    const unfit = await fitness(told)
    if (unfit === undefined) return { url: told, close: nothing }
    return { reason: `HOOKWRIGHT_TEST_POSTGRES_URL: ${unfit}`, close: nothing }
  }
  const unfit = await fitness(LOCAL)
  if (unfit === undefined) return { url: LOCAL, close: nothing }
  try {
    const server = await startPostgresServer({ settings: { max_connections: '200' } })
    return { url: server.url, close: () => server.close() }
  } catch (error) {
    return { reason: `${unfit}; ${error instanceof Error ? error.message : error}`, close: nothing }
  }
}
