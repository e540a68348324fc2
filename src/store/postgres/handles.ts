import type { Kysely } from 'kysely'
import { hasMethods } from '../handles.ts'

/** What hookwright uses of the npm package `pg`. Its types are not needed where it is not installed. */
export interface PgModule {
  Pool: new (config: object) => PgPool
}

/** A `pg.Pool`, as its types show it. */
export interface PgPoolHandle {
  readonly totalCount: number
  readonly options: object
  connect(): Promise<unknown>
  end(): Promise<void>
}

/** A `pg.Pool`, as it is. */
export interface PgPool {
  readonly options: PgConfig
  readonly Client: new (config: object) => PgClient
  connect(
    callback: (
      error: Error | undefined,
      client: PgClient | undefined,
      release: (fault?: Error) => void,
    ) => void,
  ): void
  query(sql: string, parameters?: unknown[]): Promise<PgResult>
  on(event: 'error', listener: (error: Error) => void): unknown
  end(): Promise<void>
}

export interface PgConfig {
  connectionString?: string | undefined
  host?: string | undefined
  port?: number | string | undefined
  database?: string | undefined
  user?: string | undefined
  password?: unknown
}

export interface PgClient {
  readonly host?: string
  readonly port?: number | string
  readonly database?: string
  connect(): Promise<unknown>
  query(query: PgQuery): Promise<PgResult | PgResult[]>
  on(event: 'error' | 'notification' | 'end', listener: (argument: never) => void): unknown
  off(event: 'error' | 'notification' | 'end', listener: (argument: never) => void): unknown
  end(): Promise<void>
}

/** @see https://node-postgres.com/apis/client#clientquery */
export interface PgQuery {
  text: string
  values?: unknown[]
  types?: { getTypeParser(oid: number, format?: string): (text: string) => unknown }
  query_timeout?: number
}

export interface PgResult {
  command: string
  rowCount: number | null
  rows: unknown[]
}

export function isPgPool(value: unknown): value is PgPool {
  return hasMethods(value, ['connect', 'query', 'end', 'on']) && 'totalCount' in value && 'options' in value
}

export function isKysely(value: unknown): value is Kysely<unknown> {
  return hasMethods(value, ['selectFrom', 'getExecutor', 'withPlugin', 'transaction'])
}
