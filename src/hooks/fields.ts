import type { FieldType } from '../catalog/index.ts'
import { problem } from '../core/errors.ts'
import type { FieldDefinition, FieldDefinitions, FieldValue } from './field.ts'
import { faultOfValue, valueOfType } from './field-values.ts'

/** The longest that PostgreSQL keeps whole. */
const LONGEST_NAME = 63

/** What a hook has already, as a column, as a property or in the API, and what PostgreSQL keeps for itself. */
const reservedNames = new Set(
  [
    [
      'id',
      'owner',
      'target',
      'headers',
      'secret',
      'old_secret',
      'old_secret_until',
      'old_secrets',
      'created_at',
      'updated_at',
    ],
    [
      'disabled_at',
      'disabled_reason',
      'deleted_at',
      'event',
      'events',
      'created',
      'updated',
      'disabled',
      'deleted',
    ],
    [
      'createdat',
      'updatedat',
      'disabledat',
      'disabledreason',
      'disabled_cause',
      'disabledcause',
      'ordered',
      'rate_limit',
      'ratelimit',
      'payload',
      'filter',
      'old_secrets',
      'deletedat',
      'secrets',
      'user',
      'non_field_errors',
    ],
    ['detail', 'rowid', 'oid', 'tableoid', 'ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'constructor'],
  ].flat(),
)

const OPTIONS = ['type', 'default', 'nullable']

/**
 * Checks the option `hook.fields`.
 *
 * @throws `option_invalid` for the first mistake, with the field, the value and the cure
 * @example
 * ```ts
 * defineFields({ isActive: { type: 'boolean', default: true } }).get('isActive')?.default // true
 * ```
 */
export function defineFields(fields: unknown = {}): FieldDefinitions {
  if (!isObject(fields)) {
    throw problem('option_invalid', {
      field: 'hook.fields',
      value: fields,
      problem: 'it must be an object',
      cure: "For example { isActive: { type: 'boolean', default: true } }",
    })
  }
  const definitions = new Map<string, FieldDefinition>()
  const spelled = new Map<string, string>()
  for (const [name, option] of Object.entries(fields)) {
    checkName(name, spelled)
    definitions.set(name, defineField(name, option))
  }
  return definitions
}

function checkName(name: string, spelled: Map<string, string>): void {
  const fault = faultOfName(name, spelled)
  spelled.set(name.toLowerCase(), name)
  if (fault === undefined) return
  throw problem('option_invalid', {
    field: place(name),
    value: name,
    problem: fault,
    cure: 'Choose another name',
  })
}

function faultOfName(name: string, spelled: Map<string, string>): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
    return 'the name of a field is made of letters, digits and _, and begins with a letter'
  if (name.length > LONGEST_NAME) return `the name of a field has at most ${LONGEST_NAME} characters`
  // The names of columns differ by more than their case.
  if (reservedNames.has(name.toLowerCase())) return 'a hook has something of that name already'
  const other = spelled.get(name.toLowerCase())
  return other === undefined ? undefined : `it differs from the field "${other}" in its case only`
}

function defineField(name: string, option: unknown): FieldDefinition {
  const field = place(name)
  if (!isObject(option) || !('type' in option) || !isType(option.type)) {
    throw problem('option_invalid', {
      field: isObject(option) ? `${field}.type` : field,
      value: isObject(option) ? option.type : option,
      problem: 'a field needs a type',
      cure: `Write { type: ${Object.keys(valueOfType)
        .map((type) => `'${type}'`)
        .join(' | ')} }`,
    })
  }
  for (const key of Object.keys(option)) {
    if (OPTIONS.includes(key)) continue
    throw problem('option_invalid', {
      field: `${field}.${key}`,
      value: option[key],
      problem: 'there is no such option',
      cure: `A field has ${OPTIONS.join(', ')}`,
    })
  }
  const { type, nullable = false, default: fallback } = option
  if (typeof nullable !== 'boolean') {
    throw problem('option_invalid', {
      field: `${field}.nullable`,
      value: nullable,
      problem: 'it must be true or false',
    })
  }
  const definition = { name, type, nullable, default: nullable ? null : undefined }
  if (fallback === undefined) return definition
  const fault = faultOfValue(definition, fallback)
  if (fault === undefined) return { ...definition, default: fallback as FieldValue }
  throw problem('option_invalid', {
    field: `${field}.default`,
    value: fallback,
    problem: fault,
    cure: `Give ${valueOfType[type]}, or leave it out`,
  })
}

function place(name: string): string {
  return `hook.fields.${name}`
}

function isType(type: unknown): type is FieldType {
  return typeof type === 'string' && Object.hasOwn(valueOfType, type)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
