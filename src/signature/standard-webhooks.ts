import { problem } from '../core/errors.ts'
import { keyOf } from './keys.ts'

/**
 * Standard Webhooks signatures, over `id.timestamp.body`: `v1,` + base64 of HMAC-SHA256, keyed with the bytes behind `whsec_`,
 * or `v1a,` + base64 of Ed25519's.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

/** Signatures of a message that are looked at. No sender has more secrets at once, and each costs time. */
const MOST_SIGNATURES = 32

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
 * Signs a message: the value of the `webhook-signature` header. Several secrets, of either scheme, give several signatures, so
 * that the receiver may know any of them while they are rotated.
 *
 * @param message `secrets` are `whsec_…` or `whsk_…`
 * @throws `secret_invalid` when a secret is malformed or a public key, or when there is none
 * @example
 * ```ts
 * sign({ id: 'msg_1', timestamp: 1614265330, body: '{}', secrets: [secret, oldSecret] }) // 'v1,K5oZ… v1a,hnO3…'
 * ```
 */
export function sign(message: SignedMessage & { secrets: readonly string[] }): string {
  const content = contentOf(message)
  let signatures = ''
  for (const secret of message.secrets) {
    const { scheme, sign } = keyOf(secret)
    if (sign === undefined) {
      throw problem('secret_invalid', {
        field: 'secrets',
        problem: 'a public key signs nothing',
        cure: 'Give the private key, `whsk_…`',
      })
    }
    const signature = `${scheme},${sign(content).toString('base64')}`
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
 * @param message `signature` is the `webhook-signature` header; `secrets` are `whsec_…` or `whpk_…`, and also `whsk_…`; `now`
 * is in seconds since the Unix epoch, by default the machine's time; `toleranceSeconds` holds in both directions, by default 300
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
  const given = message.signature.split(' ', MOST_SIGNATURES).map((signature) => {
    const comma = signature.indexOf(',')
    return {
      scheme: signature.slice(0, Math.max(comma, 0)),
      bytes: Buffer.from(signature.slice(comma + 1), 'base64'),
    }
  })
  const content = contentOf(message)
  let found = false
  for (const secret of message.secrets) {
    const key = keyOf(secret)
    for (const { scheme, bytes } of given) {
      if (scheme === key.scheme && key.verify(content, bytes)) found = true
    }
  }
  return found && fresh
}

function contentOf(message: SignedMessage): string {
  return `${message.id}.${message.timestamp}.${message.body}`
}
