import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serverUser } from './postgres-binaries.ts'
import { freePort } from './postgres-server.ts'
import { answers, withSbin } from './programs.ts'

export interface PgBouncer {
  /** The same URL by way of the pooler. */
  through(url: string): string
  /** Ends it as a crash does, and starts it anew. */
  restart(): Promise<void>
  close(): Promise<void>
}

const PROGRAM = 'pgbouncer'
const SERVER_CONNECTIONS = 4
const LONGEST_START_MS = 5_000

/** Why there is no PgBouncer; undefined where there is one. */
export function whyNoPgBouncer(): string | undefined {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'pipe', env: withSbin() })
    return undefined
  } catch {
    return 'PgBouncer is not installed (Debian: apt-get install pgbouncer)'
  }
}

/** Starts a PgBouncer before the server of `url`, that lends its connections for one transaction each. */
export async function startPgBouncer(url: string): Promise<PgBouncer> {
  const { hostname, port: serverPort, username, password } = new URL(url)
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-pgbouncer-'))
  const port = await freePort()
  const login = `user=${username || 'postgres'}${password === '' ? '' : ` password=${password}`}`
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${hostname} port=${serverPort || 5432} ${login}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${SERVER_CONNECTIONS}
`,
  )
  const user = serverUser()
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  let running: ChildProcess | undefined

  async function start(): Promise<void> {
    const child = spawn(PROGRAM, ['--quiet', join(folder, 'pgbouncer.ini')], {
      ...user,
      env: withSbin(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
    running = child
    const end = performance.now() + LONGEST_START_MS
    while (!(await answers(port))) {
      if (child.exitCode !== null || performance.now() > end)
        throw new Error(`PgBouncer does not start:\n${log}`)
      await sleep(20)
    }
  }

  async function stop(): Promise<void> {
    const child = running
    running = undefined
    if (child === undefined || child.exitCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  process.once('exit', () => running?.kill('SIGKILL'))
  await start()
  return {
    through(direct) {
      const way = new URL(direct)
      way.hostname = '127.0.0.1'
      way.port = String(port)
      return way.href
    },
    async restart() {
      await stop()
      await start()
    },
    async close() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
