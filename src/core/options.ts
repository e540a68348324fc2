import { problem } from './errors.ts'

/**
 * Refuses options that there are not, for they may be misspelt.
 *
 * @param field what the options are called where they are given; the empty string for the outermost
 * @param missing what is said of one that there is not
 * @throws `option_invalid` unless it is an object that has no other options than the `known`
 */
export function refuseUnknownOptions(
  options: unknown,
  known: readonly string[],
  field: string,
  missing = 'there is no such option',
): void {
  const cure = `There are ${known.join(', ')}`
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw problem('option_invalid', { field, value: options, problem: 'it must be an object', cure })
  }
  for (const [name, value] of Object.entries(options)) {
    if (known.includes(name)) continue
    // Among the outermost options may be a key or a password under a misspelt name: its value is not shown.
    if (field === '') throw problem('option_invalid', { field: name, problem: missing, cure })
    throw problem('option_invalid', { field: `${field}.${name}`, value, problem: missing, cure })
  }
}
