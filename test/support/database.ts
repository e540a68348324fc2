import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { root } from '../../scripts/entries.ts'

/** The path of a database that does not exist yet, in a folder of its own; `remove` deletes the folder. */
export function temporaryDatabase(): { path: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-'))
  return {
    path: join(folder, 'app.db'),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

export interface ChildOutput {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Child {
  /** For messages both ways (`process.send`, `process.on('message')` in the script) and for `kill`. */
  process: ChildProcess
  /** Resolves when it has ended, however it ended. */
  done: Promise<ChildOutput>
}

const LONGEST_LIFE_MS = 60_000

/**
 * Starts a process of this Node that runs `script`: an ES module in TypeScript, whose relative imports start at the
 * repository's root, and which may import `hookwright` by name. It gets `args` as `process.argv.slice(1)`.
 */
export function startChild(
  script: string,
  args: readonly string[] = [],
  { uid, lifeMs = LONGEST_LIFE_MS }: { uid?: number; lifeMs?: number } = {},
): Child {
  const flags = ['--import', './scripts/source.ts', '--input-type=module-typescript', '--eval', script]
  const child = spawn(process.execPath, [...flags, '--', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    timeout: lifeMs,
    ...(uid !== undefined && { uid }),
  })
  const ended = new Promise<Pick<ChildOutput, 'code' | 'signal'>>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  const done = Promise.all([ended, read(child.stdout), read(child.stderr)]).then(([end, stdout, stderr]) => ({
    ...end,
    stdout,
    stderr,
  }))
  return { process: child, done }
}

async function read(stream: Readable | null): Promise<string> {
  return stream === null ? '' : await text(stream)
}

/** Runs `script` to its end, and fails with what it wrote unless it ended well. Gives what it printed. */
export async function runChild(script: string, args: readonly string[] = []): Promise<string> {
  const { code, signal, stdout, stderr } = await startChild(script, args).done
  if (code !== 0) throw new Error(`The child process ended with ${code ?? signal}:\n${stderr}${stdout}`)
  return stdout
}
