import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import { HEADER_NAMES } from '../core/webhook-headers.ts'
import { unfitForSigning } from '../outbound/index.ts'
import { SIGNATURE_SCHEMES, type SignatureScheme } from '../signature/keys.ts'

/** How deliveries are signed. */
export interface SignatureOptions {
  /** Of the secrets that are made here: `v1` (HMAC-SHA256) unless told, or `v1a` (Ed25519). A given secret has its own. */
  scheme?: SignatureScheme
  /** The names of the headers, for receivers that know those of another sender: `webhook-id` and so on unless told. */
  headers?: { id?: string; timestamp?: string; signature?: string }
}

export interface SignatureSettings {
  readonly scheme: SignatureScheme
  /** In lower case. */
  readonly headers: { readonly id: string; readonly timestamp: string; readonly signature: string }
  /** The same names: no hook can have such a header of its own. */
  readonly names: readonly string[]
}

const HEADERS = ['id', 'timestamp', 'signature'] as const

/**
 * Checks the option `signature` of createHooks.
 *
 * @throws `option_invalid`
 */
export function signatureSettings(option: unknown = {}): SignatureSettings {
  // Whoever takes it for the place of a secret or a key does not find that in a log.
  refuseUnknownOptions(option, ['scheme', 'headers'], 'signature', undefined, false)
  const { scheme = 'v1', headers: given = {} } = option as SignatureOptions
  if (!SIGNATURE_SCHEMES.includes(scheme)) {
    throw problem('option_invalid', {
      field: 'signature.scheme',
      value: scheme,
      problem: "it must be 'v1' or 'v1a'",
      cure: 'It is v1 if left out',
    })
  }
  refuseUnknownOptions(given, HEADERS, 'signature.headers', undefined, false)
  const names: string[] = []
  for (const part of HEADERS) names.push(checkName(part, given[part] ?? HEADER_NAMES[part], names))
  const [id = '', timestamp = '', signature = ''] = names
  return { scheme, headers: { id, timestamp, signature }, names }
}

function checkName(part: (typeof HEADERS)[number], name: unknown, others: readonly string[]): string {
  const field = `signature.headers.${part}`
  const cure = `Give a name such as 'svix-${part}', or leave it out for '${HEADER_NAMES[part]}'`
  const fault = typeof name === 'string' ? unfitForSigning(name) : 'it is not a string'
  if (fault !== undefined) throw problem('option_invalid', { field, value: name, problem: fault, cure })
  const lower = (name as string).toLowerCase()
  if (!others.includes(lower)) return lower
  throw problem('option_invalid', { field, value: name, problem: 'another of the three is called so', cure })
}
