import { problem } from '../../core/errors.ts'
import { runStatement, type Statement } from '../sqlite/statement.ts'
import { runSync } from '../work.ts'
import type { SyncTx, TxQuery } from './tx.ts'

/**
 * The transaction that is open on a synchronous handle.
 *
 * @throws `transaction_invalid` when none is open
 */
export function syncTx(library: string, isOpen: () => boolean, prepare: (sql: string) => Statement): SyncTx {
  function execute({ sql, parameters }: TxQuery): ReturnType<SyncTx['execute']> {
    // Again at each statement: once it has ended, what follows would be committed by itself, though it was rolled back.
    requireOpen(isOpen(), library)
    return runStatement(prepare(sql), parameters)
  }
  requireOpen(isOpen(), library)
  return { mode: 'sync', dialect: 'sqlite', library, execute, run: (work) => runSync(work, execute) }
}

function requireOpen(open: boolean, library: string): void {
  if (open) return
  throw problem('transaction_invalid', {
    field: 'tx',
    problem: `no transaction is open on this ${library} handle, or it has ended`,
    cure: 'Call inside a transaction, before anything is awaited there; or leave `tx` out',
  })
}
