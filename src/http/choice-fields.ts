import { HookwrightError } from '../core/errors.ts'
import { checkFilter, type Filter, isPayloadForm, type PayloadForm } from '../hooks/index.ts'
import { Invalid, jsonOf, notAChoice } from './invalid.ts'
import type { RequestData } from './parse-body.ts'
import { wordsOf } from './problems.ts'

/** The form of the bodies: text, or null for what the application says. In a form, nothing is null. */
export function readPayload({ fields, form }: RequestData): PayloadForm | null | undefined {
  const { payload } = fields
  if (payload === undefined) return undefined
  if (payload === null || (form && payload === '')) return null
  if (isPayloadForm(payload)) return payload
  throw notAChoice(payload)
}

/** The filter: an object, or its JSON in a form; null for none. */
export function readFilter({ fields, form }: RequestData): Filter | null | undefined {
  const given = fields.filter
  if (given === undefined) return undefined
  if (form && given === '') return null
  const filter = form ? jsonOf(given) : given
  if (filter === null) return null
  try {
    checkFilter(filter)
    return filter as Filter
  } catch (error) {
    if (!(error instanceof HookwrightError)) throw error
    // Which part of it is wrong is said, and the whole goes by the field's own name.
    throw new Invalid(error.field === 'filter' ? wordsOf(error) : error.message)
  }
}
