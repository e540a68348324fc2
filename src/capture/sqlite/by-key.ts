import { CompiledQuery } from 'kysely'
import { type KeyValue, keyOf, type Model } from '../../catalog/index.ts'
import { entry, member } from '../../catalog/place.ts'
import { problem } from '../../core/errors.ts'
import { first, type Work } from '../../store/work.ts'
import type { ByKey, CapturedRow, InsertByKey } from '../by-key.ts'
import { faultError } from '../drift.ts'
import type { OwnerSource } from '../wanted.ts'
import { columnShapes } from './column-shapes.ts'
import { eventInsert } from './event-insert.ts'
import { type ModelTable, readModelTable } from './model-table.ts'
import { LISTENING_TABLE } from './names.ts'
import { identifier, literal } from './quote.ts'
import { hasOwner, ownerExpression } from './relation.ts'
import { rowExpression } from './row-expression.ts'
import { sampleRow } from './sample-row.ts'
import type { Table } from './table.ts'

const SOURCE = 'source'

interface Known {
  readonly schemaVersion: number
  readonly read: ModelTable
}

/** What is known of a model whose table is there. */
interface Described {
  readonly table: Table
  readonly owner: OwnerSource
  readonly key: readonly string[]
}

/** Reads and writes by key on SQLite. */
export function createByKey(): ByKey {
  const known = new Map<Model, Known>()

  function described(model: Model): Described {
    const read = known.get(model)?.read
    if (read === undefined)
      throw new Error(`describe() was not run for the model ${JSON.stringify(model.name)}`)
    // A row is named by hand whether it is marked as deleted or not.
    const fault = read.faults.find(({ kind }) => kind !== 'key_missing' && kind !== 'soft_delete_missing')
    if (fault !== undefined) throw faultError(fault)
    const { table, owner, key } = read
    if (table === undefined || owner === undefined)
      throw new Error('A model without faults has its table and owner')
    return { table, owner, key }
  }

  return {
    *describe(model) {
      const schemaVersion = yield* readSchemaVersion()
      if (known.get(model)?.schemaVersion !== schemaVersion) {
        known.set(model, { schemaVersion, read: yield* readModelTable(model) })
      }
      described(model)
    },

    readByKey(model, key) {
      const { table, owner, key: columns } = described(model)
      const where = whereKey(model, columns, key)
      const sql = `SELECT ${rowExpression(table.columns, SOURCE)} AS row_json, ${ownerExpression(owner, SOURCE)} AS owner
  FROM ${identifier(table.name)} AS ${SOURCE} WHERE ${where.sql}`
      return CompiledQuery.raw(sql, [...where.parameters]) as CompiledQuery<CapturedRow>
    },

    keyColumns: (model) => described(model).key,

    sampleRow: (model) => sampleRow(described(model).table),

    columns: (model) => columnShapes(described(model).table),

    insertByKey(request) {
      const model = described(request.model)
      const where = whereKey(request.model, model.key, request.key)
      return request.events.map((event) => insertOf(request, event, model, where))
    },
  }
}

export function* readSchemaVersion(): Work<number> {
  const row = yield* first(
    CompiledQuery.raw('PRAGMA schema_version') as CompiledQuery<{ schema_version: number }>,
  )
  return row?.schema_version ?? -1
}

interface Condition {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** The parameters stand in the text in the order in which they are pushed here. */
function insertOf(
  { action, model: { name }, onlyIfListening = true, ...request }: InsertByKey,
  event: InsertByKey['events'][number],
  { table, owner: ownerSource }: Described,
  where: Condition,
): CompiledQuery {
  const parameters: unknown[] = []
  const parameter = (value: unknown) => {
    parameters.push(value)
    return '?'
  }
  const broadcast = request.broadcast ?? event.everyone
  const uid = request.uid === undefined ? {} : { uid: parameter(request.uid()) }
  const owner = request.owner === undefined ? ownerExpression(ownerSource, SOURCE) : parameter(request.owner)
  const createdAt =
    request.createdAt === undefined ? {} : { createdAt: parameter(forSqlite(request.createdAt)) }
  const insert = eventInsert({
    ...uid,
    ...createdAt,
    owner,
    name: literal(event.name),
    broadcast: broadcast ? '1' : '0',
    model: literal(name),
    action: literal(action),
    row: rowExpression(table.columns, SOURCE),
  })
  const conditions = [where.sql]
  parameters.push(...where.parameters)
  if (!broadcast) conditions.push(isOwned(request.owner, ownerSource))
  if (onlyIfListening) {
    conditions.push(`EXISTS (SELECT 1 FROM ${LISTENING_TABLE} WHERE event = ${literal(event.name)})`)
  }
  const sql = `${insert}\n  FROM ${identifier(table.name)} AS ${SOURCE} WHERE ${conditions.join(' AND ')}`
  return CompiledQuery.raw(sql, parameters)
}

function isOwned(given: string | null | undefined, owner: OwnerSource): string {
  if (given !== undefined) return given === null ? 'FALSE' : 'TRUE'
  return hasOwner(owner, SOURCE)
}

function whereKey(model: Model, columns: readonly string[], key: unknown): Condition {
  if (columns.length === 0) {
    throw problem('key_invalid', {
      field: 'key',
      problem: `the table of "${model.name}" has no primary key that could name a row`,
      cure: `Name the columns that do in ${member(entry('models', model.name), 'key')}`,
    })
  }
  const values = keyOf(model, columns, key)
  return {
    sql: columns.map((column) => `${SOURCE}.${identifier(column)} = ?`).join(' AND '),
    parameters: values.map(forSqlite),
  }
}

const INT64_LIMIT = 2n ** 63n

/**
 * Both SQLite libraries give a number as a real: in a column of text, 1 would be looked for as '1.0'. So integers go as
 * bigints, and what is no 64-bit integer as text.
 */
function forSqlite(value: KeyValue): KeyValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value === 'string') return value
  return value >= -INT64_LIMIT && value < INT64_LIMIT ? value : value.toString()
}
