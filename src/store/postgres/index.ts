import type { Kysely } from 'kysely'
import { problem } from '../../core/errors.ts'
import { refuseUnknownOptions } from '../../core/options.ts'
import { kindOf } from '../handles.ts'
import { isKysely, isPgPool, type PgPoolHandle } from './handles.ts'
import { kyselySource } from './kysely-source.ts'
import { poolSource, urlSource } from './pg-source.ts'
import type { PostgresSource } from './session.ts'
import { PostgresStore } from './store.ts'

export type { PgPoolHandle } from './handles.ts'
export type { PostgresStore } from './store.ts'

export interface PostgresOptions {
  /** The schema of hookwright's own tables: `hookwright` unless told. */
  schema?: string
  /** The most connections that hookwright opens where it is given a URL: 10 unless told. */
  maxConnections?: number
  /** How long hookwright waits for a lock that somebody else holds, in milliseconds (30,000 by default). */
  patienceMs?: number
  /**
   * How often a dispatcher looks for something new while there is something to do, in milliseconds: 5 unless told. After two
   * seconds without anything it sleeps until it is notified.
   */
  pollMs?: number
  /**
   * The role that owns the functions of the triggers: `hookwright_capture` unless told. It can do nothing but note events.
   * It is made where the role that migrates may make roles; otherwise, and with `false`, that role owns them itself.
   */
  captureRole?: string | false
}

const OPTIONS = ['schema', 'maxConnections', 'patienceMs', 'pollMs', 'captureRole']

/**
 * hookwright's store on PostgreSQL, 15 or newer, in a schema of its own. A URL is opened with the npm package `pg`; a
 * `pg.Pool` or a Kysely instance of the application's is used as it is, and stays the application's to close.
 *
 * Nothing is opened before it is used.
 *
 * @throws `database_invalid` for anything else, `option_invalid`
 * @example
 * ```ts
 * createHooks({ database: postgres('postgres://app@db.internal/shop'), … })
 * createHooks({ database: postgres(pool), … }) // a pg.Pool
 * createHooks({ database: postgres(db), … }) // a Kysely instance, on any driver for PostgreSQL
 * ```
 */
export function postgres(
  // biome-ignore lint/suspicious/noExplicitAny: the tables are the application's own
  database: string | URL | PgPoolHandle | Kysely<any>,
  options: PostgresOptions = {},
): PostgresStore {
  // Whoever looks here for what the driver takes may give a password.
  refuseUnknownOptions(options, OPTIONS, 'postgres', undefined, false)
  const schema = schemaName(options.schema ?? 'hookwright')
  const patienceMs = positive(options, 'patienceMs', 30_000)
  const pollMs = positive(options, 'pollMs', 5)
  const maxConnections = positive(options, 'maxConnections', 10)
  const captureRole = roleName(options.captureRole ?? 'hookwright_capture')
  const source = sourceOf(database, { maxConnections, queryTimeoutMs: Math.max(patienceMs, 1_000) })
  return new PostgresStore(source, { schema, patienceMs, pollMs, captureRole })
}

function sourceOf(
  database: unknown,
  { maxConnections, queryTimeoutMs }: { maxConnections: number; queryTimeoutMs: number },
): PostgresSource {
  if (typeof database === 'string' || database instanceof URL) {
    const url = String(database)
    if (/^postgres(ql)?:\/\//.test(url)) return urlSource(url, { maxConnections, queryTimeoutMs })
    throw problem('database_invalid', {
      field: 'database',
      problem: 'postgres() takes a URL that begins with postgres://',
      cure: "For example postgres('postgres://user@localhost:5432/app')",
    })
  }
  if (isKysely(database)) return kyselySource(database, { queryTimeoutMs })
  if (isPgPool(database)) return poolSource(database, { queryTimeoutMs })
  throw problem('database_invalid', {
    field: 'database',
    problem: `postgres() takes a URL, a pg.Pool or a Kysely instance, not ${kindOf(database)}`,
    cure: 'A single pg.Client cannot be shared: give the pool, or the URL',
  })
}

/** PostgreSQL keeps 63 bytes of a name. */
const LONGEST_NAME = 63

function schemaName(schema: unknown): string {
  if (
    typeof schema === 'string' &&
    schema !== '' &&
    Buffer.byteLength(schema) <= LONGEST_NAME &&
    !/^pg_|\0|^information_schema$|^public$/.test(schema)
  ) {
    return schema
  }
  throw problem('option_invalid', {
    field: 'postgres.schema',
    value: schema,
    problem: 'it cannot be the name of a schema of its own',
    cure: "Leave it out for 'hookwright', or name another one that hookwright has for itself",
  })
}

function roleName(role: unknown): string | false {
  if (role === false) return false
  if (
    typeof role === 'string' &&
    role !== '' &&
    Buffer.byteLength(role) <= LONGEST_NAME &&
    !/^pg_|\0/.test(role)
  )
    return role
  throw problem('option_invalid', {
    field: 'postgres.captureRole',
    value: role,
    problem: 'it cannot be the name of a role',
    cure: 'Leave it out, name a role, or write false',
  })
}

function positive(
  options: PostgresOptions,
  name: 'patienceMs' | 'pollMs' | 'maxConnections',
  fallback: number,
): number {
  const value = options[name] ?? fallback
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw problem('option_invalid', {
    field: `postgres.${name}`,
    value,
    problem: 'it must be a whole number above 0',
    cure: `It is ${fallback} if left out`,
  })
}
