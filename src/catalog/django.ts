import { problem } from '../core/errors.ts'
import { type Options, refuseUnknown, requireName, requireOptions } from './check-option.ts'
import type { Row, SerializerContext } from './options.ts'
import { entry, member } from './place.ts'

/** What {@link djangoSerializer} is told of the model. `ModelRow` is the type of its rows. */
export interface DjangoOptions<ModelRow extends object> {
  /** The model's label in Django, in small letters: `bookstore.book`. */
  readonly model: string
  /** The row's property that is the primary key; `id` if left out. */
  readonly pk?: Property<ModelRow>
  /** Properties to leave out. Django leaves out none, not even a password's hash. */
  readonly exclude?: readonly Property<ModelRow>[]
  /**
   * Fields that are not a property of the same name: the property's name (Django's `user` is the column `user_id`), or a
   * function where the value differs (SQLite keeps truth as 0 and 1) or comes from elsewhere (many-to-many). A property
   * that a field is made of by name is not sent under its own.
   */
  readonly fields?: Readonly<Record<string, Property<ModelRow> | DjangoField<ModelRow>>>
}

type Property<ModelRow> = keyof ModelRow & string

type DjangoField<ModelRow> = { bivariant(row: ModelRow, context: SerializerContext): unknown }['bivariant']

/** Django's form of a row. */
export interface DjangoData {
  model: string
  pk: unknown
  fields: Record<string, unknown>
}

type DjangoSerializer<ModelRow> = (row: ModelRow, context: SerializerContext) => Promise<DjangoData>

const optionNames = [
  'model',
  'pk',
  'exclude',
  'fields',
] as const satisfies readonly (keyof DjangoOptions<object>)[]

/**
 * A serializer that gives what drf-hooks sends without a serializer: Django's `{ model, pk, fields }`
 * (https://docs.djangoproject.com/en/stable/topics/serialization/#serialization-formats-json). Values stay as the
 * database has them.
 *
 * @throws `option_invalid` for an option that is wrong, and, from the serializer, for a property that the row lacks
 * @example
 * ```ts
 * serialize: djangoSerializer<BookRow>({
 *   model: 'bookstore.book',
 *   fields: { user: 'user_id', fiction: (book) => book.fiction === 1 },
 * })
 * // { model: 'bookstore.book', pk: 1, fields: { user: 1, title: 'The Two Towers', pages: 327, fiction: true } }
 * ```
 */
export function djangoSerializer(options: DjangoOptions<Record<string, unknown>>): DjangoSerializer<Row>
/** The same for rows of a known type: `djangoSerializer<BookRow>({ … })` knows their properties. */
export function djangoSerializer<ModelRow extends object>(
  options: DjangoOptions<NoInfer<ModelRow>>,
): DjangoSerializer<ModelRow>
export function djangoSerializer<ModelRow extends object>(
  options: DjangoOptions<ModelRow>,
): DjangoSerializer<ModelRow> {
  const { model, pk, exclude, fields } = checked(options)
  const named = new Map<string, string>()
  const computed: [string, DjangoField<ModelRow>][] = []
  for (const [field, source] of Object.entries(fields)) {
    if (typeof source === 'string') named.set(source, field)
    else computed.push([field, source])
  }
  const needed = [pk, ...exclude, ...named.keys()]
  const left = new Set([pk, ...exclude])

  return async (row, context) => {
    const lacking = needed.find((property) => !Object.hasOwn(row, property))
    // A property to leave out may be misspelt: better no event, which is seen, than a secret sent.
    if (lacking !== undefined) throw lacks(model, lacking, row)
    const data = new Map<string, unknown>()
    for (const [property, value] of Object.entries(row)) {
      const field = named.get(property) ?? property
      if (!left.has(property)) data.set(field, value)
    }
    for (const [field, value] of computed) data.set(field, await value(row, context))
    return { model, pk: (row as Options)[pk], fields: Object.fromEntries(data) }
  }
}

const PLACE = 'djangoSerializer'

function checked<ModelRow extends object>(given: DjangoOptions<ModelRow>) {
  const options = requireOptions(given, PLACE, "Write djangoSerializer({ model: 'bookstore.book' })")
  refuseUnknown(options, optionNames, PLACE)
  const { exclude = [], fields = {} } = given
  const cure = 'Name a property of the row'
  if (!Array.isArray(exclude)) {
    throw problem('option_invalid', {
      field: member(PLACE, 'exclude'),
      value: exclude,
      problem: 'it must be a list',
      cure: "Write ['password']",
    })
  }
  for (const property of exclude) requireName(property, member(PLACE, 'exclude'), cure)
  for (const [name, source] of Object.entries(
    requireOptions(fields, member(PLACE, 'fields'), "Write { user: 'user_id' }"),
  )) {
    if (typeof source !== 'function')
      requireName(source, member(member(PLACE, 'fields'), name), `${cure}, or write a function`)
  }
  return {
    model: requireName(given.model, member(PLACE, 'model'), "Write Django's label of it: 'bookstore.book'"),
    pk: requireName(given.pk ?? 'id', member(PLACE, 'pk'), cure),
    exclude: exclude as readonly string[],
    fields: fields as Readonly<Record<string, string | DjangoField<ModelRow>>>,
  }
}

function lacks(model: string, property: string, row: object): Error {
  return problem('option_invalid', {
    field: entry(PLACE, model),
    value: Object.keys(row),
    problem: `the row has no ${JSON.stringify(property)}`,
    cure: 'Name its properties as the row has them, after `naming` and `columns`',
  })
}
