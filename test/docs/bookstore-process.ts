import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { root } from '../../scripts/entries.ts'

export interface Bookstore {
  url: string
  /** The lines to paste that it has printed. */
  lines: string[]
  /** What it has printed until now. */
  output(): string
  /** Waits until it has printed something that matches. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** Ends it as Ctrl+C in a terminal does. */
  close(): Promise<void>
}

export interface Folder {
  database: string
  remove(): void
}

export function temporaryFolder(): Folder {
  const folder = mkdtempSync(join(tmpdir(), 'hookwright-bookstore-'))
  return {
    database: join(folder, 'bookstore.db'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** `npm start`, as a user runs it, on a free port. */
export async function startBookstore(database: string, port = '0'): Promise<Bookstore> {
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, BOOKSTORE_DB: database, PORT: port, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: a terminal sends Ctrl+C to all of a group, and so does close().
    detached: true,
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  }
  // When its output is closed, nothing of it runs any more: npm itself may end before the bookstore does.
  let closed = false
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      closed = true
      resolve()
    })
  })

  const printed = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(text)
      if (found !== null) return found
      if (closed) throw new Error(`The bookstore has ended:\n${text}`)
      await Promise.race([ended, sleep(20)])
    }
  }
  const close = async (): Promise<void> => {
    if (child.pid !== undefined && !closed) process.kill(-child.pid, 'SIGINT')
    await ended
  }
  try {
    await printed(/Ctrl\+C/)
  } catch (error) {
    await close()
    throw error
  }
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? []
  const lines = text.split('\n').filter((line) => line.startsWith('curl '))
  return { url, lines, output: () => text, printed, close }
}

/** Runs lines in a shell, as if they were pasted, and gives what they print. */
export async function paste(lines: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-c', lines])
  return stdout
}
