/** More numbers would take too much memory: some tens of bytes each. */
const MOST = 200_000

/**
 * The numbers of old events that must stay, because one of their deliveries does. Where those are very many it remembers the
 * lowest, and tells from where on it does not know; a later sweep comes to the others.
 */
export class KeptEvents {
  readonly #most: number
  #seqs = new Set<number>()
  #known = Number.MAX_SAFE_INTEGER

  constructor(most = MOST) {
    this.#most = most
  }

  /** Of events from this number on it is not known whether they must stay. */
  get known(): number {
    return this.#known
  }

  add(seq: number): void {
    if (seq >= this.#known) return
    this.#seqs.add(seq)
    if (this.#seqs.size <= this.#most) return
    const lowest = [...this.#seqs].sort((a, b) => a - b)
    const half = Math.ceil(lowest.length / 2)
    this.#known = lowest[half] ?? this.#known
    this.#seqs = new Set(lowest.slice(0, half))
  }

  has(seq: number): boolean {
    return seq >= this.#known || this.#seqs.has(seq)
  }
}
