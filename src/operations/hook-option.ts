import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import { isPayloadForm, PAYLOAD_FORMS } from '../hooks/index.ts'

const FUNCTIONS = ['find', 'payload', 'deliver']
const FORMS = PAYLOAD_FORMS.map((form) => `'${form}'`).join(', ')
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
    if (name === 'payload' && isPayloadForm(value)) continue
    throw problem('option_invalid', {
      field: `hook.${name}`,
      value,
      problem: name === 'payload' ? 'it is no form of bodies, and no function' : 'it must be a function',
      cure:
        name === 'payload'
          ? `Give ${FORMS} or a function, or leave it out`
          : 'Give a function, or leave it out',
    })
  }
}
