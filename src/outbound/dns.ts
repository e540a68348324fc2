import { Resolver } from 'node:dns/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { createHostsFile } from './hosts-file.ts'
import { familyOf } from './ranges.ts'

export interface ResolvedAddress {
  address: string
  family: 4 | 6
}

/**
 * Finds all addresses of a host name, in the order in which they are to be tried. Rejects when there is none.
 *
 * @param hostname in punycode, without a dot at its end; never a literal address, never `localhost`
 * @param signal aborts when nobody waits any longer
 */
export type Resolve = (hostname: string, signal: AbortSignal) => Promise<readonly ResolvedAddress[]>

/** One try of one question; each further try waits longer. */
const TRY_MS = 2000
const TRIES = 3
/** How long the second family's answer is waited for once the first one's is there: some servers never answer for AAAA. */
const OTHER_FAMILY_MS = 250

/**
 * The default resolver: the hosts file, then DNS through c-ares. `dns.lookup` would do both, but runs in the four threads that
 * files and other lookups share, so that four dead names hold up everybody (measured: 20 s).
 *
 * @param options for tests: another hosts file, other name servers
 */
export function createResolve(options: { hostsFile?: string; servers?: string[] } = {}): Resolve {
  const hosts = createHostsFile(options.hostsFile)
  return async (hostname, signal) => {
    const known = hosts(hostname)
    return known.length > 0 ? ordered(known) : ordered(await query(hostname, signal, options.servers))
  }
}

async function query(
  hostname: string,
  signal: AbortSignal,
  servers: string[] | undefined,
): Promise<string[]> {
  signal.throwIfAborted()
  // A resolver of its own for each name, because cancel() ends all questions of one.
  const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES })
  if (servers !== undefined) resolver.setServers(servers)
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })

  const addresses: string[] = []
  const collect = (found: string[]) => void addresses.push(...found)
  const questions = [resolver.resolve4(hostname).then(collect), resolver.resolve6(hostname).then(collect)]
  try {
    await Promise.any(questions)
    await Promise.race([Promise.allSettled(questions), wait(OTHER_FAMILY_MS, undefined, { ref: false })])
    return addresses
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}

/** IPv4 first: nearly every receiver has it, and servers that only believe to have IPv6 are common. */
function ordered(addresses: readonly string[]): ResolvedAddress[] {
  const of = (family: 4 | 6) =>
    addresses
      .filter((address) => familyOf(address) === `ipv${family}`)
      .map((address) => ({ address, family }))
  return [...of(4), ...of(6)]
}
