import { problem } from '../core/errors.ts'

/** What {@link verifySignature} is told. */
export interface SignedText {
  id: string
  /** As the header has it: whole seconds since the Unix epoch. */
  timestamp: string
  body: string
  /** The value of the header: one or several signatures, a space between. */
  signature: string
}

/** More signatures than anybody sends while keys are rotated; each costs time, and whoever sends them is not known yet. */
const MOST_SIGNATURES = 32

/** A key that signatures are verified with, and the version of signature that it is for. */
interface VerificationKey {
  version: 'v1' | 'v1a'
  key: Awaited<ReturnType<typeof crypto.subtle.importKey>>
}

/**
 * Whether one of the signatures is by one of the secrets, by Standard Webhooks: `v1` is HMAC-SHA256 with a `whsec_`, `v1a`
 * Ed25519 with a `whpk_`. Web Crypto alone, so that it runs on the edge; its comparisons take the same time whatever differs.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @throws `secret_invalid` where a secret is malformed
 */
export async function verifySignature(message: SignedText, secrets: readonly string[]): Promise<boolean> {
  const content = new TextEncoder().encode(`${message.id}.${message.timestamp}.${message.body}`)
  const given = message.signature.split(' ', MOST_SIGNATURES)
  for (const secret of secrets) {
    const { version, key } = await keyOf(secret)
    for (const text of given) {
      if (!text.startsWith(`${version},`)) continue
      const signature = bytesOf(text.slice(version.length + 1))
      if (signature === undefined) continue
      if (await crypto.subtle.verify(key.algorithm.name, key, signature, content)) return true
    }
  }
  return false
}

/** Imported keys: that takes longer than verifying. A program has few. */
const keys = new Map<string, Promise<VerificationKey>>()
const MOST_KEYS = 1_000

function keyOf(secret: string): Promise<VerificationKey> {
  const known = keys.get(secret)
  if (known !== undefined) return known
  if (keys.size >= MOST_KEYS) keys.clear()
  const imported = importKey(secret)
  keys.set(secret, imported)
  imported.catch(() => keys.delete(secret))
  return imported
}

async function importKey(secret: string): Promise<VerificationKey> {
  const [, prefix, text = ''] = /^(wh(?:sec|pk))_(.*)$/s.exec(typeof secret === 'string' ? secret : '') ?? []
  const bytes = bytesOf(text)
  if (prefix === 'whsec' && bytes !== undefined && bytes.length >= 24 && bytes.length <= 64) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    return { version: 'v1', key: await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify']) }
  }
  if (prefix === 'whpk' && bytes?.length === 32) {
    return { version: 'v1a', key: await crypto.subtle.importKey('raw', bytes, 'Ed25519', false, ['verify']) }
  }
  // The secret itself stays out of the message: errors end up in logs.
  throw problem('secret_invalid', {
    field: 'secret',
    problem: 'it is neither `whsec_` with 24 to 64 bytes in standard base64 nor `whpk_` with 32',
    cure: 'Take it as the sender gave it, without spaces around it',
  })
}

/** Standard base64 in its one canonical form; undefined for anything else. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  let binary: string
  try {
    binary = atob(base64)
  } catch {
    return undefined
  }
  if (btoa(binary) !== base64) return undefined
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
