import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { root } from '../../scripts/entries.ts'
import { messageOf } from '../../src/core/errors.ts'
import { findBinaries, serverUser, type User } from './postgres-binaries.ts'
import { processFamily, signalAll } from './process-family.ts'

export interface PostgresServer {
  /** Of the database `postgres`, as its superuser. */
  readonly url: string
  readonly port: number
  /** A temporary folder that the server's user may write to; its data is in `data`. Removed by `close`. */
  readonly folder: string
  /** Who the server runs as, where that is not the test's own user. */
  readonly user: User | undefined
  /** What the server has written to its log since it was last started. */
  log(): string
  /** Starts it after `stop`; resolves when it takes connections. */
  start(): Promise<void>
  /** `fast` ends all sessions and shuts down in order; `immediate` is a crash: the next start recovers. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Lets all its processes stand still: connections stay, nobody answers. */
  suspend(): void
  resume(): void
  /** Ends it, and removes its data. */
  close(): Promise<void>
}

export interface PostgresServerOptions {
  /** Settings of postgresql.conf, such as `{ max_connections: '20' }`. */
  settings?: Readonly<Record<string, string>>
  /** Further lines for the top of pg_hba.conf, such as `host all guarded 127.0.0.1/32 scram-sha-256`. */
  access?: readonly string[]
}

/** A test's server has nothing to lose by a power failure. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  full_page_writes: 'off',
  max_wal_size: '256MB',
  shared_buffers: '32MB',
}
const LONGEST_START_MS = 30_000

/** Why no server can be started here; undefined where one can. */
export function whyNoServer(): string | undefined {
  if (process.platform === 'win32') return 'a server of its own needs the signals of POSIX'
  try {
    const binaries = findBinaries(serverUser())
    return typeof binaries === 'string' ? binaries : undefined
  } catch (error) {
    return messageOf(error)
  }
}

/**
 * A PostgreSQL server of the caller's own, on a free port, with its data in a temporary folder. It ends with this process,
 * however that ends.
 *
 * @throws an error that tells why where none can be started
 * @example
 * ```ts
 * const server = await startPostgresServer({ settings: { max_connections: '10' } })
 * onTestFinished(() => server.close())
 * ```
 */
export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const missing = whyNoServer()
  if (missing !== undefined) throw new Error(missing)
  const user = serverUser()
  const binaries = findBinaries(user)
  if (typeof binaries === 'string') throw new Error(binaries)
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-postgres-'))
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const as = { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } }
  try {
    await promisify(execFile)(
      binaries.initdb,
      [
        '-D',
        data,
        '-U',
        'postgres',
        '-A',
        'trust',
        '-E',
        'UTF8',
        '--locale=C',
        '--no-sync',
        '--no-instructions',
      ],
      as,
    )
    if (options.access !== undefined) prepend(join(data, 'pg_hba.conf'), options.access)
    const port = await freePort()
    const settings = Object.entries({ ...SETTINGS, ...options.settings, port: String(port) })
    const flags = ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
    const server = new OwnServer({ folder, port, user }, () =>
      spawn(binaries.postgres, flags, { ...as, stdio: ['ignore', 'ignore', 'pipe'] }),
    )
    await server.start()
    return server
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

class OwnServer implements PostgresServer {
  readonly url: string
  readonly port: number
  readonly folder: string
  readonly user: User | undefined
  readonly #spawn: () => ChildProcess
  #process: ChildProcess | undefined
  #guard: ChildProcess | undefined
  #log = ''

  constructor(
    { folder, port, user }: { folder: string; port: number; user: User | undefined },
    spawnServer: () => ChildProcess,
  ) {
    this.folder = folder
    this.port = port
    this.user = user
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`
    this.#spawn = spawnServer
  }

  log(): string {
    return this.#log
  }

  async start(): Promise<void> {
    if (this.#process !== undefined) return
    this.#log = ''
    const server = this.#spawn()
    this.#process = server
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text
    })
    server.once('exit', () => {
      if (this.#process !== server) return
      this.#process = undefined
      this.#guard?.stdin?.end('released')
    })
    this.#guard = guardOf(server.pid as number, this.folder)
    const end = performance.now() + LONGEST_START_MS
    for (;;) {
      if (this.#process === undefined) throw new Error(`PostgreSQL ended at its start:\n${this.#log}`)
      if (await answers(this.url)) return
      if (performance.now() > end) throw new Error(`PostgreSQL does not come up:\n${this.#log}`)
      await sleep(20)
    }
  }

  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const server = this.#process
    if (server === undefined) return
    const exited = once(server, 'exit')
    this.resume()
    server.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await exited
  }

  suspend(): void {
    this.#signal('SIGSTOP')
  }

  resume(): void {
    this.#signal('SIGCONT')
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#process?.pid === undefined) return
    // The postmaster first: one that runs might start a session between the look and the signal.
    signalAll([this.#process.pid], signal)
    signalAll(processFamily(this.#process.pid), signal)
  }

  async close(): Promise<void> {
    await this.stop('immediate')
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function guardOf(pid: number, folder: string): ChildProcess {
  const guard = spawn(process.execPath, ['test/support/postgres-guard.child.ts', String(pid), folder], {
    cwd: root,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.stdin?.on('error', () => {})
  guard.unref()
  return guard
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

function prepend(path: string, lines: readonly string[]): void {
  writeFileSync(path, `${lines.join('\n')}\n${readFileSync(path, 'utf8')}`)
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
