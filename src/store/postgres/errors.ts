import { HookwrightError, messageOf, problem } from '../../core/errors.ts'

/** A serialization failure, or a deadlock: the same transaction may go through when it is tried again. */
const REPEATABLE = new Set(['40001', '40P01'])
const LOCK_NOT_AVAILABLE = '55P03'

/** Node's names for a connection that did not come about, or broke. */
const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN|ENOENT|ECONNABORTED)$/
/** What `pg` says where it has no code. */
const NETWORK_MESSAGES =
  /Connection terminated|Connection ended|connection error and is not queryable|timeout exceeded when trying to connect|Query read timeout|Client was closed|rolled the transaction back at its commit/i

/** An error's SQLSTATE or code of Node's. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

export function isRepeatable(error: unknown): boolean {
  return REPEATABLE.has(codeOf(error))
}

/** Whether somebody else held a lock for too long. */
export function isLocked(error: unknown): boolean {
  return codeOf(error) === LOCK_NOT_AVAILABLE
}

/** Whether the connection is of no use any more, or none came about. */
export function isConnectionFault(error: unknown): boolean {
  const code = codeOf(error)
  // 57P01 to 57P05: the server ends, has crashed, starts, or has ended the session. 25P03: idle in a transaction.
  return (
    NETWORK.test(code) ||
    /^(08|57P0)/.test(code) ||
    code === '25P03' ||
    (code === '' && NETWORK_MESSAGES.test(messageOf(error)))
  )
}

/** An error of PostgreSQL as the users of a store are to see it. */
export function explainError(error: unknown, place: string, schema: string): unknown {
  if (error instanceof HookwrightError) return error
  const code = codeOf(error)
  const message = messageOf(error) || code
  if (isConnectionFault(error)) {
    return problem('database_unavailable', {
      problem: `the database ${place} cannot be reached: ${message}`,
      cure: 'Nothing is lost; try again once it is there',
      cause: error,
    })
  }
  // Too many connections, no disk space, no memory: it passes.
  if (/^53/.test(code)) {
    return problem('database_unavailable', {
      problem: `the database ${place} has no room at the moment: ${message}`,
      cure: 'Nothing is lost; give it disk space, memory or connections, and try again',
      cause: error,
    })
  }
  if (/^(28|3D000)/.test(code)) {
    return problem('database_invalid', {
      field: 'database',
      value: place,
      problem: `PostgreSQL does not let hookwright in: ${message}`,
      cure: 'Check the user, the password and the name of the database',
      cause: error,
    })
  }
  if (isLocked(error) || code === '57014') {
    return problem('database_busy', {
      problem: `the database ${place} did not answer in time: ${message}`,
      cure: 'Look for a transaction that is held open (pg_stat_activity), or raise `patienceMs` of postgres()',
      cause: error,
    })
  }
  if ((code === '42P01' || code === '3F000' || code === '42883') && message.includes(schema)) {
    return problem('database_outdated', {
      problem: message,
      cure: 'Run `await hooks.migrate()`',
      cause: error,
    })
  }
  if (code === '42501') {
    return problem('database_invalid', {
      field: 'database',
      value: place,
      problem: `the database's user may not do that: ${message}`,
      cure: `Let the user of postgres() own the schema "${schema}", and the captured tables for migrate()`,
      cause: error,
    })
  }
  return error
}
