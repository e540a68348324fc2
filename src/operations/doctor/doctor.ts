import { hasCode, messageOf } from '../../core/errors.ts'
import { inTime } from '../../core/in-time.ts'
import { refuseUnknownOptions, wholeNumber } from '../../core/options.ts'
import { checkClock, checkFuture } from './clock.ts'
import type { DoctorContext, Examination } from './context.ts'
import { checkDatabase } from './database.ts'
import type { CheckName, Finding, Found } from './finding.ts'
import { type HookScan, lookThroughHooks } from './hook-scan.ts'
import { checkHooks } from './hooks.ts'
import { checkSettings, checkStored } from './settings.ts'
import { checkTriggers } from './triggers.ts'
import { checkWorkers } from './workers.ts'

export interface DoctorOptions {
  /** How long each check may take, in milliseconds: 5,000 unless told. They run side by side. */
  timeoutMs?: number
}

type Check = (context: Examination) => Promise<Found[]>

/** What asks the database for more than whether it is there. */
const CHECKS: readonly [CheckName, Check][] = [
  ['triggers', checkTriggers],
  ['clock', checkClock],
  ['clock', checkFuture],
  ['workers', checkWorkers],
  ['hooks', checkHooks],
  ['settings', checkSettings],
  ['settings', checkStored],
]

const DEFAULT_TIMEOUT_MS = 5_000

/**
 * Looks at everything and changes nothing. A check that fails or hangs says so itself and stops no other.
 *
 * @throws `option_invalid`, and nothing else
 */
export async function examine(context: DoctorContext, options: DoctorOptions = {}): Promise<Finding[]> {
  refuseUnknownOptions(options, ['timeoutMs'], 'doctor')
  const timeoutMs = wholeNumber(options.timeoutMs, 'doctor.timeoutMs', DEFAULT_TIMEOUT_MS)
  let scanning: Promise<HookScan> | undefined
  const scan = () => {
    scanning ??= lookThroughHooks(context.store)
    return scanning
  }
  const run = (name: CheckName, check: Check) => runCheck(name, check, { ...context, scan }, timeoutMs)
  const database = await run('database', checkDatabase)
  // Each of the others would wait as long, only to say the same.
  const isReachable = !database.some(({ code }) => UNREACHABLE.has(code))
  const checks = isReachable ? CHECKS : ([['settings', checkSettings]] as const)
  const isOutdated = database.some(({ code }) => code === 'migration_pending')
  const others = await Promise.all(checks.map(([name, check]) => run(name, check)))
  // Without tables there is nothing to count, which was said already.
  const told = others.flat().filter(({ code }) => !(isOutdated && code === 'tables_missing'))
  return [...database, ...told]
}

const UNREACHABLE: ReadonlySet<string> = new Set(['unusable', 'check_failed', 'check_late'])

async function runCheck(
  check: CheckName,
  run: Check,
  context: Examination,
  timeoutMs: number,
): Promise<Finding[]> {
  const late: Found = {
    code: 'check_late',
    state: 'error',
    message: `This was not found out within ${timeoutMs} ms.`,
    cure: 'Look whether the database stands still, or is busy with something else: long queries, locks, a full disk.',
  }
  // A check may throw before it waits for anything.
  const found = new Promise<Found[]>((resolve) => resolve(run(context))).catch(failed)
  return (await inTime(found, timeoutMs, [late])).map((one) => ({ check, ...one }))
}

function failed(error: unknown): Found[] {
  const code = hasCode(error, 'database_outdated') ? 'tables_missing' : 'check_failed'
  return [{ code, state: 'error', message: `This could not be found out: ${messageOf(error)}` }]
}
