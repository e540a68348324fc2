import {
  isOperational,
  type OperationalName,
  type OperationalPayloads,
  operationalNames,
} from '../catalog/index.ts'
import { cureFor } from '../catalog/suggest.ts'
import type { Clock } from '../core/clock.ts'
import { problem } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'

/** A function that is told of an event of hookwright's own. No delivery waits for the promise of an asynchronous one. */
export type OperationalListener<Name extends OperationalName> = (
  payload: OperationalPayloads[Name],
) => unknown

/** A listener with its types forgotten; an object, because one function may listen twice. */
interface Entry {
  readonly listener: (payload: never) => unknown
}

/**
 * Who listens in this process to events of hookwright's own. They are called once what they are told of is committed, in the
 * process that noticed it: one that is killed between the two does not call.
 */
export class Listeners {
  readonly #logger: Logger
  readonly #entries = new Map<OperationalName, Set<Entry>>()
  readonly #running = new Set<Promise<void>>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /**
   * Calls `listener` for each such event, until the function that comes back is called.
   *
   * @throws `event_unknown` for any other name, `option_invalid` for what is no function
   */
  on<Name extends OperationalName>(name: Name, listener: OperationalListener<Name>): () => void {
    checkListening(name, listener)
    const entry: Entry = { listener }
    const entries = this.#entries.get(name) ?? new Set()
    this.#entries.set(name, entries.add(entry))
    return () => void entries.delete(entry)
  }

  /** Whether anybody listens: what nobody is told need not be made. */
  has(name: OperationalName): boolean {
    return (this.#entries.get(name)?.size ?? 0) > 0
  }

  /** Calls the listeners one after the other, as they came. It never throws: what they throw or reject with is reported. */
  emit<Name extends OperationalName>(name: Name, payload: OperationalPayloads[Name]): void {
    for (const entry of [...(this.#entries.get(name) ?? [])]) {
      try {
        this.#follow(name, entry.listener(payload as never))
      } catch (error) {
        this.#report(name, error)
      }
    }
  }

  /** Resolves when none is busy any more that was called so far, or when so many milliseconds have passed. */
  async settled(clock: Clock, withinMs: number): Promise<void> {
    if (this.#running.size === 0) return
    const over = Promise.withResolvers<void>()
    const cancel = clock.timer(withinMs, over.resolve)
    await Promise.race([Promise.all(this.#running), over.promise])
    cancel()
  }

  #follow(name: OperationalName, answer: unknown): void {
    // Whatever has a `then`, such as the queries of some libraries, begins only when that is called.
    if (typeof (answer as PromiseLike<unknown> | null | undefined)?.then !== 'function') return
    const running: Promise<void> = Promise.resolve(answer)
      .then(
        () => {},
        (error) => this.#report(name, error),
      )
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  #report(name: OperationalName, error: unknown): void {
    this.#logger.error(
      { err: error, event: name },
      `a listener to "${name}" failed; nobody else is disturbed`,
    )
  }
}

function checkListening(name: unknown, listener: unknown): void {
  if (typeof name !== 'string' || !isOperational(name)) {
    throw problem('event_unknown', {
      field: 'name',
      value: name,
      problem: "it is no event of hookwright's own, and listeners are told of no others",
      cure: cureFor(String(name), operationalNames, ''),
    })
  }
  if (typeof listener === 'function') return
  throw problem('option_invalid', {
    field: 'listener',
    value: listener,
    problem: 'it must be a function',
    cure: `For example hooks.on(${JSON.stringify(name)}, ({ hook }) => …)`,
  })
}
