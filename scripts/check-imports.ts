/**
 * The rule that keeps the rooms apart: a folder of src/ imports only from folders above it in `rooms`. No linter's own rule
 * says that of resolved paths, dynamic imports and `import('…')` types alike, so this reads the syntax tree itself.
 */
import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import { root } from './entries.ts'

interface Room {
  name: string
  /** The only rooms that it may import from; without it, every room above. */
  only?: readonly string[]
}

/** The rooms in the order in which imports may flow: upwards. A new room is one line here. */
export const rooms: readonly Room[] = [
  { name: 'core' },
  { name: 'signature', only: ['core'] },
  { name: 'outbound', only: ['core'] },
  { name: 'store' },
  { name: 'catalog' },
  { name: 'hooks' },
  { name: 'capture' },
  { name: 'events' },
  { name: 'dispatch' },
  { name: 'operations' },
  { name: 'http' },
  { name: 'mount' },
  { name: 'receiver' },
  { name: 'opentelemetry', only: ['core'] },
  { name: 'testing' },
  { name: 'cli' },
]

/** The files of src/ that stand in no room: the public face, and what wires the rooms together. */
const FACE = 'src/index.ts'
const WIRING = 'src/create-hooks.ts'
/** What it is told, as types: they are of every room. */
const WIRING_OPTIONS = 'src/options.ts'
/** What is run instead of imported: it stands beside the face, may import it, and nobody imports it. */
const PROGRAM = 'src/cli/main.ts'

/**
 * What is wrong with the imports of one file.
 *
 * @param file path from the root of the repository, with forward slashes
 * @param source the file's text
 * @returns a sentence for each import that breaks the rule, with its line
 */
export function brokenImports(file: string, source: string): string[] {
  const from = placeOf(file)
  if (from.kind === 'unknown')
    return [`${file}: belongs to no room. Move it into one, or add its folder to scripts/check-imports.ts.`]
  return importsOf(file, source).flatMap(({ specifier, line }) => {
    const complaint = complain(file, from, specifier)
    return complaint === undefined ? [] : [`${file}:${line}: imports '${specifier}', but ${complaint}`]
  })
}

type Place = { kind: 'room'; room: Room } | { kind: 'face' | 'wiring' | 'root test' | 'outside' | 'unknown' }

function placeOf(file: string): Place {
  if (!file.startsWith('src/')) return { kind: 'outside' }
  if (file === FACE) return { kind: 'face' }
  if (file === WIRING || file === WIRING_OPTIONS) return { kind: 'wiring' }
  const [, folder, ...rest] = file.split('/')
  if (rest.length === 0) return { kind: isTest(file) ? 'root test' : 'unknown' }
  const room = rooms.find(({ name }) => name === folder)
  return room === undefined ? { kind: 'unknown' } : { kind: 'room', room }
}

function complain(file: string, from: Place, specifier: string): string | undefined {
  if (/^hookwright(\/|$)/.test(specifier)) {
    return isTest(file) ? undefined : 'the package does not import itself by its name. Import the file.'
  }
  if (!specifier.startsWith('.')) return undefined

  const target = posix.join(posix.dirname(file), specifier)
  const to = placeOf(target)
  if (target === PROGRAM) return 'it is a program, to be run and not imported.'
  if (file === PROGRAM && target === FACE) return undefined
  if (to.kind === 'outside')
    return isTest(file) ? undefined : 'what is published imports nothing outside src/.'
  if (to.kind === 'wiring' && from.kind !== 'face' && from.kind !== 'root test') {
    if (from.kind === 'wiring' && target === WIRING_OPTIONS) return undefined
    return `only ${FACE} imports ${target}.`
  }
  if (from.kind !== 'room') return undefined
  if (to.kind !== 'room') return `${from.room.name}/ may not import from above the rooms.`
  if (to.room === from.room) return undefined

  const allowed = from.room.only ?? rooms.slice(0, rooms.indexOf(from.room)).map(({ name }) => name)
  if (allowed.includes(to.room.name)) return undefined
  return `${from.room.name}/ may import only from ${allowed.join(', ') || 'itself'}. Pass it in as an argument, or move the code.`
}

function isTest(file: string): boolean {
  // Or what only tests import: test-server.ts.
  return /\.test(-d)?\.ts$|(^|\/)test-[^/]+\.ts$/.test(file)
}

interface Import {
  specifier: string
  line: number
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
])

function importsOf(file: string, source: string): Import[] {
  const { program, errors } = parseSync(file, source)
  if (errors[0] !== undefined) throw new Error(`${file}: ${errors[0].message}`)
  const found: Import[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if ('type' in node && IMPORTING.has(node.type as string) && 'source' in node) {
      const { value, start } = (node.source ?? {}) as { value?: unknown; start: number }
      if (typeof value === 'string')
        found.push({ specifier: value, line: source.slice(0, start).split('\n').length })
    }
    for (const child of Object.values(node)) visit(child)
  }
  visit(program)
  return found
}

if (import.meta.main) {
  const files = globSync('src/**/*.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'))
  const broken = files.sort().flatMap((file) => brokenImports(file, readFileSync(join(root, file), 'utf8')))
  for (const line of broken) console.error(line)
  console.log(`${files.length} files, ${broken.length} imports against the order of the rooms`)
  process.exitCode = broken.length === 0 ? 0 : 1
}
