/** How much may be claimed now. */
export interface Room {
  /** For all hooks together. */
  free: number
  /** For each hook, less what is under way. */
  perHook: number
  /** What a hook has earned of that; all of it if left out. */
  shareOf?: (hookId: number) => number
  /** For the hooks together that gave no response the last time; as much as is free if left out. */
  freeForSilent?: number
  isSilent?: (hookId: number) => boolean
  underWay: ReadonlyMap<number, number>
}

/** What may still be taken in this claim, in all and for each hook. */
export class Allowance {
  free: number
  /** Deliveries that stood in the way of others, and were parked. */
  putAside = 0
  readonly #room: Room
  readonly #used: Map<number, number>
  #freeForSilent: number

  constructor(room: Room) {
    this.free = room.free
    this.#room = room
    this.#used = new Map(room.underWay)
    this.#freeForSilent = Math.max(0, room.freeForSilent ?? room.free)
  }

  of(hookId: number): number {
    const free = this.#isSilent(hookId) ? Math.min(this.free, this.#freeForSilent) : this.free
    return Math.min(free, this.shareOf(hookId))
  }

  #isSilent(hookId: number): boolean {
    return this.#room.isSilent?.(hookId) === true
  }

  /** What a hook may have if only its own limit counts. */
  shareOf(hookId: number): number {
    const { perHook, shareOf } = this.#room
    const share = Math.min(perHook, shareOf?.(hookId) ?? perHook)
    return Math.max(0, share - (this.#used.get(hookId) ?? 0))
  }

  take(hookId: number): boolean {
    if (this.of(hookId) === 0) return false
    this.free -= 1
    if (this.#isSilent(hookId)) this.#freeForSilent -= 1
    this.#used.set(hookId, (this.#used.get(hookId) ?? 0) + 1)
    return true
  }
}
