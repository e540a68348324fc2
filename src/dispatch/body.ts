import { parseExact, toJson } from '../core/json.ts'
import { type FieldDefinitions, type Hook, type HookRow, hookFromRow } from '../hooks/index.ts'
import type { Claimed } from './claimed.ts'

/** What the option `hook.payload` is told of the event. */
export interface PayloadEvent {
  id: string
  name: string
  data: unknown
}

/** The option `hook.payload`: makes the body of a POST, in place of drf-hooks' envelope. */
export type PayloadFunction = (hook: never, event: PayloadEvent) => unknown

/** What of a delivery the envelope shows. */
interface EnvelopeParts {
  hook: Pick<HookRow, 'id' | 'target'>
  event: string
  /** JSON text. */
  data: string
}

/** The body that a drf-hooks subscriber gets; the data goes in as the text that it is. */
export function envelope({ hook, event, data }: EnvelopeParts): string {
  return `{"hook":${JSON.stringify({ id: hook.id, event, target: hook.target })},"data":${data}}`
}

/** The body by the application's own function. It may be asynchronous, and may throw. */
export async function renderedBody(
  payload: PayloadFunction,
  claimed: Claimed,
  fields: FieldDefinitions,
): Promise<string> {
  const { hook: row, event, uid, data } = claimed
  const hook: Hook = hookFromRow(row, [event], fields)
  const body = await payload(hook as never, { id: uid, name: event, data: parseExact(data) })
  return toJson(body, 'what hook.payload returned')
}
