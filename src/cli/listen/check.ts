import { HookwrightError } from '../../core/errors.ts'
import { createReceiver } from '../../receiver/index.ts'
import { parseMessage } from '../../receiver/parse.ts'
import { type Arrival, headerOf, signatureHeadersOf } from './arrival.ts'

/** `unchecked`: there is nothing to check it with. */
export type Verdict = 'verified' | 'refused' | 'unchecked'

export interface Checked {
  readonly verdict: Verdict
  /** Why it was refused, or not checked. */
  readonly reason: string | undefined
  readonly id: string | undefined
  readonly event: string | undefined
  readonly hookId: number | undefined
  /** The body, where it is JSON. */
  readonly json: unknown
}

/**
 * Looks who has sent it, and what it says. What cannot be believed is shown all the same.
 *
 * @param secrets what to verify with, `whsec_…` or `whpk_…`; none to verify nothing
 */
export async function checkArrival(arrival: Arrival, secrets: readonly string[]): Promise<Checked> {
  const says = reading(arrival)
  if (secrets.length === 0)
    return { ...says, verdict: 'unchecked', reason: 'no --secret was given to verify it with' }
  const fault = await faultOf(arrival, secrets)
  return { ...says, verdict: fault === undefined ? 'verified' : 'refused', reason: fault }
}

async function faultOf(arrival: Arrival, secrets: readonly string[]): Promise<string | undefined> {
  const headers = Object.fromEntries(arrival.headers.map(([name, value]) => [name.toLowerCase(), value]))
  const receiver = createReceiver({ secret: secrets, headers: signatureHeadersOf(arrival), seen: false })
  try {
    await receiver.verify({ headers, body: arrival.body })
    return undefined
  } catch (error) {
    if (!(error instanceof HookwrightError) || error.code === 'secret_invalid') throw error
    // Its signature was looked at before its form: a body of the application's own is none the worse for it.
    if (error.code === 'message_invalid' && isUtf8(arrival.body)) return undefined
    return error.message
  }
}

function reading(arrival: Arrival): Omit<Checked, 'verdict' | 'reason'> {
  const id = headerOf(arrival, signatureHeadersOf(arrival).id)
  const text = arrival.body.toString('utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
    const { event, hook } = parseMessage(id ?? '', 0, text)
    return { id, json, event, hookId: hook?.id }
  } catch {
    return { id, json, event: undefined, hookId: undefined }
  }
}

export function isUtf8(body: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body)
    return true
  } catch {
    return false
  }
}
