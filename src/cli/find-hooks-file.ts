import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { CommandError } from './command.ts'

export interface SearchOptions {
  /** What `--hooks` was given. */
  named?: string | undefined
  cwd: string
  env: NodeJS.ProcessEnv
}

const FOLDERS = [
  '',
  'src',
  'app',
  'lib',
  'server',
  'src/lib',
  'src/server',
  'src/app',
  'app/lib',
  'lib/server',
  'src/lib/server',
]
const NAMES = ['hooks', 'webhooks']
const EXTENSIONS = ['ts', 'mts', 'js', 'mjs', 'cts', 'cjs']

/**
 * The file that exports the application's hooks: `--hooks`, or HOOKWRIGHT_HOOKS, or what package.json says under
 * `"hookwright": { "hooks": … }`, or hooks.ts, webhooks.ts and so on in the usual folders, up to the package's root. Of files
 * found by their names, one must speak of hookwright: React has hooks too.
 *
 * @returns its absolute path
 * @throws CommandError `hooks_file_missing` that tells where was looked
 */
export function findHooksFile({ named, cwd, env }: SearchOptions): string {
  if (named !== undefined) return given(resolve(cwd, named), `--hooks ${named}`)
  const variable = env.HOOKWRIGHT_HOOKS
  if (variable !== undefined && variable !== '')
    return given(resolve(cwd, variable), `HOOKWRIGHT_HOOKS=${variable}`)
  const unrelated: string[] = []
  const folders = upToPackage(cwd)
  for (const folder of folders) {
    const declared = declaredIn(folder)
    if (declared !== undefined)
      return given(
        resolve(folder, declared),
        `"hookwright": { "hooks": ${JSON.stringify(declared)} } of ${join(folder, 'package.json')}`,
      )
    for (const file of candidatesIn(folder)) {
      if (!isFile(file)) continue
      if (/hookwright|createHooks/.test(readFileSync(file, 'utf8'))) return file
      unrelated.push(relative(cwd, file))
    }
  }
  throw nothingFound(folders, unrelated)
}

function given(file: string, by: string): string {
  if (isFile(file)) return file
  const what = existsSync(file) ? 'is no file' : 'does not exist'
  throw new CommandError(
    'hooks_file_missing',
    `${by}: ${file} ${what}. Name the file that exports your hooks.`,
  )
}

/** This folder and those above, up to the one with a package.json; this one alone where there is none. */
function upToPackage(cwd: string): string[] {
  const folders: string[] = []
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(folder)
    if (existsSync(join(folder, 'package.json'))) return folders
    if (folder === dirname(folder)) return folders.slice(0, 1)
  }
}

function declaredIn(folder: string): string | undefined {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return undefined
  let settings: unknown
  try {
    settings = (JSON.parse(readFileSync(file, 'utf8')) as { hookwright?: unknown } | null)?.hookwright
  } catch (cause) {
    throw new CommandError('package_json_invalid', `${file} is no JSON: ${String(cause)}`, { cause })
  }
  if (settings === undefined) return undefined
  const hooks =
    typeof settings === 'object' && settings !== null ? (settings as { hooks?: unknown }).hooks : undefined
  if (typeof hooks === 'string' && hooks !== '') return hooks
  throw new CommandError('package_json_invalid', `${file}: write "hookwright": { "hooks": "src/hooks.ts" }.`)
}

function candidatesIn(folder: string): string[] {
  return FOLDERS.flatMap((inner) =>
    NAMES.flatMap((name) => EXTENSIONS.map((extension) => join(folder, inner, `${name}.${extension}`))),
  )
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true
}

function nothingFound(folders: readonly string[], unrelated: readonly string[]): CommandError {
  const places = FOLDERS.map((folder) => `${folder === '' ? '.' : folder}/`).join(', ')
  const lines = [
    'There is no hooks file here.',
    `  Looked for {${NAMES.join(',')}}.{${EXTENSIONS.join(',')}} in ${places}`,
    `  below ${folders.join(' and ')}, for "hookwright": { "hooks": … } in package.json, and for HOOKWRIGHT_HOOKS.`,
    ...unrelated.map((file) => `  ${file} was passed over: it does not speak of hookwright.`),
    'Name the file that exports your hooks: --hooks <file>. `hookwright init` writes one.',
  ]
  return new CommandError('hooks_file_missing', lines.join('\n'))
}
