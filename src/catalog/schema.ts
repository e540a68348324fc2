import type { StandardSchemaV1 } from '@standard-schema/spec'
import { problem } from '../core/errors.ts'
import { member } from './place.ts'

/**
 * Whether a value is a Standard Schema (https://standardschema.dev, version 1): zod, valibot, arktype and others make them.
 * Some are functions.
 */
export function isSchema(value: unknown): value is StandardSchemaV1<unknown, unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard: unknown = (value as { '~standard'?: unknown })['~standard']
  return (
    typeof standard === 'object' &&
    standard !== null &&
    'validate' in standard &&
    typeof standard.validate === 'function'
  )
}

/** What a schema is asked to check, for its error. */
export interface Checked {
  /** The start of the path in errors: `payload`. */
  field: string
  /** Whose schema it is: `the schema of "user.logged_in"`. */
  schemaOf: string
}

/**
 * Lets a schema check and transform a value. A schema that answers at once is answered for at once, so that a synchronous
 * transaction stays one; only one that answers later gives a promise.
 *
 * @throws `payload_invalid` with every issue and its path; the issues themselves are its `cause`
 */
export function validate(schema: StandardSchemaV1, value: unknown, checked: Checked): unknown {
  const result = schema['~standard'].validate(value)
  return 'then' in result
    ? Promise.resolve(result).then((late) => outputOf(late, checked))
    : outputOf(result, checked)
}

function outputOf(result: StandardSchemaV1.Result<unknown>, checked: Checked): unknown {
  if (result.issues === undefined) return result.value
  const issues = result.issues.map((issue) => ({
    path: placeOf(issue, checked.field),
    message: issue.message,
  }))
  const [first, ...others] = issues
  const more = others.slice(0, MOST_SHOWN - 1).map(({ path, message }) => `; ${path}: ${clause(message)}`)
  const left = issues.length - MOST_SHOWN
  throw problem('payload_invalid', {
    field: first?.path ?? checked.field,
    problem: `${checked.schemaOf} refuses it: ${clause(first?.message ?? 'it gave no reason')}${more.join('')}${left > 0 ? `; and ${left} more` : ''}`,
    cause: result.issues,
  })
}

const MOST_SHOWN = 10

/** Without its full stop, for it goes on. */
function clause(message: string): string {
  return message.replace(/\.$/, '')
}

function placeOf(issue: StandardSchemaV1.Issue, field: string): string {
  let place = field
  for (const segment of issue.path ?? []) {
    place = member(place, typeof segment === 'object' ? segment.key : segment)
  }
  return place
}
