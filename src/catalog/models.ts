import { problem } from '../core/errors.ts'
import { isOptions, type Options, refuseUnknown, requireName, requireOptions } from './check-option.ts'
import { type Naming, namingOf } from './naming.ts'
import { isModelName } from './notation.ts'
import type { ModelOption, OwnerRelation, Row, Serializer } from './options.ts'
import { entry, member } from './place.ts'
import { isRowType } from './row-type.ts'
import { isSchema } from './schema.ts'

/** A table whose changes are events, checked. */
export interface Model extends Naming {
  readonly name: string
  readonly table: string
  /** The columns of the primary key; undefined where the database is to be asked. */
  readonly key: readonly string[] | undefined
  /** What names the owner; undefined only where every event of the model is for everyone. */
  readonly owner: string | OwnerRelation | undefined
  /** The column that marks a row as deleted by not being NULL. */
  readonly softDelete: string | undefined
  readonly serialize: Serializer | undefined
}

const optionNames = [
  'table',
  'owner',
  'softDelete',
  'key',
  'naming',
  'columns',
  'serialize',
  'row',
] as const satisfies readonly (keyof ModelOption)[]

/** Checks the option `models`. @throws `option_invalid` */
export function defineModels(models: unknown): Map<string, Model> {
  const options = requireOptions(models, 'models', "Write { Book: { table: 'book', owner: 'user_id' } }")
  return new Map(Object.entries(options).map(([name, option]) => [name, defineModel(name, option)]))
}

function defineModel(name: string, option: unknown): Model {
  const place = entry('models', name)
  if (!isModelName(name)) {
    throw problem('option_invalid', {
      field: place,
      value: name,
      problem: 'a model cannot be called so',
      cure: 'Use a name without spaces and +, with dots only inside: "Book" or "bookstore.Book"',
    })
  }
  const options = requireOptions(option, place, "Write { table: 'book', owner: 'user_id' }")
  refuseUnknown(options, optionNames, place)
  checkRowType(options, place)
  return {
    name,
    table: requireName(options.table, member(place, 'table'), `Name the table that "${name}" is kept in`),
    key: keyOption(options, place),
    owner: ownerOption(options, place),
    softDelete: softDeleteOption(options, place),
    serialize: serializerOption(options, place),
    ...namingOf(namingOption(options, place), columnsOption(options, place)),
  }
}

const RELATION = "{ table: 'shelf', on: 'shelf_id', column: 'user_id' }"

function ownerOption({ owner }: Options, place: string): string | OwnerRelation | undefined {
  if (owner === undefined) return undefined
  const field = member(place, 'owner')
  if (!isOptions(owner)) {
    const cure = `Name the column that says whose row it is, 'user_id', or where it is found: ${RELATION}`
    return requireName(owner, field, cure)
  }
  refuseUnknown(owner, ['table', 'on', 'column', 'key'], field)
  const part = (name: string) => requireName(owner[name], member(field, name), `For example ${RELATION}`)
  return {
    table: part('table'),
    on: part('on'),
    column: part('column'),
    ...(owner.key === undefined ? {} : { key: part('key') }),
  }
}

function softDeleteOption({ softDelete }: Options, place: string): string | undefined {
  if (softDelete === undefined) return undefined
  const cure = "Name the column that is NULL as long as a row is not deleted: 'deleted_at'"
  return requireName(softDelete, member(place, 'softDelete'), cure)
}

function keyOption({ key }: Options, place: string): readonly string[] | undefined {
  if (key === undefined) return undefined
  const field = member(place, 'key')
  const cure = "Name the column of the primary key, or several: 'id' or ['order_id', 'line']"
  const columns = (Array.isArray(key) ? key : [key]).map((column) => requireName(column, field, cure))
  if (columns.length > 0 && new Set(columns).size === columns.length) return columns
  throw problem('option_invalid', { field, value: key, problem: 'it names no columns, or one twice', cure })
}

function namingOption({ naming }: Options, place: string): 'camel' | undefined {
  if (naming === undefined || naming === 'camel') return naming
  throw problem('option_invalid', {
    field: member(place, 'naming'),
    value: naming,
    problem: 'there is no such naming',
    cure: "Write 'camel', or leave it out to keep the names of the columns",
  })
}

function columnsOption({ columns }: Options, place: string): Readonly<Record<string, string>> {
  if (columns === undefined) return {}
  const field = member(place, 'columns')
  const cure = "Write the column of each name: { createdAt: 'created_at' }"
  const names = Object.entries(requireOptions(columns, field, cure))
  const nameByColumn = new Map<string, string>()
  for (const [name, value] of names) {
    const column = requireName(value, member(field, name), cure)
    const other = nameByColumn.get(column)
    if (other !== undefined) {
      throw problem('option_invalid', {
        field: member(field, name),
        value: column,
        problem: `the column is called ${JSON.stringify(other)} already`,
        cure: 'Give each column one name',
      })
    }
    nameByColumn.set(column, name)
  }
  return Object.fromEntries([...nameByColumn].map(([column, name]) => [name, column]))
}

function serializerOption({ serialize }: Options, place: string): Serializer | undefined {
  if (serialize === undefined || isSchema(serialize)) return serialize
  // What a user writes takes the row by its own type, which nobody can check.
  if (typeof serialize === 'function') return serialize as Serializer
  throw problem('option_invalid', {
    field: member(place, 'serialize'),
    value: serialize,
    problem: 'it is no serializer',
    cure: 'Write a function, (row) => data, or a Standard Schema; leave it out to send the columns of the row',
  })
}

function checkRowType({ row }: Options, place: string): void {
  if (row === undefined || isRowType(row)) return
  throw problem('option_invalid', {
    field: member(place, 'row'),
    ...(isOptions(row) ? {} : { value: row }),
    problem: 'it is no row type',
    cure: 'Write rowType<BookRow>()',
  })
}

/**
 * A row by the names that user code knows.
 *
 * @param row by column
 * @throws `option_invalid` when two columns get one name
 */
export function renameRow(model: Model, row: Row): Row {
  const columnByName = new Map<string, string>()
  const entries = Object.entries(row).map(([column, value]) => {
    const name = model.rename(column)
    const other = columnByName.get(name)
    if (other !== undefined) throw oneName(model, name, [other, column])
    columnByName.set(name, column)
    return [name, value] as const
  })
  return Object.fromEntries(entries)
}

function oneName(model: Model, name: string, columns: readonly string[]): Error {
  return problem('option_invalid', {
    field: member(entry('models', model.name), 'columns'),
    problem: `the columns ${columns.map((column) => JSON.stringify(column)).join(' and ')} would both be called ${JSON.stringify(name)}`,
    cure: 'Name one of them in `columns`',
  })
}
