import { createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import { problem } from '../core/errors.ts'

/**
 * Standard Webhooks signatures, version 1 (symmetric): `v1,` + base64 of HMAC-SHA256 over `id.timestamp.body`, keyed with
 * the bytes behind `whsec_`. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

/** The same for every attempt of a delivery, so that the receiver can drop what it already has. */
export const ID_HEADER = 'webhook-id'
/** Seconds since the Unix epoch, of this attempt. */
export const TIMESTAMP_HEADER = 'webhook-timestamp'
/** One or several signatures, a space between. */
export const SIGNATURE_HEADER = 'webhook-signature'

const SECRET_PREFIX = 'whsec_'
const SHORTEST_KEY = 24
const LONGEST_KEY = 64
const NEW_KEY = 32

/** What a signature covers. */
export interface SignedMessage {
  /** The `webhook-id`. */
  id: string
  /** The `webhook-timestamp`: whole seconds since the Unix epoch. */
  timestamp: number
  /** The body, exactly as it goes over the wire. */
  body: string
}

/**
 * Makes a signing secret: `whsec_` and 32 random bytes in base64.
 *
 * @param random where the bytes come from; the machine's source unless given
 * @example
 * ```ts
 * generateSecret() // 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDYdNd8oTc5Zs='
 * ```
 */
export function generateSecret(
  random: { bytes(length: number): Uint8Array } = { bytes: randomBytes },
): string {
  return SECRET_PREFIX + Buffer.from(random.bytes(NEW_KEY)).toString('base64')
}

/**
 * Whether a text is a signing secret: `whsec_` followed by 24 to 64 bytes in standard base64.
 *
 * @example
 * ```ts
 * isSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') // true
 * isSecret('hunter2') // false
 * ```
 */
export function isSecret(text: string): boolean {
  return decode(text) !== undefined
}

/**
 * Signs a message: the value of the `webhook-signature` header. Several secrets give several signatures, so that the
 * receiver may know either of two while they are rotated.
 *
 * @throws `secret_invalid` when a secret is malformed, or when there is none
 * @example
 * ```ts
 * sign({ id: 'msg_1', timestamp: 1614265330, body: '{}', secrets: [secret, oldSecret] }) // 'v1,K5oZ… v1,hnO3…'
 * ```
 */
export function sign(message: SignedMessage & { secrets: readonly string[] }): string {
  const content = contentOf(message)
  let signatures = ''
  for (const secret of message.secrets) {
    const signature = `v1,${hmac(secret, content).toString('base64')}`
    signatures = signatures === '' ? signature : `${signatures} ${signature}`
  }
  if (signatures === '')
    throw problem('secret_invalid', { field: 'secrets', problem: 'there is no secret to sign with' })
  return signatures
}

/**
 * Whether one of the signatures is of one of the secrets, and the timestamp is near enough to now that nobody can be
 * replaying an old message. Takes the same time whichever byte differs.
 *
 * @param message `signature` is the `webhook-signature` header; `now` is in seconds since the Unix epoch, by default the
 * machine's time; `toleranceSeconds` holds in both directions, by default 300
 * @throws `secret_invalid` when a secret is malformed: that is the fault of the caller, not of the message
 * @example
 * ```ts
 * verify({ id, timestamp: Number(headers['webhook-timestamp']), body, signature: headers['webhook-signature'], secrets: [secret] })
 * ```
 */
export function verify(
  message: SignedMessage & {
    signature: string
    secrets: readonly string[]
    now?: number
    toleranceSeconds?: number
  },
): boolean {
  const { now = Date.now() / 1000, toleranceSeconds = 300 } = message
  // NaN compares as false, so that a missing or odd timestamp is refused.
  const fresh = Math.abs(now - message.timestamp) <= toleranceSeconds
  const given = message.signature
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'))
  const content = contentOf(message)
  let found = false
  for (const secret of message.secrets) {
    const expected = hmac(secret, content)
    for (const signature of given) {
      if (signature.length === expected.length && timingSafeEqual(signature, expected)) found = true
    }
  }
  return found && fresh
}

function contentOf(message: SignedMessage): string {
  return `${message.id}.${message.timestamp}.${message.body}`
}

function hmac(secret: string, content: string): Buffer {
  return createHmac('sha256', keyOf(secret)).update(content).digest()
}

/** Keys, decoded and prepared: with the bytes alone a signature takes seven times as long. Emptied when full. */
const keys = new Map<string, KeyObject>()
const MOST_KEYS = 10_000

function keyOf(secret: string): KeyObject {
  const known = keys.get(secret)
  if (known !== undefined) return known
  const bytes = decode(secret)
  // The secret itself stays out of the message: errors end up in logs.
  if (bytes === undefined) {
    throw problem('secret_invalid', {
      field: 'secret',
      problem: 'it is not `whsec_` followed by 24 to 64 bytes in standard base64',
      cure: 'Leave it out to have one made',
    })
  }
  if (keys.size >= MOST_KEYS) keys.clear()
  const key = createSecretKey(bytes)
  keys.set(secret, key)
  return key
}

function decode(secret: string): Buffer | undefined {
  if (typeof secret !== 'string' || !secret.startsWith(SECRET_PREFIX)) return undefined
  const text = secret.slice(SECRET_PREFIX.length)
  const key = Buffer.from(text, 'base64')
  // Node's decoder skips what it does not know and takes base64url too; only the canonical form comes back unchanged.
  if (key.toString('base64') !== text) return undefined
  return key.length >= SHORTEST_KEY && key.length <= LONGEST_KEY ? key : undefined
}
