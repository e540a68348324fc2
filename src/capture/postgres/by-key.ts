import { CompiledQuery } from 'kysely'
import { keyOf, type Model } from '../../catalog/index.ts'
import { entry, member } from '../../catalog/place.ts'
import { problem } from '../../core/errors.ts'
import { first, type Work } from '../../store/work.ts'
import type { ByKey, CapturedRow, InsertByKey } from '../by-key.ts'
import { type Fault, faultError } from '../drift.ts'
import { columnShape } from './column-shape.ts'
import { eventInsert } from './event-insert.ts'
import { hintsOf, type PlacePart } from './place-part.ts'
import { asText, identifier, literal } from './quote.ts'
import { resolvePart } from './resolve.ts'
import { sampleRow } from './sample-row.ts'
import { type Column, readModelTable, type Table } from './table.ts'
import { readVersion } from './version.ts'

const SOURCE = 'source'

interface Known {
  readonly version: string
  readonly table: Table | undefined
  readonly owner: PlacePart['owner']
  readonly key: readonly Column[]
  readonly faults: readonly Fault[]
  /** Whether the function that reads a row as a trigger does is there: without triggers it may not be. */
  readonly hasReader: boolean
}

interface Described extends Known {
  readonly table: Table
}

/** Reads and writes by key on PostgreSQL. */
export function createByKey(schema: string): ByKey {
  const s = identifier(schema)
  const known = new Map<Model, Known>()

  function described(model: Model): Described {
    const read = known.get(model)
    if (read === undefined)
      throw new Error(`describe() was not run for the model ${JSON.stringify(model.name)}`)
    const { table, faults } = read
    const fault = faults.find(({ kind }) => kind !== 'key_missing' && kind !== 'soft_delete_missing')
    if (fault !== undefined) throw faultError(fault)
    if (table === undefined) throw new Error('A model without faults has its table')
    return { ...read, table }
  }

  return {
    *describe(model) {
      const related = typeof model.owner === 'object' ? [model.owner.table] : []
      const version = yield* readVersion(schema, [model.table, ...related])
      if (known.get(model)?.version !== version) {
        known.set(model, {
          version,
          hasReader: yield* hasReader(schema),
          ...(yield* readModel(model, schema)),
        })
      }
      described(model)
    },

    readByKey(model, key) {
      const read = described(model)
      const { table, owner, key: columns } = read
      const values = valuesOf(model, columns, key)
      const where = whereKey(columns, values, (index) => `$${index + 1}`)
      const sql = `SELECT ${rowExpression(s, read)} AS row_json, ${ownerExpression(owner)} AS owner
  FROM ${table.sql} AS ${SOURCE} WHERE ${where}`
      return CompiledQuery.raw(sql, [...values]) as CompiledQuery<CapturedRow>
    },

    keyColumns: (model) => described(model).key.map(({ name }) => name),

    sampleRow(model) {
      const read = described(model)
      return sampleRow(read.table.columns, rowExpression(s, read))
    },

    columns: (model) => described(model).table.columns.map(columnShape),

    insertByKey(request) {
      const model = described(request.model)
      const values = valuesOf(request.model, model.key, request.key)
      return request.events.map((event) => insertOf(s, request, event, model, values))
    },
  }
}

function* readModel(model: Model, schema: string): Work<Omit<Known, 'version' | 'hasReader'>> {
  const read = yield* readModelTable(model, schema)
  if (read.table === undefined) return { ...read, table: undefined, owner: undefined }
  const part = { model: model.name, owner: model.owner ?? null, softDelete: model.softDelete ?? null }
  const { owner, faults } = yield* resolvePart(read.table, part, schema)
  return { table: read.table, owner, key: read.key, faults: [...read.faults, ...faults] }
}

function* hasReader(schema: string): Work<boolean> {
  const found = yield* first(
    CompiledQuery.raw(`SELECT (pg_catalog.to_regprocedure($1::text) IS NOT NULL)::int AS found`, [
      `${identifier(schema)}.read_row(record)`,
    ]) as CompiledQuery<{ found: number | string }>,
  )
  return Number(found?.found) === 1
}

function insertOf(
  s: string,
  { action, model: { name: modelName }, onlyIfListening = true, ...request }: InsertByKey,
  event: InsertByKey['events'][number],
  model: Described,
  values: readonly string[],
): CompiledQuery {
  const { table, owner: ownerSource, key } = model
  const parameters: unknown[] = []
  const parameter = (value: unknown, type: string) => {
    parameters.push(value)
    return `$${parameters.length}::${type}`
  }
  const broadcast = request.broadcast ?? event.everyone
  const owner = request.owner === undefined ? ownerExpression(ownerSource) : parameter(request.owner, 'text')
  const insert = eventInsert(s, {
    ...(request.uid === undefined ? {} : { uid: parameter(request.uid(), 'text') }),
    ...(request.createdAt === undefined
      ? {}
      : { createdAt: parameter(String(request.createdAt), 'text::bigint') }),
    owner: 'given.owner',
    name: literal(event.name),
    broadcast: broadcast ? '1' : '0',
    model: literal(modelName),
    action: literal(action),
    row: 'given.row_json',
  })
  const where = whereKey(key, values, (index) => {
    parameters.push(values[index])
    return `$${parameters.length}`
  })
  const conditions = [broadcast ? 'true' : 'given.owner IS NOT NULL']
  if (onlyIfListening) {
    conditions.push(`EXISTS (SELECT FROM ${s}.listening WHERE event = ${literal(event.name)})`)
  }
  const sql = `${insert}
  FROM (SELECT ${rowExpression(s, model)} AS row_json, ${owner} AS owner FROM ${table.sql} AS ${SOURCE} WHERE ${where}) AS given
  WHERE ${conditions.join(' AND ')}`
  return CompiledQuery.raw(sql, parameters)
}

/** The very text that a trigger writes, under the same settings where they can be had. */
function rowExpression(s: string, { table, hasReader }: Described): string {
  const hints = hintsOf(table)
  const row = hasReader ? `${s}.read_row(${SOURCE}.*)` : `pg_catalog.row_to_json(${SOURCE}.*)::text`
  return hints === undefined ? row : `${literal(`[${hints},`)} || ${row} || ']'`
}

function ownerExpression(owner: PlacePart['owner']): string {
  if (owner === undefined) return 'NULL::text'
  if (typeof owner === 'string') return asText(`${SOURCE}.${identifier(owner)}`)
  const { table, key, column, on } = owner
  return `(SELECT ${asText(`related.${identifier(column)}`)} FROM ${table.sql} AS related WHERE related.${identifier(key.name)} = (${asText(`${SOURCE}.${identifier(on)}`)})::${key.type})`
}

/** Drivers know nothing of the application's types: a key goes as text, and PostgreSQL makes a key of it. */
function whereKey(
  columns: readonly Column[],
  values: readonly string[],
  placeholder: (index: number) => string,
): string {
  return values
    .map((_, index) => {
      const column = columns[index]
      return `${SOURCE}.${identifier(column?.name ?? '')} = ${placeholder(index)}::text::${column?.type ?? 'text'}`
    })
    .join(' AND ')
}

function valuesOf(model: Model, columns: readonly Column[], key: unknown): string[] {
  if (columns.length === 0) {
    throw problem('key_invalid', {
      field: 'key',
      problem: `the table of "${model.name}" has no primary key that could name a row`,
      cure: `Name the columns that do in ${member(entry('models', model.name), 'key')}`,
    })
  }
  return keyOf(
    model,
    columns.map(({ name }) => name),
    key,
  ).map(String)
}
