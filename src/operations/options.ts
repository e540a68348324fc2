import type { OwnersTable } from '../capture/index.ts'
import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import { checkHookOption } from './hook-option.ts'

const OPTIONS = [
  'database',
  'models',
  'events',
  'owners',
  'hook',
  'authenticate',
  'allow',
  'deny',
  'dispatch',
  'retention',
  'basePath',
  'docs',
  'logger',
]

/**
 * Checks of createHooks' options what no room checks for itself: their names, the database, the owners and the hook.
 *
 * @throws `option_invalid`, `database_invalid`
 */
export function checkOptions(options: unknown): void {
  refuseUnknownOptions(options, OPTIONS, '', 'createHooks has no such option')
  const { database, owners, hook = {}, docs = 'private' } = options as Partial<Record<string, unknown>>
  checkDatabase(database)
  if (owners !== undefined) checkOwners(owners)
  checkHookOption(hook)
  if (docs === 'private' || docs === 'public' || docs === false) return
  throw problem('option_invalid', {
    field: 'docs',
    value: docs,
    problem: "it must be 'private', 'public' or false",
    cure: "It is 'private' if left out: for those whom `authenticate` knows",
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
