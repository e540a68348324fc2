import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

/** What a benchmark ran on, as it may be shown to people. */
export interface Machine {
  node: string
  system: string
  processor: string
  memory: string
  hookwright: string
  /** How many programs wanted a processor before it began, over the last minute. */
  load: string
}

export function describeMachine(): Machine {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return {
    node: process.versions.node,
    system: `${type()} ${release()}, ${process.arch}`,
    processor: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    hookwright: version,
    load: loadOf(loadavg()[0] ?? 0, availableParallelism()),
  }
}

/** Others that work beside the benchmark are in its numbers. Windows always says 0. */
function loadOf(load: number, processors: number): string {
  const busy = load > processors / 2
  return `${load.toFixed(1)}${busy ? ': others work on this machine, so trust the ratios little and the times not at all' : ''}`
}
