import type { BuiltInAction } from '../../catalog/index.ts'
import { type Header, readHeader, writeHeader } from '../header.ts'
import { eventsOf, type Part, sorted } from '../wanted.ts'
import { eventInsert, inList } from './event-insert.ts'
import { LISTENING_TABLE, TRIGGER_PREFIX } from './names.ts'
import { identifier, literal } from './quote.ts'
import { hasOwner, ownerExpression } from './relation.ts'
import { rowExpression } from './row-expression.ts'
import type { Table } from './table.ts'

/**
 * The version of the text that {@link triggerSql} makes. Raise it with every change of that text: a running process
 * repairs triggers of older versions and leaves those of newer ones alone.
 */
export const TRIGGER_VERSION = 2

type Moment = 'INSERT' | 'UPDATE' | 'DELETE'

const moment: Record<BuiltInAction, Moment> = { created: 'INSERT', updated: 'UPDATE', deleted: 'DELETE' }

/** `hookwright_book_created`. No two tables and actions share a name. */
export function triggerName(table: string, action: BuiltInAction): string {
  return `${TRIGGER_PREFIX}${table}_${action}`
}

/** `hookwright_book_deleted_softly`: where a column marks rows as deleted, an update may also delete or create one. */
function softTriggerName(table: string, action: BuiltInAction): string {
  return `${triggerName(table, action)}_softly`
}

/** A trigger as it should be. */
export interface TriggerText {
  readonly name: string
  readonly sql: string
}

/**
 * The triggers of one table and action: a second one where the action also comes from an update. Each says in its header
 * which parts it has itself.
 */
export function triggersOf(table: Table, action: BuiltInAction, parts: readonly Part[]): TriggerText[] {
  const first = { name: triggerName(table.name, action), sql: triggerSql(table, action, parts) }
  const soft = action === 'updated' ? [] : parts.filter(({ softDelete }) => softDelete !== null)
  if (soft.length === 0) return [first]
  const name = softTriggerName(table.name, action)
  return [first, { name, sql: softTriggerSql(table, action, soft) }]
}

/**
 * The statement that makes the trigger of one table and action. Where nobody listens to its events it looks into the small
 * table of what is listened to, and writes nothing.
 *
 * The text depends on nothing but its arguments: comparing it with what is installed shows every drift.
 */
export function triggerSql(table: Table, action: BuiltInAction, given: readonly Part[]): string {
  const when = action === 'updated' ? changed(table) : undefined
  return createTrigger(table, action, moment[action], { name: triggerName(table.name, action), given, when })
}

function softTriggerSql(table: Table, action: BuiltInAction, given: readonly Part[]): string {
  const turns = new Set(sorted(given).flatMap((part) => exists(part, action, 'UPDATE')))
  return createTrigger(table, action, 'UPDATE', {
    name: softTriggerName(table.name, action),
    given,
    when: either([...turns]),
  })
}

function createTrigger(
  table: Table,
  action: BuiltInAction,
  on: Moment,
  { name, given, when }: { name: string; given: readonly Part[]; when: string | undefined },
): string {
  const parts = sorted(given)
  return `CREATE TRIGGER ${identifier(name)} ${writeHeader(TRIGGER_VERSION, action, parts)}
AFTER ${on} ON ${identifier(table.name)}${when === undefined ? '' : `\nWHEN ${when}`}
BEGIN
${parts.map((part) => insertOf(table, action, on, part)).join('\n')}
END`
}

/** For which rows the statement is the action, where a column marks rows as deleted: they exist while it is NULL. */
function exists({ softDelete }: Part, action: BuiltInAction, on: Moment): string[] {
  if (softDelete === null) return []
  const [before, after] = [`OLD.${identifier(softDelete)}`, `NEW.${identifier(softDelete)}`]
  if (on === 'INSERT') return [`${after} IS NULL`]
  if (on === 'DELETE') return [`${before} IS NULL`]
  if (action === 'created') return [`(${before} IS NOT NULL AND ${after} IS NULL)`]
  if (action === 'deleted') return [`(${before} IS NULL AND ${after} IS NOT NULL)`]
  return [`(${before} IS NULL AND ${after} IS NULL)`]
}

function insertOf(table: Table, action: BuiltInAction, on: Moment, part: Part): string {
  const row = on === 'DELETE' ? 'OLD' : 'NEW'
  const conditions = [`event IN ${inList(eventsOf(part))}`, ...exists(part, action, on)]
  // A row whose owner is null reaches nobody but through events for everyone.
  if (part.owner !== null && part.events.length > 0) {
    const owned = hasOwner(part.owner, row)
    conditions.push(part.everyone.length === 0 ? owned : `(${owned} OR event IN ${inList(part.everyone)})`)
  }
  const insert = eventInsert({
    name: 'event',
    owner: ownerExpression(part.owner, row),
    broadcast: broadcastOf(part),
    model: literal(part.model),
    action: literal(action),
    row: rowExpression(table.columns, row),
    ...(action === 'updated' ? { previous: rowExpression(table.columns, 'OLD') } : {}),
  })
  return `  ${insert}\n  FROM ${LISTENING_TABLE} WHERE ${conditions.join(' AND ')};`
}

function broadcastOf({ events, everyone }: Part): string {
  if (everyone.length === 0) return '0'
  return events.length === 0 ? '1' : `event IN ${inList(everyone)}`
}

/**
 * Whether an update changed anything. By value, not by the column's collation: `a` and `A` are two values also where the
 * column takes them as equal. Generated columns follow from the others.
 */
function changed({ columns, generated }: Table): string {
  const differences = columns
    .filter((column) => !generated.has(column))
    .map((column) => `OLD.${identifier(column)} COLLATE BINARY IS NOT NEW.${identifier(column)}`)
  return either(differences)
}

/** As a tree: a chain of as many ORs as a table may have columns is deeper than SQLite allows. */
function either(conditions: readonly string[]): string {
  if (conditions.length <= 8) return `(${conditions.join(' OR ')})`
  const half = conditions.length >> 1
  return `(${either(conditions.slice(0, half))} OR ${either(conditions.slice(half))})`
}

/** Where the header stands in the text of a trigger: behind its name. */
const BEFORE_HEADER = /^CREATE TRIGGER (?:"(?:[^"]|"")*"|\w+) /

/** What a trigger says of itself; undefined for one that is not ours, whatever its name. */
export function triggerHeader(sql: string): Header | undefined {
  const before = BEFORE_HEADER.exec(sql)?.[0]
  return before === undefined ? undefined : readHeader(sql.slice(before.length), TRIGGER_VERSION, readFirst)
}

/** Version 1 knew neither relations nor columns that mark rows as deleted. */
function readFirst(content: unknown, version: number): Part[] | undefined {
  if (version > 1) return undefined
  return (content as [string, string | null, string[], string[]][]).map(
    ([model, owner, events, everyone]) => ({ model, owner, softDelete: null, events, everyone }),
  )
}
