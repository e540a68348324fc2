import pg from 'pg'
import { describe } from 'vitest'

const ADMIN = process.env.HOOKWRIGHT_TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
let made = 0

/** Preliminary: helper F replaces this file. */
export async function createTestDatabase(): Promise<{ url: string; name: string; drop(): Promise<void> }> {
  made += 1
  const name = `hw_${process.pid}_${made}`
  const admin = async (sql: string) => {
    const client = new pg.Client({ connectionString: ADMIN })
    await client.connect()
    await client.query(sql)
    await client.end()
  }
  await admin(`CREATE DATABASE ${name}`)
  const url = new URL(ADMIN)
  url.pathname = `/${name}`
  return { url: url.href, name, drop: () => admin(`DROP DATABASE ${name} WITH (FORCE)`) }
}

export const describePostgres = describe
