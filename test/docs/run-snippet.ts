import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../../scripts/entries.ts'
import type { Snippet } from './snippets.ts'

/** A folder with the application of test/docs/app and the README's hooks.ts, in which snippets run. */
export function applicationFolder(hooksFile: string): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-docs-'))
  copyFileSync(new URL('./app/db.ts', import.meta.url), join(folder, 'db.ts'))
  copyFileSync(new URL('./app/wire.ts', import.meta.url), join(folder, 'wire.ts'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'hooks.ts'), hooksFile)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The snippet with what the test puts around it. */
export function programOf({ before, code, after }: Snippet): string {
  return [before, code, after].join('\n')
}

/** Runs a program as a user would, in a process of its own. */
export async function runProgram(
  folder: string,
  program: string,
): Promise<{ code: number | null; output: string }> {
  const file = join(folder, 'snippet.ts')
  writeFileSync(file, program)
  const source = join(root, 'scripts/source.ts')
  const child = spawn(process.execPath, ['--import', source, '--import', './wire.ts', file], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  })
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exited, output: out + error }
}
