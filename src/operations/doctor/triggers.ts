import type { CaptureDrift, DriftKind } from '../../capture/index.ts'
import type { DoctorContext } from './context.ts'
import { countText, type Found } from './finding.ts'

/** Compares the triggers with the catalog, as capture does itself. */
export async function checkTriggers({ capture }: DoctorContext): Promise<Found[]> {
  const all = await capture.check()
  // Where our own tables are gone, everything else follows from that.
  const missing = all.filter(({ problem }) => problem === 'store_missing')
  const drift = missing.length > 0 ? missing : all
  if (drift.length > 0) return drift.map(toFinding)
  const changes = await capture.plan()
  if (changes.length > 0) {
    return [
      {
        code: 'not_wanted',
        state: 'warning',
        message: `The triggers do all that the events of this process want, and more: migrate() would run ${countText(changes.length, 'statement')}.`,
        cure: 'If no other process with other events uses this database, run `hookwright migrate`.',
        details: { statements: changes },
      },
    ]
  }
  return [{ code: 'installed', state: 'ok', message: 'The triggers are as the catalog wants them.' }]
}

const INSTALL = 'Run `hookwright migrate`; a dispatcher that runs repairs it by itself within a second.'
const CURES: Partial<Record<DriftKind, string>> = {
  store_missing: INSTALL,
  missing: `${INSTALL} If they vanish again, a schema tool drops them: let it ignore what is hookwright's.`,
  outdated: INSTALL,
  conflict:
    'Run `hookwright migrate` with the newer hooks file, and restart the processes that have the older one.',
  name_taken: 'Rename the trigger of the application.',
}

function toFinding({ problem, model, table, message, repairable }: CaptureDrift): Found {
  const cure = CURES[problem]
  return {
    code: problem,
    state: 'error',
    message,
    // The message of a model that does not fit says it itself.
    ...(cure !== undefined && { cure }),
    details: { model, table, repairable },
  }
}
