import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './postgres-server.ts'
import { answers, withSbin } from './programs.ts'

const LONGEST_START_MS = 15_000

export type ProxyProgram = 'tinyproxy' | 'squid'

/** Why there is none; undefined where it is installed. */
export function whyNoProxy(program: ProxyProgram): string | undefined {
  try {
    execFileSync(program, ['-v'], { stdio: 'pipe', env: withSbin() })
    return undefined
  } catch {
    return `${program} is not installed (Debian: apt-get install tinyproxy-bin squid)`
  }
}

/**
 * Starts a forward proxy on loopback, as it is set up by default, except that it opens tunnels to one more port.
 *
 * @param tunnelPort of a target of https
 */
export async function startForwardProxy(program: ProxyProgram, tunnelPort: number) {
  const folder = mkdtempSync(join(tmpdir(), `hookwright-${program}-`))
  // squid gives up root for a user of its own.
  chmodSync(folder, 0o777)
  const port = await freePort()
  const file = join(folder, `${program}.conf`)
  writeFileSync(file, program === 'tinyproxy' ? tinyproxy(port, tunnelPort) : squid(port, tunnelPort, folder))
  const child = spawn(program, program === 'tinyproxy' ? ['-d', '-c', file] : ['-N', '-f', file], {
    env: withSbin(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
  }
  const end = performance.now() + LONGEST_START_MS
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > end) {
      child.kill('SIGKILL')
      throw new Error(`${program} does not start:\n${log}`)
    }
    await sleep(20)
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await stop(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const tinyproxy = (port: number, tunnelPort: number) => `Port ${port}
Listen 127.0.0.1
Allow 127.0.0.1
ConnectPort 443
ConnectPort ${tunnelPort}
`

const squid = (port: number, tunnelPort: number, folder: string) => `http_port 127.0.0.1:${port}
visible_hostname localhost
pid_filename none
cache deny all
access_log none
cache_log ${join(folder, 'cache.log')}
coredump_dir ${folder}
shutdown_lifetime 0 seconds
acl SSL_ports port 443 ${tunnelPort}
acl denied dstdomain denied.example
http_access deny CONNECT !SSL_ports
http_access deny denied
http_access allow localhost
http_access deny all
`

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
