/**
 * Looks at the built package as its users get it: each subpath is there, with types, leads into dist, and can be loaded by
 * `require`, which fails on a top-level await; each program can be run.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { entries, root } from './entries.ts'

const { exports, bin, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, unknown>
  bin: Record<string, string>
  version: string
}
const specifierOf = (subpath: string) => (subpath === '.' ? 'hookwright' : `hookwright${subpath.slice(1)}`)
const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json')
const problems: string[] = []

const exported = new Set(subpaths.map(specifierOf))
for (const specifier of new Set([...exported, ...entries.keys()])) {
  if (!exported.has(specifier))
    problems.push(`${specifier} is in "paths" of tsconfig.json, but not in "exports" of package.json`)
  if (!entries.has(specifier))
    problems.push(`${specifier} is in "exports" of package.json, but not in "paths" of tsconfig.json`)
}

const require = createRequire(import.meta.url)
for (const subpath of subpaths) {
  const specifier = specifierOf(subpath)
  for (const [condition, target] of Object.entries(exports[subpath] as Record<string, string>)) {
    if (!target.startsWith('./dist/'))
      problems.push(`${specifier}: "${condition}" leads to ${target}, which is not published`)
    else if (!existsSync(join(root, target))) problems.push(`${specifier}: ${target} was not built`)
  }
  try {
    if (Object.keys(require(specifier)).length === 0) problems.push(`${specifier}: exports nothing`)
  } catch (error) {
    problems.push(`${specifier}: require() fails: ${String(error).split('\n')[0]}`)
  }
}

/** What a browser loads of the dashboard, compressed: on a phone that is a second. */
const MOST_BYTES = 150_000

const size = await dashboardSize()
if (size > MOST_BYTES) problems.push(`the dashboard has ${size} bytes, gzipped, and may have ${MOST_BYTES}`)

async function dashboardSize(): Promise<number> {
  // The chunk that the handler loads at the first visit, by whatever name: nothing else is called so.
  const [chunk] = globSync('dist/files.generated-*.js', { cwd: root })
  if (chunk === undefined) {
    problems.push('the dashboard is not in dist/')
    return 0
  }
  const { createHooks } = require('hookwright') as typeof import('../src/index.ts')
  const { sqlite } = require('hookwright/sqlite') as typeof import('../src/store/sqlite/index.ts')
  // Nothing opens it.
  const hooks = createHooks({ database: sqlite('none.db'), events: {}, basePath: '/' })
  const get = async (path: string) =>
    hooks.handler(new Request(`http://localhost/ui/${path}`, { headers: { 'accept-encoding': 'gzip' } }))
  const page = await (await get('')).text()
  const { files } = (await import(
    pathToFileURL(join(root, chunk)).href
  )) as typeof import('../src/http/dashboard/files.generated.js')
  for (const ending of ['js', 'css']) {
    const name = new RegExp(`assets/[\\w.-]+\\.${ending}`).exec(page)?.[0] ?? 'none'
    if (!(name in files)) problems.push(`the dashboard's page names no .${ending} that there is`)
  }
  let size = 0
  for (const name of Object.keys(files)) {
    const file = await get(name)
    if (file.status !== 200) problems.push(`the dashboard has no ${name}: ${file.status}`)
    size += (await file.arrayBuffer()).byteLength
  }
  return size
}

/** What a program loads beside its own files, a line each: a database or an HTTP client takes longer than most commands. */
function packagesLoadedBy(file: string, ...args: string[]): string {
  const tell = `import { registerHooks } from 'node:module'
    registerHooks({ resolve(name, context, next) {
      if (!/^(node:|[.]|file:)/.test(name)) console.error(name)
      return next(name, context)
    } })`
  const from = ['--import', `data:text/javascript,${encodeURIComponent(tell)}`]
  return spawnSync(process.execPath, [...from, file, ...args], { encoding: 'utf8' }).stderr.trim()
}

for (const [name, target] of Object.entries(bin)) {
  const file = join(root, target)
  try {
    accessSync(file, constants.X_OK)
    if (!readFileSync(file, 'utf8').startsWith('#!/usr/bin/env node\n'))
      problems.push(`${name}: ${target} does not begin with #!/usr/bin/env node`)
    const told = execFileSync(process.execPath, [file, '--version'], { encoding: 'utf8' }).trim()
    if (told !== version) problems.push(`${name} --version: says ${told} instead of ${version}`)
    const loaded = packagesLoadedBy(file, 'help')
    if (loaded !== '') problems.push(`${name} help: loads ${loaded}, and is to be there at once`)
  } catch (error) {
    problems.push(`${name}: ${target} cannot be run: ${String(error).split('\n')[0]}`)
  }
}

for (const problem of problems) console.error(problem)
console.log(
  `${subpaths.length} entry points, ${Object.keys(bin).length} programs, ${size} bytes of the dashboard, ${problems.length} problems`,
)
process.exitCode = problems.length === 0 ? 0 : 1
