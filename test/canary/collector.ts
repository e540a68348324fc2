import { inspect } from 'node:util'
import type { Logger } from '../../src/core/logger.ts'
import type { Canaries, Find } from './canaries.ts'

/** Keeps everything that the outside gets to see, as text, to be searched in the end. Add a source by `add`. */
export class Collector {
  readonly #found: { where: string; text: string }[] = []

  readonly logger: Logger = {
    debug: (fields, message) => this.add('a log (debug)', { message, fields }),
    info: (fields, message) => this.add('a log (info)', { message, fields }),
    warn: (fields, message) => this.add('a log (warn)', { message, fields }),
    error: (fields, message) => this.add('a log (error)', { message, fields }),
  }

  /** @param allowed texts that may stand there, such as a hook's target in what its owner reads */
  add(where: string, value: unknown, allowed: readonly string[] = []): void {
    const whole = typeof value === 'string' ? value : everythingOf(value)
    this.#found.push({ where, text: allowed.reduce((text, one) => text.replaceAll(one, '…'), whole) })
  }

  /** Calls what must fail, and keeps the error. */
  async fails(what: string, call: () => unknown): Promise<void> {
    try {
      await call()
    } catch (error) {
      this.add(`the error of ${what}`, error)
      return
    }
    throw new Error(`${what} did not fail`)
  }

  get size(): number {
    return this.#found.length
  }

  count(where: string): number {
    return this.#found.filter((one) => one.where.startsWith(where)).length
  }

  search(canaries: Canaries): (Find & { where: string })[] {
    return this.#found.flatMap(({ where, text }) => canaries.inText(text).map((find) => ({ where, ...find })))
  }
}

/** With what is hidden: causes and stacks of errors, properties that are not enumerable, symbols. */
function everythingOf(value: unknown): string {
  const options = {
    depth: Number.POSITIVE_INFINITY,
    maxArrayLength: null,
    maxStringLength: null,
    breakLength: Number.POSITIVE_INFINITY,
  }
  return inspect(value, { ...options, showHidden: true })
}
