import { randomBytes } from 'node:crypto'

/** Chance, passed in wherever it is used, so that a simulation can be run again with the same seed. */
export interface Random {
  /** A number from 0 (included) to 1 (excluded). */
  fraction(): number
  /** 32 hexadecimal digits: the 128 bits of a UUID without its dashes. */
  id(): string
  /** `length` bytes, fit for keys. */
  bytes(length: number): Uint8Array
}

/** The machine's source of randomness. */
export const systemRandom: Random = {
  fraction: () => Math.random(),
  id: () => randomBytes(16).toString('hex'),
  bytes: (length) => randomBytes(length),
}
