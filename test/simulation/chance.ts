import type { Random } from '../../src/core/random.ts'

/** Chance that is the same each time for the same seed. Each part of a simulation has a stream of its own. */
export class Chance implements Random {
  #state: number

  constructor(seed: number, stream: string) {
    let hash = 0x811c9dc5
    for (const character of `${seed}/${stream}`) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
    }
    this.#state = hash >>> 0
    // Seeds that lie beside each other begin alike otherwise.
    for (let round = 0; round < 4; round += 1) this.fraction()
  }

  /** The generator mulberry32. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  id(): string {
    return Buffer.from(this.bytes(16)).toString('hex')
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.integer(0, 255))
  }

  /** A whole number, both ends included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1))
  }

  happens(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)] as T
  }
}
