import type { QueryResult } from 'kysely'
import { problem } from '../../core/errors.ts'
import type { PgClient, PgModule, PgPool, PgResult } from './handles.ts'
import type { PostgresSource, Session } from './session.ts'
import { ownTypes } from './values.ts'

export interface PgSourceOptions {
  /** How long a query may take, in milliseconds. The server's own timeouts do not help against a server that stands still. */
  queryTimeoutMs: number
}

/** Connections of a `pg.Pool` of the application's. It stays the application's: hookwright does not end it. */
export function poolSource(pool: PgPool, options: PgSourceOptions): PostgresSource {
  return { ...sourceOf(async () => pool, options), place: placeOf(pool.options), close: async () => {} }
}

export interface UrlSourceOptions extends PgSourceOptions {
  maxConnections: number
}

const LONGEST_CONNECTING_MS = 10_000

/** Connections that hookwright opens itself, with the npm package `pg`. */
export function urlSource(url: string, { maxConnections, ...options }: UrlSourceOptions): PostgresSource {
  let opening: Promise<PgPool> | undefined
  const config = {
    connectionString: url,
    max: maxConnections,
    application_name: 'hookwright',
    connectionTimeoutMillis: Math.min(LONGEST_CONNECTING_MS, options.queryTimeoutMs),
    keepAlive: true,
    // A script that has sent its event may end without closing anything.
    allowExitOnIdle: true,
  }

  async function open(): Promise<PgPool> {
    const { Pool } = await loadPg()
    const pool = new Pool(config)
    // An idle connection that breaks is gone from the pool already; unheard, its error would end the process.
    pool.on('error', () => {})
    return pool
  }

  return {
    ...sourceOf(() => {
      opening ??= open().catch((error) => {
        opening = undefined
        throw error
      })
      return opening
    }, options),
    place: placeOf({ connectionString: url }),
    async close() {
      const closing = opening
      opening = undefined
      await (await closing?.catch(() => undefined))?.end()
    },
  }
}

async function loadPg(): Promise<PgModule> {
  try {
    const { default: pg } = await import('pg')
    return pg as unknown as PgModule
  } catch (cause) {
    throw problem('database_invalid', {
      field: 'database',
      problem: 'postgres() opens a URL with the npm package "pg", which cannot be loaded',
      cure: 'Run `npm install pg`, or pass a Kysely instance on another driver',
      cause,
    })
  }
}

function sourceOf(
  pool: () => Promise<PgPool>,
  { queryTimeoutMs }: PgSourceOptions,
): Omit<PostgresSource, 'place' | 'close'> {
  return {
    async withSession(use) {
      const lent = await borrow(await pool())
      return await withClient(lent, (broken) => use(sessionOn(lent.client, queryTimeoutMs, broken)))
    },

    async listen(channel, onNotify, onEnd) {
      const { Client, options } = await pool()
      // A connection beside the pool: it must not take one from the application for good.
      const { password } = options
      // The password by its name: pools hide it from whoever copies their options.
      const client: PgClient = new Client({
        ...options,
        password,
        application_name: 'hookwright (listening)',
      })
      let ended = false
      const end = () => {
        if (ended) return
        ended = true
        onEnd()
      }
      client.on('error', end)
      client.on('end', end)
      client.on('notification', onNotify)
      try {
        await client.connect()
        unref(client)
        await client.query({ text: `LISTEN ${channel}`, query_timeout: queryTimeoutMs })
      } catch (error) {
        ended = true
        client.end().catch(() => {})
        throw error
      }
      return () => {
        ended = true
        client.end().catch(() => {})
      }
    },

    async queryAsApplication(sql, parameters) {
      return toQueryResult(await (await pool()).query(sql, [...parameters]))
    },
  }
}

/** Waiting for notifications keeps no process alive. */
function unref(client: PgClient): void {
  const { connection } = client as { connection?: { stream?: { unref?: () => void } } }
  connection?.stream?.unref?.()
}

interface Lent {
  client: PgClient
  /** The first thing that went wrong with it. */
  fault: Error | undefined
  note(error: unknown): void
  release(fault?: Error): void
}

/**
 * A client of the pool, listened to from the first moment on: a server that ends a session while it logs in says both at
 * once, and an error that nobody hears ends the process. Only the pool's callback comes early enough.
 */
function borrow(pool: PgPool): Promise<Lent> {
  return new Promise((resolve, reject) => {
    pool.connect((error, client, release) => {
      if (client === undefined || error !== undefined) return reject(error as Error)
      const lent: Lent = {
        client,
        fault: undefined,
        note(fault) {
          lent.fault ??= fault instanceof Error ? fault : new Error(String(fault))
        },
        release,
      }
      client.on('error', lent.note)
      resolve(lent)
    })
  })
}

async function withClient<T>(lent: Lent, use: (broken: (error: unknown) => void) => Promise<T>): Promise<T> {
  try {
    return await use(lent.note)
  } finally {
    lent.client.off('error', lent.note)
    lent.release(lent.fault)
  }
}

function sessionOn(client: PgClient, queryTimeoutMs: number, broken: (error: unknown) => void): Session {
  async function run(text: string, values?: unknown[]): Promise<PgResult | PgResult[]> {
    try {
      return await client.query({
        text,
        types: ownTypes,
        query_timeout: queryTimeoutMs,
        ...(values === undefined ? {} : { values }),
      })
    } catch (error) {
      // An error of the server's has an SQLSTATE and leaves the connection as it was, but for those that end it.
      const code = (error as { code?: unknown }).code
      if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^(57P0|08)/.test(code)) broken(error)
      throw error
    }
  }
  return {
    query: async (sql, parameters) => toQueryResult((await run(sql, [...parameters])) as PgResult),
    async script(statements) {
      await run(statements.join('; '))
    },
    async commit() {
      const { command } = (await run('COMMIT')) as PgResult
      if (command !== 'COMMIT') throw new Error('PostgreSQL rolled the transaction back at its commit')
    },
  }
}

function toQueryResult({ rows, rowCount }: PgResult): QueryResult<unknown> {
  return { rows, numAffectedRows: BigInt(rowCount ?? 0) }
}

/** `host:port/database`, never the password. */
function placeOf({ connectionString, host, port, database }: PgPool['options']): string {
  let url: URL | undefined
  try {
    if (connectionString !== undefined) url = new URL(connectionString)
  } catch {
    // A form that only pg understands.
  }
  const { PGHOST, PGPORT, PGDATABASE, PGUSER } = process.env
  const name =
    decodeURIComponent(url?.pathname.slice(1) ?? '') || database || PGDATABASE || PGUSER || 'postgres'
  return `${url?.hostname || url?.searchParams.get('host') || host || PGHOST || 'localhost'}:${url?.port || port || PGPORT || 5432}/${name}`
}
