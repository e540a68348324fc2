import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../../scripts/entries.ts'

export interface Manifest {
  dependencies: Record<string, string>
  exports: Record<string, string | Record<string, string>>
}

/** An application in a folder of its own, which has installed the package as npm would publish it, and nothing else. */
export class Consumer {
  readonly folder = mkdtempSync(join(tmpdir(), 'hookwright-consumer-'))
  readonly manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  /** The files of the package, as npm has packed them. */
  packed: string[] = []

  get installed(): string {
    return join(this.folder, 'node_modules/hookwright')
  }

  /** Builds the package, packs it, and unpacks it where an application has it, with links to its dependencies. */
  async install(): Promise<void> {
    const staged = join(this.folder, 'staged')
    mkdirSync(staged)
    for (const name of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
      if (existsSync(join(root, name))) cpSync(join(root, name), join(staged, name))
    }
    const tsdown = join(root, 'node_modules/tsdown/dist/run.mjs')
    await run([process.execPath, tsdown, '--out-dir', join(staged, 'dist')], root)
    const packed = await run(['npm', 'pack', '--json', '--ignore-scripts', '--offline'], staged)
    const { filename, files } = firstOf(JSON.parse(packed)) as { filename: string; files: { path: string }[] }
    this.packed = files.map(({ path }) => path).sort()
    mkdirSync(this.installed, { recursive: true })
    await run(['tar', '-xzf', join(staged, filename), '-C', this.installed, '--strip-components=1'], staged)
    for (const name of Object.keys(this.manifest.dependencies)) this.link(name)
  }

  /** Gives the application a package that is installed here. */
  link(name: string): void {
    const place = join(this.folder, 'node_modules', name)
    mkdirSync(join(place, '..'), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), place, 'junction')
  }

  /** Writes a file of the application, and gives its path. */
  write(name: string, content: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, content)
    return path
  }

  /** Runs a program of the application with Node, in a folder that is empty but for what it makes; gives what it printed. */
  async run(program: string): Promise<{ printed: string; folder: string }> {
    const folder = mkdtempSync(join(this.folder, 'run-'))
    return { printed: await run([process.execPath, program], folder), folder }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** npm 12 gives an object by name, older ones a list. */
function firstOf(packed: object): unknown {
  return Object.values(packed)[0]
}

/** Runs a command to its end, and fails with what it wrote unless it ended well and by itself. */
async function run([command = '', ...args]: string[], cwd: string): Promise<string> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
  const [end, printed, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  if (end !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${end}:\n${errors}${printed}`)
  return printed
}
