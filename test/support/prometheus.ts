import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './postgres-server.ts'

/** Why there is no Prometheus; undefined where there is one. */
export function whyNoPrometheus(): string | undefined {
  try {
    for (const program of ['prometheus', 'promtool']) execFileSync(program, ['--version'], { stdio: 'pipe' })
    return undefined
  } catch {
    return 'Prometheus is not installed (Debian: apt-get install prometheus)'
  }
}

export interface Series {
  metric: Record<string, string>
  value: [time: number, value: string]
}

export interface Prometheus {
  /** What a PromQL expression gives now. Rejects with Prometheus's own error if it is wrong. */
  query(expression: string): Promise<Series[]>
  close(): Promise<void>
}

/** Starts a Prometheus that scrapes an address each second. */
export async function startPrometheus(target: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-prometheus-'))
  const port = await freePort()
  const config = join(folder, 'prometheus.yml')
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'hookwright', static_configs: [{ targets: [target] }] }],
    }),
  )
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const exited = once(child, 'exit')
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  process.once('exit', () => child.kill('SIGKILL'))

  return {
    async query(expression) {
      if (child.exitCode !== null) throw new Error(`Prometheus has ended:\n${log}`)
      const query = new URLSearchParams({ query: expression })
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?${query}`)
      const { status, error, data } = (await response.json()) as {
        status: string
        error?: string
        data?: { result: Series[] }
      }
      if (status !== 'success') throw new Error(`${error}: ${expression}`)
      return data?.result ?? []
    },
    async close() {
      child.kill('SIGTERM')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
