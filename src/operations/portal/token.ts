import { createHmac } from 'node:crypto'
import { sameText } from '../../core/same-text.ts'

/** What a portal token says: whose hooks it opens, until when, and whether they may be changed. */
export interface PortalGrant {
  /** As text, as the database keeps it. */
  readonly owner: string
  /** When it ends, in milliseconds since the Unix epoch. */
  readonly expiresAt: number
  readonly readOnly: boolean
}

/** What each begins with: nothing of the application's is mistaken for one. */
const PREFIX = 'hwp_'

/** Of what is signed. A token of another version says something else by the same words. */
const VERSION = 1

/** The longest owner in characters that JSON writes the longest, and some more. */
const LONGEST_TOKEN = 4_096

/**
 * Makes a token: `hwp_`, what it says, a dot, and an HMAC-SHA256 over what stands before the dot.
 *
 * @param key 32 bytes
 * @example
 * ```ts
 * signToken({ owner: '1', expiresAt: Date.now() + 60_000, readOnly: false }, key) // 'hwp_eyJ2Ijox….8sBf…'
 * ```
 */
export function signToken({ owner, expiresAt, readOnly }: PortalGrant, key: Uint8Array): string {
  const said = JSON.stringify({ v: VERSION, owner, exp: expiresAt, ro: readOnly })
  const signed = PREFIX + Buffer.from(said).toString('base64url')
  return `${signed}.${macOf(signed, key)}`
}

/**
 * What a token says, where it was signed with this key. Whether it has ended is not looked at.
 *
 * @returns undefined for a token that was not, and for one of a version that is not known
 */
export function readToken(token: string, key: Uint8Array): PortalGrant | undefined {
  const { signed, mac } = partsOf(token) ?? {}
  if (signed === undefined || mac === undefined || !sameText(mac, macOf(signed, key))) return undefined
  const said = JSON.parse(Buffer.from(signed.slice(PREFIX.length), 'base64url').toString()) as Said
  if (said.v !== VERSION) return undefined
  return { owner: said.owner, expiresAt: said.exp, readOnly: said.ro }
}

/** What has been signed by us: nothing else gets so far. */
interface Said {
  v: number
  owner: string
  exp: number
  ro: boolean
}

/** Whether a text looks like a token at all: of any other nobody need be asked. */
export function isTokenLike(token: string): boolean {
  return partsOf(token) !== undefined
}

function partsOf(token: string): { signed: string; mac: string } | undefined {
  if (token.length > LONGEST_TOKEN) return undefined
  const [, signed, mac] = /^(hwp_[\w-]+)\.([\w-]{43})$/.exec(token) ?? []
  return signed === undefined || mac === undefined ? undefined : { signed, mac }
}

function macOf(signed: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(signed).digest('base64url')
}
