import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { transform } from 'esbuild'
import { root } from '../../scripts/entries.ts'
import { pages } from '../docs/pages.ts'

const snippets = pages.find(({ path }) => path === 'docs/guides/mounting.md')?.snippets ?? []

/** The snippets of the guide that serve, by the file that their first line names. */
export const guide = new Map(
  snippets
    .filter(({ needs }) => needs === 'mount')
    .map(({ code }) => [/^\/\/ (\S+)$/m.exec(code)?.[1] ?? '', code] as const),
)

/** Who calls, by a header or a cookie. On demand it tells by what marks the framework's own request is known. */
export const session = `
const MARKS = ['rawHeaders', 'baseUrl', 'routeOptions', 'var', 'nextUrl']
export function userOf(request: Request, native: unknown): string | null {
  if (request.headers.has('x-probe')) {
    const marks = MARKS.filter((mark) => mark in (native as object))
    console.log(\`native of \${request.headers.get('x-probe')}: \${marks.join()}.\`)
  }
  const [, cookie] = /(?:^|; )user=(\\w+)/.exec(request.headers.get('cookie') ?? '') ?? []
  return request.headers.get('x-user') ?? cookie ?? null
}
`

/** A server that a snippet has started in a process of its own. */
export interface Served {
  port: number
  /** What it has printed until now. */
  output(): string
  /** Waits until it has printed this. */
  printed(text: string): Promise<void>
  /** Ends it by this signal, and gives its exit code, or the signal where that ended it. */
  close(signal?: NodeJS.Signals): Promise<number | string | null>
}

/** A folder with files of an application, and all packages. */
export function folderWith(files: Record<string, string>): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-mount-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) }
}

/** Runs a program that listens on port 3000 on a free one instead, with the hooks.ts of the guide beside it. */
export async function serve(program: string): Promise<Served> {
  const { folder, remove } = folderWith({
    'package.json': '{"type":"module"}',
    'hooks.ts': guide.get('hooks.ts') ?? '',
    'session.ts': session,
    'migrate.ts': "import { hooks } from './hooks.ts'\nawait hooks.migrate()\n",
  })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const port = await freePort()
  // Decorators are the compiler's, and Node has none.
  const { code } = await transform(program.replaceAll('3000', String(port)), {
    loader: 'ts',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  })
  writeFileSync(join(folder, 'main.js'), code)
  const source = join(root, 'scripts/source.ts')
  const args = ['--import', source, '--import', './migrate.ts', 'main.js']
  return start(process.execPath, args, { folder, port, remove })
}

/** Starts a server and waits until it listens. */
export async function start(
  command: string,
  args: string[],
  { folder, port, remove }: { folder: string; port: number; remove: () => void },
): Promise<Served> {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  let end: number | string | null | undefined
  const ended = new Promise<void>((resolve) => {
    child.on('close', (code, signal) => {
      end = code ?? signal
      resolve()
    })
  })
  const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
    const deadline = Date.now() + 30_000
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`The server has said only:\n${output}`)
      if (end !== undefined) throw new Error(`The server has ended with ${end}:\n${output}`)
      await Promise.race([ended, sleep(20)])
    }
  }
  const close = async (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal)
    await ended
    remove()
    return end ?? null
  }
  try {
    await until(() => listens(port))
  } catch (error) {
    remove()
    throw error
  }
  return { port, output: () => output, printed: (text) => until(() => output.includes(text)), close }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
