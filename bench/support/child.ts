import { fork } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../scripts/entries.ts'
import type { BenchOptions, SectionResult } from '../section.ts'

/** Nothing here takes that long; a child that hangs must not keep the benchmark for ever. */
const LONGEST_LIFE_MS = 10 * 60_000

/**
 * Measures in a process of its own. The program sends `{ progress }` and at last `{ result }`.
 *
 * @param args what the program gets before the options, which are JSON
 */
export async function inChild(
  program: URL,
  args: readonly string[],
  { progress, ...options }: BenchOptions,
): Promise<SectionResult> {
  const child = fork(program, [...args, JSON.stringify(options)], {
    cwd: root,
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', join(root, 'scripts/source.ts')],
    timeout: LONGEST_LIFE_MS,
  })
  let result: SectionResult | undefined
  child.on('message', (message: { progress?: string; result?: SectionResult }) => {
    if (message.progress !== undefined) progress(message.progress)
    result = message.result ?? result
  })
  const ended = Promise.withResolvers<string>()
  child.on('error', ended.reject)
  child.on('exit', (code, signal) => ended.resolve(`its process ended with ${code ?? signal}`))
  const end = await ended.promise
  if (result === undefined) throw new Error(end)
  return result
}
