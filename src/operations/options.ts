import type { OwnersTable } from '../capture/index.ts'
import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import type { Telemetry } from '../core/telemetry.ts'
import { checkHookOption } from './hook-option.ts'

const OPTIONS = [
  'database',
  'models',
  'events',
  'owners',
  'hook',
  'authenticate',
  'authorize',
  'api',
  'allow',
  'deny',
  'connection',
  'dispatch',
  'signature',
  'encryptionKey',
  'maxPayloadBytes',
  'retention',
  'basePath',
  'docs',
  'dashboard',
  'logger',
  'telemetry',
]

/**
 * Checks of createHooks' options what no room checks for itself: their names, the database, the owners and the hook.
 *
 * @throws `option_invalid`, `database_invalid`
 */
export function checkOptions(options: unknown): void {
  refuseUnknownOptions(options, OPTIONS, '', 'createHooks has no such option')
  const {
    database,
    owners,
    hook = {},
    basePath,
    docs = 'private',
    ...others
  } = options as Readonly<Record<string, unknown>>
  if ('encryptionKey' in (options as object)) checkEncryptionKey(options as { encryptionKey?: unknown })
  checkDatabase(database)
  if (owners !== undefined) checkOwners(owners)
  checkTelemetry((options as { telemetry?: unknown }).telemetry)
  checkHookOption(hook)
  if (basePath !== undefined) checkBasePath(basePath)
  checkDocs(docs)
  for (const name of ['authenticate', 'authorize']) {
    const value = others[name]
    if (value === undefined || typeof value === 'function') continue
    const cure = 'Give a function, or leave it out'
    throw problem('option_invalid', { field: name, value, problem: 'it must be a function', cure })
  }
}

function checkDocs(docs: unknown): void {
  if (docs === 'private' || docs === 'public' || docs === false) return
  throw problem('option_invalid', {
    field: 'docs',
    value: docs,
    problem: "it must be 'private', 'public' or false",
    cure: "It is 'private' if left out: for those whom `authenticate` knows",
  })
}

/** A variable of the environment that is not set would end encryption without a word. */
function checkEncryptionKey({ encryptionKey }: { encryptionKey?: unknown }): void {
  if (encryptionKey !== undefined) return
  throw problem('option_invalid', {
    field: 'encryptionKey',
    value: encryptionKey,
    problem: 'it is there, and has no value',
    cure: 'Set the variable that it comes from, or leave the option out for no encryption',
  })
}

function checkDatabase(database: unknown): void {
  if (typeof database === 'object' && database !== null && 'dialect' in database && 'write' in database)
    return
  throw problem('database_invalid', {
    field: 'database',
    value: database,
    problem: 'it is no database that hookwright can use',
    cure: "Pass sqlite('app.db') from 'hookwright/sqlite'",
  })
}

function checkTelemetry(telemetry: unknown): void {
  if (telemetry === undefined) return
  const { send, attempt } = (telemetry ?? {}) as Partial<Record<keyof Telemetry, unknown>>
  if (typeof send === 'function' && typeof attempt === 'function') return
  throw problem('option_invalid', {
    field: 'telemetry',
    problem: 'it is none that hookwright can tell',
    cure: "Pass openTelemetry() from 'hookwright/opentelemetry'",
  })
}

function checkOwners(owners: unknown): void {
  const { table, key } = (owners ?? {}) as Partial<Record<keyof OwnersTable, unknown>>
  if (typeof table === 'string' && typeof key === 'string') return
  throw problem('option_invalid', {
    field: 'owners',
    value: owners,
    problem: 'it must name a table and its key',
    cure: "For example { table: 'user', key: 'id' }",
  })
}

function checkBasePath(basePath: unknown): void {
  if (typeof basePath === 'string' && !/^[a-z][a-z\d+.-]*:|[?#]/i.test(basePath)) return
  throw problem('option_invalid', {
    field: 'basePath',
    value: basePath,
    problem: 'it must be the path of a URL, without host and query',
    cure: "For example '/api/hooks'",
  })
}
