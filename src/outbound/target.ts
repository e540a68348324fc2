import { type HookwrightError, problem } from '../core/errors.ts'
import type { AddressPolicy } from './address-policy.ts'
import { malformedName, withoutRoot } from './host-names.ts'
import { familyOf } from './ranges.ts'

const LONGEST_TARGET = 2048

/**
 * Ports of other protocols, to which nobody should be able to make a server speak HTTP.
 * https://fetch.spec.whatwg.org/#port-blocking
 */
const badPorts: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
])

/**
 * Checks a target URL as it is registered: whether it is an http(s) URL at all, and whether its host may be called as far as
 * that can be told without DNS. What a name resolves to is checked at every connection.
 *
 * @returns the target as it was given
 * @throws `target_invalid` for what is no URL ("Enter a valid URL." in the REST API), `target_refused` for a URL that leads
 * where it must not; it names the host and says why
 * @example
 * ```ts
 * checkTarget('https://example.com/hook', policy) // 'https://example.com/hook'
 * checkTarget('http://0x7f000001/', policy) // throws: 127.0.0.1 is in 127.0.0.0/8 (this machine)
 * ```
 */
export function checkTarget(target: string, policy: AddressPolicy): string {
  const url = parseTarget(target)
  const refusal = refuseTarget(url, policy)
  if (refusal !== undefined) throw refused(refusal.problem, refusal.cure)
  return target
}

/**
 * Why a target must not be called, as far as its URL tells. Asked at registration, and again before each new connection: rows
 * are older than the rules, and may have been written by other hands.
 */
export function refuseTarget(url: URL, policy: AddressPolicy): { problem: string; cure: string } | undefined {
  if (policy.httpsOnly === true && url.protocol !== 'https:') {
    return { problem: 'it is plain http, and only https is allowed here', cure: 'Begin it with https://' }
  }
  const port = url.port === '' ? undefined : Number(url.port)
  if (port !== undefined && badPorts.has(port)) {
    return { problem: `port ${port} belongs to another protocol`, cure: 'Use another port' }
  }
  const reason = policy.refuseHost(url.hostname)
  if (reason === undefined) return undefined
  return {
    problem: `${url.hostname} ${reason}`,
    cure: 'Use a host on the public internet, or let the application open it with its option `allow`',
  }
}

/** Stricter than `URL`, which repairs much: what two parsers could read differently is refused, not repaired. */
function parseTarget(target: string): URL {
  if (typeof target !== 'string') throw invalid('it is not a string')
  if (target.length > LONGEST_TARGET) throw invalid(`it has more than ${LONGEST_TARGET} characters`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\s\u0000-\u001f\u007f-\u009f]/.test(target)) throw invalid('it has a space or a control character')
  if (target.includes('\\')) throw invalid('it has a backslash')
  const authority = /^https?:\/\/([^/?#]+)/i.exec(target)?.[1]
  if (authority === undefined) throw invalid('it does not begin with http:// or https:// and a host')
  const url = URL.parse(target)
  if (url === null) throw invalid('its host or port cannot be read')
  if (authority.includes('@')) {
    throw refused(
      'a user name or password in the URL would show up in logs',
      'Send it in a header, for instance Authorization, with the field `headers`',
    )
  }
  if (authority.endsWith(':') || url.port === '0') throw invalid('its port is missing')
  const malformed =
    familyOf(url.hostname) === undefined && !url.hostname.startsWith('[')
      ? malformedName(withoutRoot(url.hostname))
      : undefined
  if (malformed !== undefined) throw invalid(malformed)
  return url
}

/** The target stays out of the message: its path and query are often secrets. */
function invalid(what: string): HookwrightError {
  return problem('target_invalid', { field: 'target', problem: `it is no URL that can be called: ${what}` })
}

function refused(what: string, cure: string): HookwrightError {
  return problem('target_refused', { field: 'target', problem: what, cure })
}
