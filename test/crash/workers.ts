import type { DispatchOptions } from '../../src/index.ts'
import { startChild } from '../support/database.ts'

/** What a test tells a process to do. */
export type Order =
  | {
      do: 'deliver'
      leaseMs: number
      timeoutMs: number
      /** What else is to be different from what this process does by itself. */
      dispatch?: DispatchOptions
      /** Whether bodies tell, as `by`, which process has made them. */
      signs?: boolean
    }
  | { do: 'write'; pauseMs: number }

/** What a process tells. */
export type Told = { done: 'import' | Order['do'] } | { committed: string } | { log: string }

export interface Worker {
  readonly name: string
  order(order: Order): void
  /** Resolves once it has told that it is so far; never where it was killed before. */
  reached(done: 'import' | Order['do']): Promise<void>
  /** The titles of books that it knows to be committed. */
  readonly committed: readonly string[]
  readonly log: readonly string[]
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<void>
}

/** Starts a process that has imported everything and waits for its orders. */
export function startWorker(url: string, name: string): Worker {
  const child = startChild("import './test/crash/worker.child.ts'", [url, name], { lifeMs: 15 * 60_000 })
  const committed: string[] = []
  const log: string[] = []
  const milestones = new Map<string, PromiseWithResolvers<void>>()
  const milestone = (done: string) => {
    const known = milestones.get(done) ?? Promise.withResolvers<void>()
    milestones.set(done, known)
    return known
  }
  child.process.on('message', (told: Told) => {
    if ('committed' in told) committed.push(told.committed)
    else if ('log' in told) log.push(told.log)
    else milestone(told.done).resolve()
  })
  const ended = child.done.then(({ code, signal, stderr }) => {
    if (signal !== 'SIGKILL' && code !== 0) console.error(`${name} ended with ${code ?? signal}:\n${stderr}`)
  })
  return {
    name,
    // A command may meet a process that is being killed, which is what the test is about.
    order: (order) => void child.process.send(order, () => {}),
    reached: (done) => milestone(done).promise,
    committed,
    log,
    kill: (signal) => void child.process.kill(signal),
    ended,
  }
}
