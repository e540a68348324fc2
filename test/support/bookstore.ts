import { startChild } from './database.ts'

/** What a test tells the bookstore to do. Adding a book also adds one that is rolled back. */
export type Command = { do: 'start' } | { do: 'subscribe'; target: string } | { do: 'add'; title: string }

interface Done {
  done: 'import' | Command['do']
  /** Of the hook that was made. */
  secret?: string
}

export interface Logged {
  level: 'debug' | 'info' | 'warn' | 'error'
  message: string
  fields: string
}

/** What the bookstore tells. */
export type Report = Done | Logged

export interface BookstoreTimes {
  timeoutMs: number
  leaseMs: number
}

export interface Bookstore {
  /** Sends a command. */
  tell(command: Command): void
  /** Resolves at the next report of this kind, or at once if there was one that nobody waited for; rejects when the process ends before. */
  reported(done: Done['done']): Promise<Done>
  /** What it has logged so far. */
  log: Logged[]
  kill(signal: NodeJS.Signals): void
  /** Resolves when the process has ended. */
  ended: Promise<void>
}

/**
 * Starts an application with hookwright in a process of its own, that has imported everything and waits for commands. It
 * captures the table `book` (id, title, user_id) of the database at `path`, as the event `book.added`.
 */
export function startBookstore(
  path: string,
  times: BookstoreTimes = { timeoutMs: 2_000, leaseMs: 3_000 },
): Bookstore {
  const child = startChild("import './test/support/bookstore.child.ts'", [path, JSON.stringify(times)])
  const log: Logged[] = []
  const seen = new Map<Done['done'], Done>()
  const waiting = new Map<Done['done'], (done: Done) => void>()
  child.process.on('message', (report: Report) => {
    if ('level' in report) {
      log.push(report)
      return
    }
    const waiter = waiting.get(report.done)
    waiting.delete(report.done)
    if (waiter === undefined) seen.set(report.done, report)
    else waiter(report)
  })
  return {
    // A command may meet a process that is being killed, which is what tests are about.
    tell: (command) => void child.process.send(command, () => {}),
    reported(done) {
      const report = new Promise<Done>((resolve) => {
        const before = seen.get(done)
        seen.delete(done)
        if (before === undefined) waiting.set(done, resolve)
        else resolve(before)
      })
      const failure = child.done.then(({ code, signal, stderr }) => {
        throw new Error(`The bookstore ended with ${code ?? signal} before "${done}":\n${stderr}`)
      })
      failure.catch(() => {})
      return Promise.race([report, failure])
    },
    log,
    kill: (signal) => void child.process.kill(signal),
    ended: child.done.then(() => {}),
  }
}
