import { problem } from '../core/errors.ts'
import { parseExact, toJson } from '../core/json.ts'
import { checkSize } from '../core/payload-size.ts'
import {
  type FieldDefinitions,
  type Hook,
  type HookRow,
  hookFromRow,
  type PayloadForm,
} from '../hooks/index.ts'
import type { Claimed, claimedEvent } from './claimed.ts'

/** What the option `hook.payload` is told of the event. */
export interface PayloadEvent {
  /** The same in every body of this event. */
  id: string
  name: string
  data: unknown
  /** When it happened. */
  createdAt: Date
  /**
   * The key of the row that it came from, by the names that user code knows: `{ id: 5 }`. Null for an event of no model, and
   * for a table without a key.
   */
  key: Readonly<Record<string, unknown>> | null
  /** Of an event with `previous: true`: the fields of the data that are different now, as they were. Undefined for any other. */
  previous: unknown
}

/** The option `hook.payload` as a function: makes the body of a POST. */
export type PayloadFunction = (hook: never, event: PayloadEvent) => unknown

/** The option `hook.payload`. */
export type PayloadOption = PayloadForm | PayloadFunction

/** What a body may have beside the data: a target has 255 characters at the most, and the name of an event 128. */
const ENVELOPE_BYTES = 2_048

/** What of a delivery its body is made of. */
type Parts = Omit<ReturnType<typeof claimedEvent>, 'uid' | 'traceContext'> & {
  hook: Pick<HookRow, 'id' | 'target'>
}

/** The bodies that hookwright makes by itself, of texts: what is in them is not parsed for it. */
const forms: Record<PayloadForm, (delivery: Parts) => string> = {
  /** What a drf-hooks subscriber gets. */
  envelope({ hook, event, data, previousData }) {
    const about = JSON.stringify({ id: hook.id, event, target: hook.target })
    return `{"hook":${about},"data":${data}${previous(previousData)}}`
  },

  /** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-structure */
  standard(claimed) {
    return `${standardHead(claimed)}${claimed.data}${previous(claimed.previousData)}}`
  },

  /** Likewise, "thin payloads": the receiver asks the application for what it may see now. */
  thin(claimed) {
    return `${standardHead(claimed)}${keyOf(claimed)}}`
  },
}

function standardHead({ event, createdAt }: Parts): string {
  return `{"type":${JSON.stringify(event)},"timestamp":"${new Date(createdAt).toISOString()}","data":`
}

function previous(json: string | null): string {
  return json === null ? '' : `,"previous":${json}`
}

function keyOf({ event, model, keyJson }: Parts): string {
  if (keyJson !== null) return keyJson
  if (model === null) return '{}'
  // An empty object would say that the event is of no row.
  throw problem('key_invalid', {
    field: 'payload',
    value: 'thin',
    problem: `the key of the row behind "${event}" is not known, so a thin body would say nothing`,
    cure: `Name the columns of the key in models[${JSON.stringify(model)}].key, for the events to come, or choose another form`,
  })
}

/** @throws `hook_invalid` for a form that this version does not know, `key_invalid` */
export function formedBody(form: string, delivery: Parts): string {
  if (Object.hasOwn(forms, form)) return forms[form as PayloadForm](delivery)
  throw problem('hook_invalid', {
    field: 'payload',
    value: form,
    problem: 'the hook has a form that this version of hookwright does not know',
    cure: `There are ${Object.keys(forms).join(', ')}`,
  })
}

/**
 * The body by the application's own function. It may be asynchronous, and may throw.
 *
 * @throws `payload_not_json`, `payload_too_large`, and whatever it throws
 */
export async function renderedBody(
  payload: PayloadFunction,
  claimed: Claimed,
  fields: FieldDefinitions,
  maxPayloadBytes: number,
): Promise<string> {
  const { hook: row, event: name, uid, data, keyJson, previousData } = claimed
  const hook: Hook = hookFromRow(row, [name], fields)
  const event: PayloadEvent = {
    id: uid,
    name,
    data: parseExact(data),
    createdAt: new Date(claimed.createdAt),
    key: keyJson === null ? null : (parseExact(keyJson) as Record<string, unknown>),
    previous: previousData === null ? undefined : parseExact(previousData),
  }
  const what = 'what hook.payload returned'
  const body = toJson(await payload(hook as never, event), what)
  checkSize(body, maxPayloadBytes, what, 'rendered', maxPayloadBytes + ENVELOPE_BYTES)
  return body
}
