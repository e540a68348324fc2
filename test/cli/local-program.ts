import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { root } from '../../scripts/entries.ts'

/** A run of `hookwright`, as a terminal would start it. */
export interface Run {
  readonly process: ChildProcess
  /** What it has printed so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** The exit code, once it has ended. */
  readonly done: Promise<number | null>
  /** Waits until stderr or stdout has it, and gives what the expression took. */
  until(pattern: RegExp): Promise<RegExpExecArray>
}

const LONGEST_LIFE_MS = 50_000

/** Starts the program from its source, in a folder. It is ended with the test. */
export function start(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  const program = ['--import', join(root, 'scripts/source.ts'), join(root, 'src/cli/main.ts')]
  const child = spawn(process.execPath, [...program, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_LIFE_MS,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
  })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
    })
  const done = new Promise<number | null>((resolve) => child.on('close', resolve))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await done
  })
  return {
    process: child,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    done,
    until: (pattern) =>
      vi.waitFor(
        () => {
          const found = pattern.exec(`${texts.stderr}\n${texts.stdout}`)
          if (found === null) throw new Error(`${pattern} is not in:\n${texts.stderr}\n${texts.stdout}`)
          return found
        },
        { timeout: LONGEST_LIFE_MS, interval: 20 },
      ),
  }
}

/** The same, to its end. */
export async function run(cwd: string, args: readonly string[], env?: NodeJS.ProcessEnv) {
  const started = start(cwd, args, env)
  const code = await started.done
  return { code, stdout: started.stdout(), stderr: started.stderr() }
}

/** A folder with files in it, removed with the test. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}
