import type { HookInput } from '../../../api/mutations.ts'
import type { OwnField } from '../../../api/own-fields.ts'
import { eventsOf, type Hook } from '../../../api/wire.ts'

export interface HeaderRow {
  /** Tells rows apart while they are edited. */
  key: number
  name: string
  value: string
}

/** A hook as the form has it: text, mostly. */
export interface Draft {
  owner: string
  target: string
  events: readonly string[]
  /** Null to leave them as they are, which nobody is shown. */
  headers: readonly HeaderRow[] | null
  payload: string
  filter: string
  ordered: boolean
  rateLimit: string
  /** The application's own fields: text, or true and false. */
  own: Readonly<Record<string, string | boolean>>
}

export function emptyDraft(owner: string, fields: readonly OwnField[]): Draft {
  return {
    owner,
    target: '',
    events: [],
    headers: [],
    payload: '',
    filter: '',
    ordered: false,
    rateLimit: '',
    own: Object.fromEntries(fields.map((field) => [field.name, shown(field, field.default)])),
  }
}

export function draftOf(hook: Hook, fields: readonly OwnField[]): Draft {
  return {
    owner: hook.owner ?? '',
    target: hook.target,
    events: eventsOf(hook),
    headers: null,
    payload: hook.payload ?? '',
    filter: hook.filter === undefined ? '' : JSON.stringify(hook.filter, null, 2),
    ordered: hook.ordered ?? false,
    rateLimit: hook.rate_limit === undefined ? '' : String(hook.rate_limit),
    own: Object.fromEntries(fields.map((field) => [field.name, shown(field, hook[field.name])])),
  }
}

/** A truth that may be missing is a choice of three, and so text. */
function shown({ type, nullable }: OwnField, value: unknown): string | boolean {
  if (type === 'boolean' && !nullable) return value === true
  return value === null || value === undefined ? '' : String(value)
}

/**
 * What is sent of it.
 *
 * @param before the hook that is edited: only what is another is sent, so that two people who edit at once do not undo what
 * the other did
 */
export function inputOf(draft: Draft, fields: readonly OwnField[], before?: Draft): HookInput {
  const whole: HookInput = {
    ...(before === undefined && draft.owner !== '' ? { owner: draft.owner } : {}),
    target: draft.target.trim(),
    events: draft.events,
    ...(draft.headers === null ? {} : { headers: headersOf(draft.headers) }),
    payload: draft.payload === '' ? null : draft.payload,
    filter: filterOf(draft.filter),
    ordered: draft.ordered,
    rate_limit: draft.rateLimit.trim() === '' ? null : draft.rateLimit.trim(),
    ...Object.fromEntries(fields.flatMap((field) => ownOf(field, draft.own[field.name]))),
  }
  if (before === undefined) return whole
  const was = inputOf(before, fields)
  return Object.fromEntries(
    Object.entries(whole).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name])),
  )
}

function headersOf(rows: readonly HeaderRow[]): Record<string, string> {
  return Object.fromEntries(
    rows
      .filter(({ name, value }) => name.trim() !== '' || value !== '')
      .map(({ name, value }) => [name.trim(), value]),
  )
}

/** Text that is no JSON goes as text, and the server says what is wrong with that. */
function filterOf(text: string): unknown {
  if (text.trim() === '') return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function ownOf({ name, type, nullable }: OwnField, value: string | boolean | undefined): [string, unknown][] {
  if (typeof value !== 'string') return value === undefined ? [] : [[name, value]]
  if (value === '' && nullable) return [[name, null]]
  // What must be given and was not is said by the server.
  if (value === '' && type !== 'string') return []
  return [[name, value]]
}
