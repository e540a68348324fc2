import pg from 'pg'

const OLDEST = 15

/** Why the server at `url` is no use to the tests; undefined if it is. */
export async function fitness(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(
      "SELECT current_setting('server_version_num')::int / 10000 AS version, rolcreatedb OR rolsuper AS creates FROM pg_roles WHERE rolname = current_user",
    )
    const { version, creates } = rows[0] as { version: number; creates: boolean }
    if (version < OLDEST)
      return `it is PostgreSQL ${version}, and ${OLDEST} is the oldest that hookwright supports`
    return creates ? undefined : 'its user may not create databases'
  } catch (error) {
    return error instanceof Error ? error.message || String((error as { code?: string }).code) : String(error)
  } finally {
    await client.end().catch(() => {})
  }
}
