import { problem } from '../core/errors.ts'

const FUNCTIONS = ['find', 'payload', 'deliver']
const KNOWN = ['fields', ...FUNCTIONS]

/**
 * Checks the option `hook` of createHooks; `defineFields` checks its `fields`.
 *
 * @throws `option_invalid`
 */
export function checkHookOption(option: unknown): void {
  const cure = `There are ${KNOWN.join(', ')}`
  if (typeof option !== 'object' || option === null || Array.isArray(option)) {
    throw problem('option_invalid', { field: 'hook', value: option, problem: 'it must be an object', cure })
  }
  for (const [name, value] of Object.entries(option)) {
    const field = `hook.${name}`
    if (!KNOWN.includes(name)) {
      throw problem('option_invalid', { field, value, problem: 'there is no such option', cure })
    }
    if (FUNCTIONS.includes(name) && value !== undefined && typeof value !== 'function') {
      throw problem('option_invalid', {
        field,
        value,
        problem: 'it must be a function',
        cure: 'Give a function, or leave it out',
      })
    }
  }
}
