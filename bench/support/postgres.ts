import pg from 'pg'

const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/postgres'

/** A server that databases can be made on. */
export interface PostgresServer {
  version: string
  createDatabase(): Promise<{ url: string; drop(): Promise<void> }>
}

/** The server that the environment names, or the one of this machine. @returns why there is none, otherwise */
export async function findPostgres(): Promise<PostgresServer | { missing: string }> {
  const { HOOKWRIGHT_BENCH_POSTGRES_URL, HOOKWRIGHT_TEST_POSTGRES_URL } = process.env
  const url = HOOKWRIGHT_BENCH_POSTGRES_URL ?? HOOKWRIGHT_TEST_POSTGRES_URL ?? DEFAULT_URL
  try {
    const { server_version: version } = await ask(url, 'SHOW server_version')
    return { version, createDatabase: () => createDatabase(url) }
  } catch (error) {
    const where = new URL(url).host
    return { missing: `no PostgreSQL at ${where} (${textOf(error)}); set HOOKWRIGHT_BENCH_POSTGRES_URL` }
  }
}

let made = 0
const toDrop = new Set<() => Promise<void>>()

/** Whoever breaks the benchmark off wants no databases left behind. */
function dropOnSignal(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void Promise.allSettled([...toDrop].map((drop) => drop())).then(() => process.exit(130))
    })
  }
}

async function createDatabase(serverUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  if (made === 0) dropOnSignal()
  made += 1
  const name = `hookwright_bench_${process.pid}_${made}`
  await ask(serverUrl, `CREATE DATABASE ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const drop = async () => {
    toDrop.delete(drop)
    await ask(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  }
  toDrop.add(drop)
  return { url: url.href, drop }
}

// biome-ignore lint/suspicious/noExplicitAny: a row of whatever was asked for
async function ask(url: string, sql: string): Promise<any> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 })
  await client.connect()
  try {
    return (await client.query(sql)).rows[0]
  } finally {
    await client.end()
  }
}

/** Where several addresses were tried, the error has no text of its own. */
function textOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string }
  return message || code || String(error)
}
