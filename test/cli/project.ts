import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, onTestFinished, vi } from 'vitest'
import { entries, root } from '../../scripts/entries.ts'

/** An application of somebody's, in a folder of its own. */
export interface Project {
  readonly folder: string
  /** Runs `hookwright` in it to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>
  /** Starts `hookwright` in it. */
  start(args: readonly string[], options?: RunOptions): Running
  write(file: string, text: string): void
  /** Puts a package of the repository's into its node_modules. */
  link(name: string): void
  remove(): void
}

export interface RunOptions {
  env?: Readonly<Record<string, string>>
  /** What it reads from stdin; nothing unless told. Null leaves it open. */
  input?: string | null
  /** Below the project's folder. */
  cwd?: string
}

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Running {
  readonly process: ChildProcess
  /** What it has written until now. */
  readonly written: { readonly stdout: string; readonly stderr: string }
  readonly done: Promise<Ended>
  /** Waits until it has written this, to stdout or stderr, and gives what the expression took. */
  until(wanted: RegExp): Promise<RegExpExecArray>
}

/**
 * hookwright as it is when it is installed, but quickly built: from the source, each of the many processes of these tests
 * would take the types off hundreds of files. It stands below the repository's node_modules, where it finds what it imports.
 */
const installed = await install()

/** What Node is told to run. */
export const program = join(installed, 'dist/cli.js')

async function install(): Promise<string> {
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'hookwright-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  await build({
    entryPoints: Object.fromEntries([
      ...[...entries].map(([specifier, source]) => [specifier.split('/')[1] ?? 'index', source]),
      ['cli', join(root, 'src/cli/main.ts')],
    ]),
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'warning',
  })
  return folder
}

const LONGEST_LIFE_MS = 50_000
const running = new Set<ChildProcess>()
// None outlives its test, also where that has failed.
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts `hookwright` in a folder. It is ended with the test. */
function start(
  folder: string,
  args: readonly string[],
  { env = {}, input = '', cwd = '' }: RunOptions = {},
): Running {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: join(folder, cwd),
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    timeout: LONGEST_LIFE_MS,
  })
  running.add(child)
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
    })
  child.stdin.on('error', () => {})
  if (input !== null) child.stdin.end(input)
  const done = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve({ code, signal, ...written })
    })
  })
  return {
    process: child,
    written,
    done,
    until: (wanted) =>
      vi.waitFor(
        () => {
          const text = `${written.stderr}\n${written.stdout}`
          const found = wanted.exec(text)
          if (found === null) throw new Error(`${wanted} is not in:\n${text}`)
          return found
        },
        { timeout: LONGEST_LIFE_MS, interval: 20 },
      ),
  }
}

/** The same, to its end. */
export async function run(folder: string, args: readonly string[], options?: RunOptions): Promise<Ended> {
  return await start(folder, args, options).done
}

function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'hookwright-cli-')))
}

/** An empty folder, removed when the test has ended. */
export function testFolder(): string {
  const folder = temporaryFolder()
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

/** @param files paths and their texts; a package.json is made where there is none */
export function createProject(files: Readonly<Record<string, string>> = {}): Project {
  const folder = temporaryFolder()
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  write('package.json', JSON.stringify({ name: 'shop', type: 'module' }))
  for (const [file, text] of Object.entries(files)) write(file, text)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(installed, join(folder, 'node_modules/hookwright'))
  return {
    folder,
    write,
    start: (args, options) => start(folder, args, options),
    run: (args, options) => run(folder, args, options),
    link(name) {
      const path = join(folder, 'node_modules', name)
      mkdirSync(dirname(path), { recursive: true })
      symlinkSync(join(root, 'node_modules', name), path)
    },
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/** The same, removed when the test has ended. */
export function testProject(files: Readonly<Record<string, string>> = {}): Project {
  const project = createProject(files)
  onTestFinished(() => project.remove())
  return project
}

/** A hooks file that opens nothing before it is asked for something. */
export const EMPTY_HOOKS = `
import { createHooks } from 'hookwright'
import { sqlite } from 'hookwright/sqlite'
export const hooks = createHooks({ database: sqlite('shop.db'), events: { 'user.logged_in': null } })
`
