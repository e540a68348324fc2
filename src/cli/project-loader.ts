import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandError } from './command.ts'
import { whyNodeCannot } from './why-node-cannot.ts'

/** What runs TypeScript that Node cannot strip: a package, and what of it Node is told to import first. */
interface Loader {
  readonly name: string
  readonly subpath: string
  /** How it hears of the project's tsconfig.json, which it would otherwise look for below where the command runs. */
  env(tsconfig: string): Readonly<Record<string, string>>
}

/** In the order in which they are preferred. */
const LOADERS: readonly Loader[] = [
  { name: 'tsx', subpath: '.', env: (file) => ({ TSX_TSCONFIG_PATH: file }) },
  { name: '@swc-node/register', subpath: './esm-register', env: (file) => ({ SWC_NODE_PROJECT: file }) },
  { name: 'jiti', subpath: './register', env: () => ({ JITI_TSCONFIG_PATHS: 'true' }) },
]

/** Tells the program that it runs with a loader already. */
const MARK = 'HOOKWRIGHT_LOADER'

/**
 * Where a hooks file cannot be run by Node alone, the program begins anew, with the loader that the project has installed: in
 * the same process, so that signals, terminal and exit code are what they were. Returns where a loader would not help.
 *
 * @throws CommandError `loader_missing` that names what Node cannot do, and the cure
 */
export async function runWithLoader(file: string, error: unknown, env: NodeJS.ProcessEnv): Promise<void> {
  if (env[MARK] !== undefined) return
  const why = whyNodeCannot(file, error)
  if (why === undefined) return
  const tsconfig = nearestTsconfig(file)
  const found = findLoader(file, tsconfig)
  if (found !== undefined) {
    const { loader, entry } = found
    const more = tsconfig === undefined ? {} : loader.env(tsconfig)
    return await beginAnew(['--import', pathToFileURL(entry).href], { ...more, ...env, [MARK]: loader.name })
  }
  throw new CommandError(
    'loader_missing',
    `${file} cannot be run: ${why} Your project has no loader that can: npm install --save-dev tsx, and the same command works. (${LOADERS.map(({ name }) => name).join(', ')} are looked for.)`,
    { cause: error },
  )
}

function findLoader(
  file: string,
  tsconfig: string | undefined,
): { loader: Loader; entry: string } | undefined {
  // tsx and jiti do not write down the types of decorated fields, which TypeORM and Nest read.
  const wantsMetadata =
    tsconfig !== undefined && /"emitDecoratorMetadata"\s*:\s*true/.test(readFileSync(tsconfig, 'utf8'))
  const isAble = ({ name }: Loader) => name !== 'tsx' && name !== 'jiti'
  const loaders = wantsMetadata
    ? [...LOADERS.filter(isAble), ...LOADERS.filter((loader) => !isAble(loader))]
    : LOADERS
  for (const loader of loaders) {
    const entry = entryOf(loader, file)
    if (entry !== undefined) return { loader, entry }
  }
  return undefined
}

/** The file of a loader, as the hooks file would import it. */
function entryOf({ name, subpath }: Loader, file: string): string | undefined {
  let manifest: string | undefined
  try {
    manifest = findPackageJSON(name, pathToFileURL(file))
  } catch {
    return undefined
  }
  if (manifest === undefined) return undefined
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: Record<string, unknown> }
  let target: unknown = exports?.[subpath]
  while (typeof target === 'object' && target !== null) {
    const conditions: Record<string, unknown> = { ...target }
    target = conditions.import ?? conditions.node ?? conditions.default
  }
  return typeof target === 'string' ? join(dirname(manifest), target) : undefined
}

function nearestTsconfig(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const tsconfig = join(folder, 'tsconfig.json')
    if (existsSync(tsconfig)) return tsconfig
    if (folder === dirname(folder)) return undefined
  }
}

async function beginAnew(flags: readonly string[], env: NodeJS.ProcessEnv): Promise<never> {
  const args = [...process.execArgv, ...flags, ...process.argv.slice(1)]
  try {
    // No second process: whoever sends a signal, waits or counts processes meets the one that they started.
    process.execve?.(process.execPath, [process.execPath, ...args], env)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM') throw error
  }
  return await inChild(args, env)
}

/** For Windows, where a process cannot become another one. The console sends Ctrl-C to both, and the child decides. */
async function inChild(args: readonly string[], env: NodeJS.ProcessEnv): Promise<never> {
  process.removeAllListeners('SIGINT').on('SIGINT', () => {})
  const child = spawn(process.execPath, args, { env, stdio: 'inherit' })
  process.removeAllListeners('SIGTERM').on('SIGTERM', () => child.kill('SIGTERM'))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('exit', resolve)
    child.on('error', reject)
  })
  process.exit(code ?? 1)
}
