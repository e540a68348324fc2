import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { describe, inject, it } from 'vitest'
import type {} from './postgres-setup.ts'

export interface TestDatabaseOfPostgres {
  url: string
  name: string
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>
}

const { url: serverUrl, reason = 'vitest ran without test/support/postgres-setup.ts' } =
  inject('postgres') ?? {}
const required = process.env.HOOKWRIGHT_REQUIRE_SERVICES === '1'

/** Whether the tests have a PostgreSQL: see postgres-setup.ts. */
export const postgresAvailable = serverUrl !== undefined

/**
 * `describe` for what needs PostgreSQL. Where there is none it is skipped, and told why; where services are required
 * (HOOKWRIGHT_REQUIRE_SERVICES=1) it fails.
 */
export function describePostgres(name: string, define: () => void): void {
  if (postgresAvailable) describe(name, define)
  else withoutService(name, `PostgreSQL: ${reason}`)
}

/** What stands in the place of tests whose service is missing. */
export function withoutService(name: string, missing: string): void {
  if (!required) console.warn(`skipped: ${name} (${missing})`)
  describe.skipIf(!required)(`${name} (skipped: ${missing})`, () => {
    it('needs a service', () => {
      throw new Error(`HOOKWRIGHT_REQUIRE_SERVICES is set, and there is none. ${missing}`)
    })
  })
}

/**
 * A fresh, empty database on the tests' server. Databases that processes of this machine have left behind are removed.
 *
 * @example
 * ```ts
 * const { url, drop } = await createTestDatabase()
 * onTestFinished(drop)
 * ```
 */
export async function createTestDatabase(): Promise<TestDatabaseOfPostgres> {
  const name = `hw_${process.pid}_${randomBytes(4).toString('hex')}`
  await asAdmin(async (client) => {
    await removeLeftovers(client)
    // Unlike template1, nobody can be connected to it, which would be in the way.
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0`)
  })
  const url = new URL(adminUrl())
  url.pathname = `/${name}`
  return {
    url: url.href,
    name,
    drop: () =>
      asAdmin(async (client) => {
        await disconnected(client, name)
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      }),
  }
}

function adminUrl(): string {
  if (serverUrl === undefined) throw new Error(`There is no PostgreSQL for the tests: ${reason}`)
  return serverUrl
}

async function asAdmin(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl() })
  client.on('error', () => {})
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

const LONGEST_GOODBYE_MS = 2_000

/**
 * Waits until those who have said that they go are gone: a pool has ended before its sockets have, and a client whose server
 * process is ended then throws where nobody can catch it. Whoever stays is put out.
 */
async function disconnected(client: pg.Client, name: string): Promise<void> {
  const end = performance.now() + LONGEST_GOODBYE_MS
  while (performance.now() < end) {
    const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name])
    if (rowCount === 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

let looked = false

async function removeLeftovers(client: pg.Client): Promise<void> {
  if (looked) return
  looked = true
  const { rows } = await client.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE datname ~ '^hw_[0-9]+_[0-9a-f]{8}$'",
  )
  for (const { datname } of rows) {
    if (lives(Number(datname.split('_')[1]))) continue
    // Somebody connected to it may sit on another machine, where that process lives.
    await client.query(`DROP DATABASE IF EXISTS ${datname}`).catch(() => {})
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
