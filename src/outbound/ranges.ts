import { BlockList, isIP } from 'node:net'

export type Family = 'ipv4' | 'ipv6'

/** A block of addresses with a name for it that people understand. */
export interface Range {
  /** As it was written: `10.0.0.0/8`. */
  cidr: string
  /** What lives there; part of the reason that an error gives. */
  what: string
  contains(address: string, family: Family): boolean
}

/** The family of a literal address, or undefined when the text is none. */
export function familyOf(address: string): Family | undefined {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined
}

/**
 * A range from `address/bits`, or from one address.
 *
 * @returns undefined when the text is neither
 */
export function parseRange(text: string, what = ''): Range | undefined {
  const [address = '', bits, ...rest] = text.split('/')
  const family = familyOf(address)
  if (family === undefined || address.includes('%') || rest.length > 0) return undefined
  const widest = family === 'ipv4' ? 32 : 128
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= widest)) return undefined
  const list = new BlockList()
  list.addSubnet(address, bits === undefined ? widest : Number(bits), family)
  // Without the family every IPv6 address would be reported as not contained; and an IPv4 rule would match
  // IPv4-mapped addresses, which are unwrapped before they get here.
  return { cidr: text, what, contains: (other, of) => of === family && list.check(other, of) }
}

function range(cidr: string, what: string): Range {
  const parsed = parseRange(cidr, what)
  if (parsed === undefined) throw new TypeError(`${cidr} is no range`)
  return parsed
}

/**
 * IPv4 that no webhook may reach: IANA's special-purpose registry, and one address of a cloud.
 * https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
export const refusedIPv4: readonly Range[] = [
  range('0.0.0.0/8', 'this network'),
  range('10.0.0.0/8', 'a private network'),
  range('100.64.0.0/10', 'shared address space of a carrier or cloud'),
  range('127.0.0.0/8', 'this machine'),
  range('169.254.0.0/16', 'link-local, with the metadata services of clouds'),
  range('172.16.0.0/12', 'a private network'),
  range('192.0.0.0/24', 'protocol assignments'),
  range('192.0.2.0/24', 'documentation'),
  range('192.88.99.0/24', '6to4 relays'),
  range('192.168.0.0/16', 'a private network'),
  range('198.18.0.0/15', 'benchmarks'),
  range('198.51.100.0/24', 'documentation'),
  range('203.0.113.0/24', 'documentation'),
  range('224.0.0.0/4', 'multicast'),
  range('240.0.0.0/4', 'reserved or broadcast'),
  // Public by its number, but inside Azure it answers every virtual machine, like a metadata service.
  range('168.63.129.16/32', "Azure's wire server"),
]

/**
 * IPv6 that a webhook may reach: global unicast, less what tunnels to other addresses or is reserved. Listing what is good
 * refuses everything else: loopback, unique local, link-local, multicast, NAT64 for local use, whatever comes.
 * https://www.iana.org/assignments/iana-ipv6-special-registry/
 */
export const globalIPv6 = range('2000::/3', 'global unicast')

export const refusedIPv6: readonly Range[] = [
  range('2001::/23', 'protocol assignments and Teredo'),
  range('2001:db8::/32', 'documentation'),
  range('2002::/16', '6to4'),
  range('3fff::/20', 'documentation'),
]

/**
 * The IPv4 address that an IPv6 address stands for: IPv4-mapped (`::ffff:a.b.c.d`) or behind the well-known NAT64 prefix
 * (`64:ff9b::/96`, RFC 6052). Such an address reaches that IPv4 address, so it is judged by it.
 */
export function embeddedIPv4(address: string): string | undefined {
  const groups = groupsOf(address)
  if (groups === undefined) return undefined
  const prefix = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(':')
  if (prefix !== '0:0:0:0:0:ffff' && prefix !== '64:ff9b:0:0:0:0') return undefined
  const [high = 0, low = 0] = groups.slice(6)
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** The eight groups of an IPv6 address. URL has the parser: it writes dotted parts as groups, and no zeros in front. */
function groupsOf(address: string): number[] | undefined {
  const url = URL.parse(`http://[${address}]/`)
  if (url === null) return undefined
  const [left = '', right] = url.hostname.slice(1, -1).split('::')
  const numbers = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const before = numbers(left)
  const after = numbers(right ?? '')
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
}
