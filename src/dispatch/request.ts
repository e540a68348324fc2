import { secretsAt } from '../hooks/index.ts'
import { ID_HEADER, SIGNATURE_HEADER, sign, TIMESTAMP_HEADER } from '../signature/standard-webhooks.ts'
import type { Claimed } from './claimed.ts'

/** The `webhook-id`: the same for every attempt of a delivery, and known before the first. */
export function deliveryId(uid: string, hookId: number): string {
  return `${uid}_${hookId}`
}

/** The parts of a delivery's id; undefined when it is none. */
export function parseDeliveryId(id: string): { uid: string; hookId: number } | undefined {
  const match = /^([0-9a-f]{32})_([1-9]\d{0,15})$/.exec(id)
  return match?.[1] === undefined ? undefined : { uid: match[1], hookId: Number(match[2]) }
}

/**
 * The headers of an attempt: the hook's own over the usual ones, the signature over all.
 *
 * @param now milliseconds since the epoch
 */
export function attemptHeaders(
  { hook, uid }: Claimed,
  body: string,
  now: number,
  userAgent: string,
): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': userAgent }
  const own = JSON.parse(hook.headers) as Record<string, string>
  for (const [name, value] of Object.entries(own)) headers[name.toLowerCase()] = value
  const id = deliveryId(uid, hook.id)
  const timestamp = Math.floor(now / 1000)
  headers[ID_HEADER] = id
  headers[TIMESTAMP_HEADER] = String(timestamp)
  headers[SIGNATURE_HEADER] = sign({ id, timestamp, body, secrets: secretsAt(hook, now) })
  return headers
}
