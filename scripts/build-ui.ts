/**
 * `npm run build:ui`: the dashboard of ui/ as a module of src/, because nothing that is published is read by its path. Where
 * nothing has changed since the last time it does nothing, so that every script may begin with it.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, globSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { root } from './entries.ts'

const ui = join(root, 'ui')
const generated = join(root, 'src/http/dashboard/files.generated.js')

/** The page's policy loads no others. */
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
}

/** What is built: its sources, the packages that go into it, the version, and this file. */
function sourcesHash(): string {
  const hash = createHash('sha256')
  const sources = globSync('ui/**/*', { cwd: root, withFileTypes: true, exclude: ['**/node_modules'] })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  const others = ['package.json', 'package-lock.json'].map((name) => join(root, name))
  for (const file of [...sources.sort(), import.meta.filename, ...others]) {
    const content = readFileSync(file)
    hash.update(`${file.slice(root.length)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

const firstLine = (hash: string) => `// Made by scripts/build-ui.ts of ${hash}\n`

/** Whether what was built last is of these sources. */
function isCurrent(line: string): boolean {
  try {
    const file = openSync(generated, 'r')
    const beginning = Buffer.alloc(line.length)
    readSync(file, beginning, 0, line.length, 0)
    closeSync(file)
    return beginning.toString('latin1') === line
  } catch {
    return false
  }
}

async function build(): Promise<void> {
  const line = firstLine(sourcesHash())
  if (isCurrent(line)) return
  const { build } = await import('vite')
  const built = await build({
    root: ui,
    configFile: join(ui, 'vite.config.ts'),
    logLevel: 'warn',
    // The page says by its <base> where it is mounted, and its parts name each other from where they are.
    base: './',
    build: {
      write: false,
      target: 'es2022',
      assetsDir: 'assets',
      // Vite's own loader of styles and chunks would add elements that the page's policy refuses.
      cssCodeSplit: false,
      modulePreload: false,
      license: { fileName: 'assets/licenses.txt' },
    },
  })
  const { output } = built as Extract<typeof built, { output: unknown }>
  const files: Record<string, { type: string; text: string }> = {}
  for (const part of output) {
    const { fileName } = part
    // The page is written by the server.
    if (fileName.endsWith('.html')) continue
    const type = TYPES[extname(fileName)]
    const content = part.type === 'chunk' ? part.code : part.source
    if (type === undefined || !/^assets\/[\w.-]+$/.test(fileName)) {
      throw new Error(`ui/: ${fileName} cannot be served. Write it into a script, or into a style as data.`)
    }
    files[fileName] = { type, text: typeof content === 'string' ? content : Buffer.from(content).toString() }
  }
  const scripts = output.filter((part) => part.type === 'chunk' && part.isEntry)
  const styles = Object.keys(files).filter((name) => name.endsWith('.css'))
  const entry = { js: scripts[0]?.fileName, css: styles[0] }
  if (scripts.length !== 1 || styles.length !== 1) {
    throw new Error(`ui/: it must be one script and one style, not ${scripts.length} and ${styles.length}.`)
  }
  const json = (value: unknown) => JSON.stringify(value, undefined, 2)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const parts = Object.entries({ version, entry, files })
  const module = line + parts.map(([name, value]) => `export const ${name} = ${json(value)}\n`).join('')
  // Another process may be at it, or reading.
  const beside = `${generated}.${process.pid}`
  writeFileSync(beside, module)
  renameSync(beside, generated)
}

/** For the tools that this repository configures by a file: builds where that is due. In a process of its own, whose environment is that of a build. */
export function buildUi(): void {
  if (isCurrent(firstLine(sourcesHash()))) return
  const { status } = spawnSync(process.execPath, [import.meta.filename], { stdio: 'inherit' })
  if (status !== 0)
    throw new Error('The dashboard could not be built; see above. `npm run build:ui` tries again.')
}

if (import.meta.main) {
  // React has another build for it, and Vite goes by it too.
  process.env.NODE_ENV = 'production'
  await build()
}
