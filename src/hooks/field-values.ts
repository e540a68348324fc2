import { problem } from '../core/errors.ts'
import type { FieldDefinition, FieldDefinitions, FieldValue } from './field.ts'

/** What a value of each type is, in words. */
export const valueOfType = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
} as const

/** What is wrong with a value of a field, as a sentence without its full stop. */
export function faultOfValue({ type, nullable }: FieldDefinition, value: unknown): string | undefined {
  if (value === null) return nullable ? undefined : 'it may not be null'
  const right = {
    string: typeof value === 'string',
    integer: Number.isSafeInteger(value),
    number: typeof value === 'number' && Number.isFinite(value),
    boolean: typeof value === 'boolean',
  }[type]
  if (!right) return `it must be ${valueOfType[type]}`
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()))
    return 'it holds a character that databases cannot keep'
  return undefined
}

/**
 * The fields that a hook is given, checked. Properties of other names are left alone.
 *
 * @throws `hook_invalid` with the field, the value and the cure
 */
export function checkFields(
  definitions: FieldDefinitions,
  given: Readonly<Record<string, unknown>>,
): Map<string, FieldValue> {
  const values = new Map<string, FieldValue>()
  for (const definition of definitions.values()) {
    const value = Object.hasOwn(given, definition.name) ? given[definition.name] : undefined
    if (value === undefined) continue
    const fault = faultOfValue(definition, value)
    if (fault !== undefined) {
      throw problem('hook_invalid', {
        field: definition.name,
        value,
        problem: fault,
        cure: `Pass ${valueOfType[definition.type]}${definition.nullable ? ' or null' : ''}`,
      })
    }
    values.set(definition.name, value as FieldValue)
  }
  return values
}

/**
 * All fields of a new hook: those given, and the defaults of the others.
 *
 * @throws `hook_invalid` when one is missing that has no default
 */
export function withDefaults(
  definitions: FieldDefinitions,
  given: ReadonlyMap<string, FieldValue>,
): Map<string, FieldValue> {
  const values = new Map<string, FieldValue>()
  for (const { name, type, default: fallback } of definitions.values()) {
    const value = given.has(name) ? given.get(name) : fallback
    if (value === undefined) {
      throw problem('hook_invalid', {
        field: name,
        problem: 'it is missing, and has no default',
        cure: `Pass ${valueOfType[type]}, or give the field a default in hook.fields`,
      })
    }
    values.set(name, value)
  }
  return values
}

/** A column's value as the field's type: SQLite keeps truth as 0 and 1, and some drivers give big integers as text. */
export function fieldFromColumn(definition: FieldDefinition, value: unknown): FieldValue {
  if (value === null || value === undefined) return definition.default ?? null
  switch (definition.type) {
    case 'boolean':
      return Boolean(value)
    case 'string':
      return String(value)
    default:
      return Number(value)
  }
}
