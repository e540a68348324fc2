import { readFileSync, statSync } from 'node:fs'
import { familyOf } from './ranges.ts'

/** Where this machine keeps the names that it knows without DNS. */
const systemHostsFile =
  process.platform === 'win32'
    ? `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts`
    : '/etc/hosts'

/**
 * The addresses that the hosts file gives a name; c-ares does not read it for queries. The file is looked at again when it
 * changed. Synchronously: the asynchronous calls stand in one queue with `dns.lookup`, which dead names can hold up for 20 s.
 */
export function createHostsFile(path: string = systemHostsFile): (hostname: string) => readonly string[] {
  let names = new Map<string, string[]>()
  let modified = Number.NaN

  const refresh = () => {
    const found = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (found === modified) return
    names = found === 0 ? new Map() : parseHosts(readFileSync(path, 'utf8'))
    modified = found
  }

  return (hostname) => {
    try {
      refresh()
    } catch {
      // Not readable: as if it were not there, which is what the C library makes of it.
    }
    return names.get(hostname) ?? []
  }
}

function parseHosts(text: string): Map<string, string[]> {
  const names = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...hostnames] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (familyOf(address) === undefined) continue
    for (const hostname of hostnames) {
      const name = hostname.toLowerCase()
      names.set(name, [...(names.get(name) ?? []), address])
    }
  }
  return names
}
