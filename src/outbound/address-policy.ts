import { problem } from '../core/errors.ts'
import { insideName, isLocalhost, malformedName, NameList, withoutRoot } from './host-names.ts'
import {
  embeddedIPv4,
  familyOf,
  globalIPv6,
  parseRange,
  type Range,
  refusedIPv4,
  refusedIPv6,
} from './ranges.ts'

/**
 * Where the sender may connect to. Made once, asked twice for each connection: by the name when a target is registered or a
 * connection opened, and by the address once the name is resolved.
 */
export interface AddressPolicy {
  /** Whether targets of plain http are refused, wherever they lead. */
  readonly httpsOnly?: boolean
  /**
   * Why a host must not be called, as far as that can be told without DNS; undefined when it may be tried.
   *
   * @param hostname as `URL` writes it: lowercase, punycode, IPv6 in brackets
   */
  refuseHost(hostname: string): string | undefined
  /**
   * Why an address must not be connected to; undefined when it may.
   *
   * @param address a literal IPv4 or IPv6 address, without brackets
   * @param hostname the name that was resolved to it, if any: one that `allow` lists may lead anywhere
   */
  refuseAddress(address: string, hostname?: string): string | undefined
}

export interface AddressPolicyOptions {
  /** Holes in the built-in rules: ranges (`127.0.0.1/32`), addresses, host names (`app.internal`, `*.app.internal`). */
  allow?: readonly string[]
  /** Refused whatever else says: ranges, addresses, host names; the sender's own hosts belong here. */
  deny?: readonly string[]
  /** Refuses targets of plain http; false unless told. */
  httpsOnly?: boolean
}

/**
 * Makes the rules for where a hook may lead. Without options only the public internet is left.
 *
 * - A range or an address in `allow` opens these addresses, written literally or found by DNS.
 * - A host name in `allow` opens that name, and the addresses that it resolves to. Ranges do not open names: nobody can
 *   tell at registration where `redis` will lead, so names that only a local network knows must be listed themselves.
 * - `localhost` and names below it stand for 127.0.0.1 and ::1 (RFC 6761) and nothing else, so they need no entry of their
 *   own: they may be used as soon as `allow` covers one of the two, and lead to those that it covers.
 * - `deny` wins over `allow`, and `allow` over the built-in rules.
 *
 * @throws `option_invalid`, which names the entry that is neither a range, an address nor a host name
 * @example
 * ```ts
 * createAddressPolicy({ allow: ['127.0.0.1/32', 'fd00::/8', 'app.internal'], deny: ['*.sender.example'] })
 * ```
 */
export function createAddressPolicy(options: AddressPolicyOptions = {}): AddressPolicy {
  const allow = parseEntries('allow', options.allow)
  const deny = parseEntries('deny', options.deny)

  const refuseAddress = (address: string, hostname?: string): string | undefined => {
    const bare = embeddedIPv4(address) ?? address.replace(/%.*$/, '')
    const family = familyOf(bare)
    if (family === undefined) return 'is no address'
    const within = (range: Range) => range.contains(bare, family)
    const denied = deny.ranges.find(within)
    if (denied !== undefined) return `is in ${denied.cidr}, which \`deny\` lists`
    if (allow.ranges.some(within)) return undefined
    if (hostname !== undefined && allow.names.has(withoutRoot(hostname))) return undefined
    const refused = (family === 'ipv4' ? refusedIPv4 : refusedIPv6).find(within)
    if (refused !== undefined) return `is in ${refused.cidr} (${refused.what})`
    if (family === 'ipv6' && !within(globalIPv6)) return `is outside ${globalIPv6.cidr} (${globalIPv6.what})`
    return undefined
  }

  const refuseName = (name: string): string | undefined => {
    const malformed = malformedName(name)
    if (malformed !== undefined) return malformed
    if (deny.names.has(name)) return 'is a host that `deny` lists'
    if (allow.names.has(name)) return undefined
    if (isLocalhost(name) && LOCALHOST.some((address) => refuseAddress(address) === undefined))
      return undefined
    const inside = insideName(name)
    return inside === undefined ? undefined : `is ${inside}`
  }

  return {
    httpsOnly: options.httpsOnly ?? false,
    refuseAddress,
    refuseHost(hostname) {
      const literal = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
      return familyOf(literal) === undefined ? refuseName(withoutRoot(hostname)) : refuseAddress(literal)
    },
  }
}

/** What `localhost` stands for, in the order in which they are tried. */
export const LOCALHOST: readonly string[] = ['127.0.0.1', '::1']

function parseEntries(
  field: 'allow' | 'deny',
  entries: readonly string[] = [],
): { ranges: Range[]; names: NameList } {
  const ranges: Range[] = []
  const names = new NameList()
  if (!Array.isArray(entries)) {
    throw problem('option_invalid', { field, value: entries, problem: 'it is not a list', cure: EXAMPLE })
  }
  entries.forEach((entry: unknown, index) => {
    const range = typeof entry === 'string' ? parseRange(entry) : undefined
    if (range !== undefined && embeddedIPv4(range.cidr.replace(/\/.*$/, '')) === undefined) ranges.push(range)
    else if (typeof entry !== 'string' || !names.add(entry)) {
      throw problem('option_invalid', {
        field: `${field}[${index}]`,
        value: entry,
        problem:
          range === undefined ? 'it is no address range and no host name' : 'it stands for an IPv4 address',
        cure: EXAMPLE,
      })
    }
  })
  return { ranges, names }
}

const EXAMPLE = "Write for instance '127.0.0.1/32', 'fd00::/8', 'app.internal' or '*.app.internal'"
