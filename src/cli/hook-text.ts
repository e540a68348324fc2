import type { Hook } from '../hooks/index.ts'
import type { HookHealth } from '../operations/index.ts'
import type { Output } from './output.ts'
import type { Cell } from './table.ts'
import { spanOf, stampOf } from './times.ts'

export const HOOK_COLUMNS = [
  { title: 'ID', align: 'right' },
  { title: 'OWNER' },
  { title: 'STATE' },
  { title: 'EVENTS', shrinks: true },
  { title: 'TARGET', shrinks: true },
  { title: 'CREATED' },
] as const

/** A hook as a row of a table. */
export function hookRow(hook: Hook, isFailing: boolean): Cell[] {
  return [
    hook.id,
    hook.owner,
    stateCell(hook.disabledAt !== null ? 'disabled' : isFailing ? 'failing' : 'enabled'),
    hook.events.join(', '),
    hook.target,
    stampOf(hook.createdAt),
  ]
}

/** What a hook is, one thing a line. */
export function hookText(hook: Hook, health: HookHealth | undefined, out: Output): string {
  const own = hook as Hook & Record<string, unknown>
  const fields = Object.keys(own).filter((name) => !KNOWN.has(name))
  const rows: Cell[][] = [
    ['Id', hook.id],
    ['Owner', hook.owner],
    ['Events', hook.events.join(', ')],
    ['Target', hook.target],
    ['State', stateCell(hook.disabledAt !== null ? 'disabled' : (health?.state ?? 'enabled'))],
    ...disabledRows(hook),
    ...healthRows(health),
    ...(hook.ordered ? [['Ordered', 'one delivery at a time, in the order of the events']] : []),
    ...(hook.rateLimit === null ? [] : [['Rate limit', `${hook.rateLimit} a second`]]),
    ...(hook.payload === null ? [] : [['Payload', hook.payload]]),
    ...(hook.filter === null ? [] : [['Filter', JSON.stringify(hook.filter)]]),
    ...fields.map((name) => [name, JSON.stringify(own[name]) ?? '']),
    ['Created', stampOf(hook.createdAt)],
    ['Updated', stampOf(hook.updatedAt)],
  ]
  return out.table(
    [{ title: '' }, { title: '' }],
    rows.map(([name, value]) => [bold(name), value]),
  )
}

const KNOWN = new Set([
  'id',
  'owner',
  'event',
  'events',
  'target',
  'createdAt',
  'updatedAt',
  'disabledAt',
  'disabledReason',
  'disabledCause',
  'ordered',
  'rateLimit',
  'payload',
  'filter',
])

function disabledRows({ disabledAt, disabledReason, disabledCause }: Hook): Cell[][] {
  if (disabledAt === null) return []
  return [
    ['Disabled', `${stampOf(disabledAt)} (${disabledCause ?? 'manual'})`],
    ...(disabledReason === null ? [] : [['Reason', disabledReason]]),
  ]
}

function healthRows(health: HookHealth | undefined): Cell[][] {
  if (health === undefined || health.failures === 0) return []
  const since = health.failingSince === null ? '' : ` since ${stampOf(health.failingSince)}`
  const next = health.nextAttemptAt
  return [
    ['Failures', `${health.failures} in a row${since}`],
    ...(next === null ? [] : [['Next attempt', `in ${spanOf(next.getTime() - Date.now())}`]]),
  ]
}

function stateCell(state: string): Cell {
  const style = STYLES[state]
  return style === undefined ? state : { text: state, style }
}

const STYLES: Readonly<Record<string, 'green' | 'red' | 'yellow'>> = {
  enabled: 'green',
  well: 'green',
  recovering: 'yellow',
  waiting: 'red',
  failing: 'red',
  disabled: 'yellow',
}

function bold(cell: Cell): Cell {
  return { text: String(cell), style: 'bold' }
}
