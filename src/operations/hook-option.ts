import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'

const FUNCTIONS = ['find', 'payload', 'deliver']
const KNOWN = ['fields', ...FUNCTIONS]

/**
 * Checks the option `hook` of createHooks; `defineFields` checks its `fields`.
 *
 * @throws `option_invalid`
 */
export function checkHookOption(option: unknown): void {
  refuseUnknownOptions(option, KNOWN, 'hook')
  for (const [name, value] of Object.entries(option as object)) {
    if (!FUNCTIONS.includes(name) || value === undefined || typeof value === 'function') continue
    throw problem('option_invalid', {
      field: `hook.${name}`,
      value,
      problem: 'it must be a function',
      cure: 'Give a function, or leave it out',
    })
  }
}
