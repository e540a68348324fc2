import { type HookRow, secretsAt } from '../hooks/index.ts'
import { parseHeaders } from './request.ts'

/** Headers whose values are no secrets, and would be taken out of many an innocent answer. */
const HARMLESS: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-type',
  'date',
  'from',
  'origin',
  'pragma',
  'prefer',
  'referer',
  'user-agent',
  'x-requested-with',
])

/** How much of the base64 of a private key is that of its 32 bytes, whether the public key follows them or not. */
const PRIVATE_LENGTH = 42

/**
 * The texts of a hook that must not come into a log by way of what its target answers: the values of its own headers, its
 * secrets, and its target's query.
 *
 * @param hook decrypted
 * @param now milliseconds since the epoch
 */
export function confidentialTexts(hook: HookRow, now: number): string[] {
  const texts: string[] = []
  for (const [name, value] of Object.entries(parseHeaders(hook))) {
    if (!HARMLESS.has(name.toLowerCase())) addHeader(texts, name.toLowerCase(), value)
  }
  for (const secret of secretsAt(hook, now)) addSecret(texts, secret)
  addQuery(texts, hook.target)
  return texts
}

function addHeader(texts: string[], name: string, value: unknown): void {
  // A row may have been written by other hands.
  if (typeof value !== 'string') return
  addValue(texts, value.trim())
  // `Bearer …`, `Basic …`, `Token …`
  const credentials = /^[\w-]+ +(.+)$/.exec(value.trim())?.[1]
  if (credentials !== undefined) addValue(texts, credentials)
  if (/^basic /i.test(value) && credentials !== undefined) {
    // Whoever reads such a header tells user and password.
    const pair = Buffer.from(credentials, 'base64').toString()
    addValue(texts, pair)
    addValue(texts, pair.slice(pair.indexOf(':') + 1))
  }
  if (name === 'cookie') {
    for (const part of value.split(/; */)) addValue(texts, part.slice(part.indexOf('=') + 1))
  }
}

/** What is beyond ASCII goes out as one byte each, and comes back as whatever the other side took it for. */
function addValue(texts: string[], value: string): void {
  texts.push(value)
  if (/^[\0-\x7f]*$/.test(value)) return
  texts.push(Buffer.from(value, 'latin1').toString(), Buffer.from(value).toString('latin1'))
}

/** Without the prefix, which everybody may see, and without padding, which not everybody writes. */
function addSecret(texts: string[], secret: string): void {
  const encoded = secret.slice(secret.indexOf('_') + 1).replace(/=+$/, '')
  const own = secret.startsWith('whsk_') ? encoded.slice(0, PRIVATE_LENGTH) : encoded
  texts.push(encoded, own)
  // The same in the other alphabet of base64.
  if (/[+/]/.test(own)) texts.push(own.replaceAll('+', '-').replaceAll('/', '_'))
}

function addQuery(texts: string[], target: string): void {
  const mark = target.indexOf('?')
  if (mark < 0) return
  const query = target.slice(mark + 1).split('#', 1)[0] ?? ''
  texts.push(query, URL.parse(target)?.search.slice(1) ?? '')
  for (const part of query.split(/[&;]/)) texts.push(part.slice(part.indexOf('=') + 1))
  for (const [, value] of new URLSearchParams(query)) texts.push(value)
}
