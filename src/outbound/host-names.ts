/**
 * What can be said of a host name before anybody resolves it. `URL` has already lowercased it, decoded `%31` and unicode,
 * and written every form of an IPv4 address with dots; what is left to judge is here.
 */

/** Names that public DNS does not hold, or that lead to where they are asked: whoever answers for them is inside. */
const insideSuffixes = [
  'localhost', // RFC 6761
  'localdomain',
  'local', // RFC 6762: mDNS, and Kubernetes' cluster.local
  'internal', // reserved by ICANN; clouds put metadata services there
  'intranet',
  'private',
  'corp', // this, home and mail were refused as top-level domains because too many networks use them inside
  'home',
  'home.arpa', // RFC 8375
  'lan',
  'onion', // RFC 7686
  'alt', // RFC 9476
  'invalid', // RFC 6761
]

/** A name without the dot that may stand at its end: `localhost.` is `localhost`. */
export function withoutRoot(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
}

/** Whether the name stands for this machine's loopback addresses (RFC 6761, 6.3). */
export function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost')
}

/**
 * Why a name is no host name: an empty or too long label, a character that DNS names do not have.
 *
 * @param name lowercase and in punycode, without a dot at its end
 */
export function malformedName(name: string): string | undefined {
  if (name.length > 253) return 'its host name has more than 253 characters'
  for (const label of name.split('.')) {
    if (label === '') return 'its host name has an empty part'
    if (label.length > 63) return 'its host name has a part of more than 63 characters'
    // The underscore is no letter of host names, but there are hosts that bear it, and DNS does not mind.
    if (!/^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/.test(label))
      return 'its host name has a character that none may have'
  }
  return undefined
}

/** Why a well-formed name can only lead to somewhere inside. */
export function insideName(name: string): string | undefined {
  if (isLocalhost(name)) return 'this machine'
  if (!name.includes('.')) return 'a name without a dot, which only a local network knows'
  const suffix = insideSuffixes.find((inside) => name.endsWith(`.${inside}`))
  return suffix === undefined ? undefined : `a name under .${suffix}, which only a local network knows`
}

/** Names to match against: exactly, or everything below a domain for `*.example.com`. */
export class NameList {
  readonly #exact = new Set<string>()
  readonly #below: string[] = []

  /** Takes one entry. @returns false when it is no host name */
  add(entry: string): boolean {
    const below = entry.startsWith('*.')
    const hostname = URL.parse(`http://${below ? entry.slice(2) : entry}/`)?.hostname ?? ''
    const name = withoutRoot(hostname)
    // What URL understood must be all that was written: no port, no path, no user.
    const plain = /^[^\s/?#@:[\]\\%]+$/.test(entry) && name !== '' && !/^[\d.]+$/.test(name)
    if (!plain || malformedName(name) !== undefined) return false
    if (below) this.#below.push(`.${name}`)
    else this.#exact.add(name)
    return true
  }

  has(name: string): boolean {
    return this.#exact.has(name) || this.#below.some((suffix) => name.endsWith(suffix))
  }
}
