import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import { type Owner, scopeOf } from '../hooks/index.ts'

export interface ReplayOptions {
  /** One hook; all, or all of the owner, if left out. */
  hookId?: number
  /** Another owner's hooks are then as good as missing. */
  owner?: Owner
  /** Events since this time. Those that are older than 30 days are left out in any case. */
  since: Date
  /** Events before this time; to the newest unless told. */
  until?: Date
  /**
   * `failed`: deliveries that have failed; so unless told. `missed`: whatever one hook did not get, which is also deliveries
   * that were cancelled, and events that it had no delivery of although it listens to them now.
   */
  what?: 'failed' | 'missed'
  /** Only counts. */
  dryRun?: boolean
}

/** What is to be done, checked. */
export interface ReplayTask {
  hookId: number | undefined
  /** As the database keeps it. */
  owner: string | undefined
  /** Milliseconds since the epoch. */
  since: number
  until: number | undefined
  what: 'failed' | 'missed'
  dryRun: boolean
}

const KNOWN = ['hookId', 'owner', 'since', 'until', 'what', 'dryRun']

/** @throws `option_invalid`, `owner_missing`, `hook_invalid` */
export function checkReplay(options: ReplayOptions): ReplayTask {
  refuseUnknownOptions(options, KNOWN, 'replay')
  const { hookId, since, until, what = 'failed', dryRun = false } = options
  if (what !== 'failed' && what !== 'missed') {
    throw wrong('what', what, 'there is nothing of that kind to replay', "Pass 'failed' or 'missed'")
  }
  if (hookId !== undefined && !Number.isSafeInteger(hookId)) {
    throw wrong('hookId', hookId, "a hook's id is a number", 'Pass Number(id)')
  }
  if (what === 'missed' && hookId === undefined) {
    throw wrong('hookId', hookId, 'what was missed is replayed for one hook', 'Pass the id of the hook')
  }
  if (typeof dryRun !== 'boolean') throw wrong('dryRun', dryRun, 'it must be true or false')
  return {
    hookId,
    owner: scopeOf(options),
    since: checkTime('replay.since', since),
    until: until === undefined ? undefined : checkTime('replay.until', until),
    what,
    dryRun,
  }
}

/** A time in milliseconds since the epoch. @throws `option_invalid` */
export function checkTime(field: string, time: unknown): number {
  if (time instanceof Date && !Number.isNaN(time.getTime())) return time.getTime()
  throw problem('option_invalid', {
    field,
    value: time,
    problem: 'it must be a date',
    cure: 'For example new Date(Date.now() - 3_600_000), an hour ago',
  })
}

function wrong(name: string, value: unknown, fault: string, cure?: string): Error {
  const details = { field: `replay.${name}`, value, problem: fault }
  return problem('option_invalid', cure === undefined ? details : { ...details, cure })
}
