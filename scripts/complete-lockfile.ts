/**
 * Adds to package-lock.json the optional packages of other platforms (`@biomejs/cli-darwin-arm64`) that npm left out because
 * the registry at hand, such as a mirror, does not have them. With such a gap `npm ci` refuses the lock file everywhere.
 * Run it after `npm install` has changed the lock file; it changes nothing where nothing is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './entries.ts'

interface LockedPackage {
  version: string
  cpu?: string[]
  dev?: boolean
  libc?: string[]
  optional?: boolean
  os?: string[]
  optionalDependencies?: Record<string, string>
}

type LockedPackages = Record<string, LockedPackage>

/**
 * The same packages, with an entry for each optional package that was left out and whose name tells its platform.
 *
 * @param packages `packages` of package-lock.json: path in node_modules → package
 */
export function complete(packages: LockedPackages): LockedPackages {
  const added: LockedPackages = {}
  for (const [path, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const place = `node_modules/${name}`
      const platform = platformOf(name)
      if (place in packages || `${path}/${place}` in packages || platform === undefined) continue
      added[place] = { version, ...platform, ...(dev && { dev }), optional: true }
    }
  }
  const all = { ...packages, ...added }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => a.localeCompare(b, 'en')))
}

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']

/** `@oxlint/binding-linux-x64-musl` → linux, x64, musl. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> | undefined {
  const words = name.split(/[/-]/)
  const os = words.find((word) => SYSTEMS.includes(word))
  const cpu = words.find((word) => PROCESSORS.includes(word))
  if (os === undefined || cpu === undefined) return undefined
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined
  return { cpu: [cpu], ...(libc && { libc: [libc] }), os: [os] }
}

if (import.meta.main) {
  const file = join(root, 'package-lock.json')
  const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: LockedPackages }
  const packages = complete(lock.packages)
  const count = Object.keys(packages).length - Object.keys(lock.packages).length
  if (count > 0) writeFileSync(file, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`)
  console.log(`package-lock.json: ${count} packages of other platforms added`)
}
