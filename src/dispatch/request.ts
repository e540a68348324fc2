import { type HookRow, type SignatureSettings, secretsAt } from '../hooks/index.ts'
import { isSigning } from '../outbound/index.ts'
import { sign } from '../signature/standard-webhooks.ts'
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

/** A hook's own headers. @param hook decrypted */
export function parseHeaders(hook: HookRow): Record<string, string> {
  return JSON.parse(hook.headers) as Record<string, string>
}

/**
 * The headers of an attempt: the hook's own over the usual ones, the signature over all.
 *
 * @param claimed its hook decrypted
 * @param now milliseconds since the epoch
 */
export function attemptHeaders(
  { hook, uid }: Claimed,
  body: string,
  now: number,
  { signature, userAgent }: { signature: SignatureSettings; userAgent: string },
): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': userAgent }
  for (const [name, value] of Object.entries(parseHeaders(hook))) {
    const lower = name.toLowerCase()
    // A row may have been written by other hands, or when the signature had other names.
    if (!isSigning(lower, signature.names)) headers[lower] = value
  }
  const id = deliveryId(uid, hook.id)
  const timestamp = Math.floor(now / 1000)
  const names = signature.headers
  headers[names.id] = id
  headers[names.timestamp] = String(timestamp)
  headers[names.signature] = sign({ id, timestamp, body, secrets: secretsAt(hook, now) })
  return headers
}
