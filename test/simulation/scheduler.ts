import type { Chance } from './chance.ts'

/** Whose task it is: one that is dead does nothing any more, one that is frozen does it later. */
export interface Owner {
  readonly name: string
  readonly alive: boolean
  /** In the scheduler's time. */
  readonly frozenUntil: number
}

interface Task {
  at: number
  /** Orders the tasks of one moment: by the seed, not by who came first. */
  tie: number
  owner: Owner | undefined
  run: (() => void) | undefined
}

const realImmediate = setImmediate
const realInterval = setInterval

/**
 * Virtual time, and the order of everything that happens in it. After each task all promises run to their end before the
 * next one begins, so whatever code does between two timers, answers or turns of its event loop belongs to one owner.
 * `setImmediate` and `setInterval` are the scheduler's for as long as it runs; nothing may wait for real input or output.
 */
export class Scheduler {
  /** Milliseconds since the simulation began. */
  now = 0
  readonly #chance: Chance
  readonly #tasks: Task[] = []
  #current: Owner | undefined

  constructor(chance: Chance) {
    this.#chance = chance
  }

  /** Runs something later. @returns a function that cancels it */
  after(ms: number, owner: Owner | undefined, run: () => void): () => void {
    const task: Task = { at: this.now + Math.max(ms, 0), tie: this.#chance.fraction(), owner, run }
    this.#push(task)
    return () => {
      task.run = undefined
    }
  }

  /** Runs tasks until `done`, or until nothing is left, or until that time. @returns whether it is done */
  async run(until: number, done: () => boolean): Promise<boolean> {
    const globals = globalThis as { setImmediate: unknown; setInterval: unknown }
    globals.setImmediate = (callback: (...values: unknown[]) => void, ...values: unknown[]) =>
      this.#current === undefined
        ? realImmediate(callback, ...values)
        : void this.after(0, this.#current, () => callback(...values))
    globals.setInterval = (...values: Parameters<typeof setInterval>) =>
      this.#current === undefined ? realInterval(...values) : undefined
    try {
      while (!done()) {
        const task = this.#pop()
        if (task === undefined || task.at > until) return false
        await this.#perform(task)
      }
      return true
    } finally {
      globals.setImmediate = realImmediate
      globals.setInterval = realInterval
    }
  }

  async #perform(task: Task): Promise<void> {
    const { owner, run } = task
    if (run === undefined || owner?.alive === false) return
    this.now = Math.max(this.now, task.at)
    if (owner !== undefined && owner.frozenUntil > this.now) {
      task.at = owner.frozenUntil
      task.tie = this.#chance.fraction()
      this.#push(task)
      return
    }
    this.#current = owner
    run()
    // Node comes to this when no promise has anything left to do.
    await new Promise<void>((resolve) => realImmediate(resolve))
    this.#current = undefined
  }

  #push(task: Task): void {
    const tasks = this.#tasks
    let index = tasks.push(task) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(task, tasks[parent] as Task)) break
      tasks[index] = tasks[parent] as Task
      index = parent
    }
    tasks[index] = task
  }

  #pop(): Task | undefined {
    const tasks = this.#tasks
    const first = tasks[0]
    const last = tasks.pop()
    if (last === undefined || tasks.length === 0) return first
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= tasks.length) break
      if (child + 1 < tasks.length && before(tasks[child + 1] as Task, tasks[child] as Task)) child += 1
      if (!before(tasks[child] as Task, last)) break
      tasks[index] = tasks[child] as Task
      index = child
    }
    tasks[index] = last
    return first
  }
}

function before(a: Task, b: Task): boolean {
  return a.at === b.at ? a.tie < b.tie : a.at < b.at
}
