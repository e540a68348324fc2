import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { createTestDatabase, describePostgres } from './postgres.ts'
import { startPostgresServer } from './postgres-server.ts'

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 500 })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query({ text: sql, query_timeout: 500 } as pg.QueryConfig)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

describePostgres('a database for a test', () => {
  it('is empty, is its own, and is gone when it was dropped', async () => {
    const [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()])
    expect(a.name).not.toBe(b.name)
    expect(await ask(a.url, 'SELECT current_database() AS name')).toEqual([{ name: a.name }])
    expect(await ask(b.url, "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toEqual([])
    await Promise.all([a.drop(), b.drop()])
    await expect(ask(a.url, 'SELECT 1')).rejects.toThrow('does not exist')
  })

  it('is one of a server that can be crashed, suspended and started again', async () => {
    const server = await startPostgresServer({ settings: { max_connections: '17' } })
    onTestFinished(() => server.close())
    expect(await ask(server.url, 'SHOW max_connections')).toEqual([{ max_connections: '17' }])
    await ask(server.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    await server.stop('immediate')
    await expect(ask(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
    await server.start()
    expect(server.log()).toContain('automatic recovery in progress')
    expect(await ask(server.url, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
    server.suspend()
    await expect(ask(server.url, 'SELECT 1')).rejects.toThrow('timeout')
    server.resume()
    expect(await ask(server.url, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
  })
})
