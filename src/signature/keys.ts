import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  sign as ed25519Sign,
  verify as ed25519Verify,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { problem } from '../core/errors.ts'

/**
 * The keys of Standard Webhooks, as text whose prefix tells the scheme: `whsec_` for HMAC-SHA256 (`v1`), `whsk_` and `whpk_`
 * for the private and the public key of Ed25519 (`v1a`).
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

/** `v1`: HMAC-SHA256, by a secret that both sides know. `v1a`: Ed25519, which the receiver verifies with a public key. */
export type SignatureScheme = 'v1' | 'v1a'

export const SIGNATURE_SCHEMES = ['v1', 'v1a'] as const satisfies readonly SignatureScheme[]

/** A key that is decoded and ready for use. Only a public one has no `sign`. */
export interface SignatureKey {
  readonly scheme: SignatureScheme
  sign: ((content: string) => Buffer) | undefined
  /** Takes the same time whichever byte of the signature differs. */
  verify(content: string, signature: Buffer): boolean
  /** What a receiver verifies with. */
  readonly verificationKey: string
}

const SYMMETRIC = 'whsec_'
const PRIVATE = 'whsk_'
const PUBLIC = 'whpk_'
const SHORTEST_KEY = 24
const LONGEST_KEY = 64
const NEW_KEY = 32
/** RFC 8032, 5.1.5: a private key, from which the public one follows. */
const ED25519_KEY = 32

/** What comes before the key in PKCS #8 and in SubjectPublicKeyInfo: RFC 8410, 7 and 4. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

export interface GenerateSecretOptions {
  /** `v1` unless told. */
  scheme?: SignatureScheme
  /** Where the bytes come from; the machine's source unless given. */
  random?: { bytes(length: number): Uint8Array }
}

/**
 * Makes a signing secret of 32 random bytes: `whsec_` and their base64, or for `v1a` `whsk_` and the base64 of these and the
 * public key's, as Svix writes it.
 *
 * @example
 * ```ts
 * generateSecret() // 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDYdNd8oTc5Zs='
 * generateSecret({ scheme: 'v1a' }) // 'whsk_…'
 * ```
 */
export function generateSecret({
  scheme = 'v1',
  random = { bytes: randomBytes },
}: GenerateSecretOptions = {}): string {
  const bytes = Buffer.from(random.bytes(NEW_KEY))
  if (scheme === 'v1') return SYMMETRIC + bytes.toString('base64')
  return PRIVATE + Buffer.concat([bytes, publicBytes(privateKey(bytes))]).toString('base64')
}

/**
 * Whether a text is a signing secret: `whsec_` followed by 24 to 64 bytes in standard base64, or `whsk_` followed by the 32
 * of an Ed25519 key or by these and their public key.
 *
 * @example
 * ```ts
 * isSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') // true
 * isSecret('hunter2') // false
 * ```
 */
export function isSecret(text: string): boolean {
  return typeof text === 'string' && decode(text)?.sign !== undefined
}

/**
 * What a receiver needs to verify what this secret signs: of a `whsk_` the public key, `whpk_…`; a `whsec_` itself.
 *
 * @throws `secret_invalid`
 * @example
 * ```ts
 * verificationKey('whsk_6Xb/dC…') // 'whpk_1SiA4o…'
 * ```
 */
export function verificationKey(secret: string): string {
  return keyOf(secret).verificationKey
}

/** Which signatures a secret gives. @throws `secret_invalid` */
export function schemeOf(secret: string): SignatureScheme {
  return keyOf(secret).scheme
}

/** Keys, decoded and prepared: with the bytes alone a signature takes seven times as long. Emptied when full. */
const keys = new Map<string, SignatureKey>()
const MOST_KEYS = 10_000

/** @throws `secret_invalid` */
export function keyOf(secret: string): SignatureKey {
  const known = keys.get(secret)
  if (known !== undefined) return known
  const key = typeof secret === 'string' ? decode(secret) : undefined
  if (key === undefined) throw secretInvalid()
  if (keys.size >= MOST_KEYS) keys.clear()
  keys.set(secret, key)
  return key
}

/** The secret itself stays out of the message: errors end up in logs. */
export function secretInvalid(field = 'secret'): Error {
  return problem('secret_invalid', {
    field,
    problem:
      'it is neither `whsec_` followed by 24 to 64 bytes in standard base64, nor `whsk_` followed by an Ed25519 key in it',
    cure: 'Leave it out to have one made',
  })
}

function decode(text: string): SignatureKey | undefined {
  const prefix = [SYMMETRIC, PRIVATE, PUBLIC].find((one) => text.startsWith(one))
  if (prefix === undefined) return undefined
  const encoded = text.slice(prefix.length)
  const bytes = Buffer.from(encoded, 'base64')
  // Node's decoder skips what it does not know and takes base64url too; only the canonical form comes back unchanged.
  if (bytes.toString('base64') !== encoded) return undefined
  if (prefix === SYMMETRIC) return symmetricKey(text, bytes)
  return prefix === PRIVATE ? signingKey(bytes) : publicKey(bytes)
}

function symmetricKey(text: string, bytes: Buffer): SignatureKey | undefined {
  if (bytes.length < SHORTEST_KEY || bytes.length > LONGEST_KEY) return undefined
  const key = createSecretKey(bytes)
  const sign = (content: string) => createHmac('sha256', key).update(content).digest()
  return {
    scheme: 'v1',
    sign,
    verify(content, signature) {
      const expected = sign(content)
      return signature.length === expected.length && timingSafeEqual(signature, expected)
    },
    verificationKey: text,
  }
}

function signingKey(bytes: Buffer): SignatureKey | undefined {
  if (bytes.length !== ED25519_KEY && bytes.length !== 2 * ED25519_KEY) return undefined
  const key = privateKey(bytes.subarray(0, ED25519_KEY))
  const ours = publicBytes(key)
  // A pair that does not belong together would sign what nobody can verify.
  if (bytes.length > ED25519_KEY && !timingSafeEqual(bytes.subarray(ED25519_KEY), ours)) return undefined
  const verifying = publicKey(ours)
  if (verifying === undefined) return undefined
  return { ...verifying, sign: (content) => ed25519Sign(null, Buffer.from(content), key) }
}

function publicKey(bytes: Buffer): SignatureKey | undefined {
  if (bytes.length !== ED25519_KEY) return undefined
  const key = createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' })
  return {
    scheme: 'v1a',
    sign: undefined,
    verify: (content, signature) => ed25519Verify(null, Buffer.from(content), key, signature),
    verificationKey: PUBLIC + bytes.toString('base64'),
  }
}

function privateKey(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })
}

function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI.length)
}
