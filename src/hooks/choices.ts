import { problem } from '../core/errors.ts'
import { parseExact } from '../core/json.ts'
import type { HookTable } from '../store/tables.ts'
import { checkFilter, type Filter } from './filter.ts'

/** The forms of a body that hookwright makes by itself. */
export const PAYLOAD_FORMS = ['envelope', 'standard', 'thin'] as const

export type PayloadForm = (typeof PAYLOAD_FORMS)[number]

export function isPayloadForm(value: unknown): value is PayloadForm {
  return (PAYLOAD_FORMS as readonly unknown[]).includes(value)
}

/** What a hook is sent, and of which events, where it has a will of its own. */
export interface HookChoices {
  /** The form of its bodies; null for what the option `hook.payload` says. */
  payload: PayloadForm | null
  /** The condition on an event's data; null for all events. */
  filter: Filter | null
}

/** The columns of choices. */
export type ChoiceColumns = Pick<HookTable, 'payload' | 'filter'>

export const CHOICES = ['payload', 'filter'] as const satisfies readonly (keyof HookChoices)[]
export const NO_CHOICES: ChoiceColumns = { payload: null, filter: null }

/** What was left out is missing. @throws `hook_invalid` */
export function checkChoices({ payload, filter }: { payload?: unknown; filter?: unknown }) {
  if (payload !== undefined && payload !== null && !isPayloadForm(payload)) {
    throw problem('hook_invalid', {
      field: 'payload',
      value: payload,
      problem: 'there is no such form',
      cure: `Pass ${PAYLOAD_FORMS.map((form) => `'${form}'`).join(', ')}, or null for what the application says`,
    })
  }
  const choices: Partial<ChoiceColumns> = {
    ...(payload === undefined ? {} : { payload: payload as PayloadForm | null }),
    ...(filter === undefined ? {} : { filter: filter === null ? null : checkFilter(filter).json }),
  }
  return choices
}

/** As they are shown. What other hands wrote there is shown as it is if it can be, so that it is seen. */
export function choicesFromRow({ payload, filter }: ChoiceColumns): HookChoices {
  return { payload: payload as PayloadForm | null, filter: filter === null ? null : parsed(filter) }
}

function parsed(json: string): Filter | null {
  try {
    return parseExact(json) as Filter
  } catch {
    return null
  }
}
