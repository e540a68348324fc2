import { problem } from '../core/errors.ts'

/** @throws `option_invalid` unless it is an object that has no other options than the `known` */
export function refuseUnknown(options: unknown, known: readonly string[], field: string): void {
  const cure = `There are ${known.join(', ')}`
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw problem('option_invalid', { field, value: options, problem: 'it must be an object', cure })
  }
  for (const [name, value] of Object.entries(options)) {
    if (known.includes(name)) continue
    throw problem('option_invalid', {
      field: `${field}.${name}`,
      value,
      problem: 'there is no such option',
      cure,
    })
  }
}
