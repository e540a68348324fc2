/** Places that some of the hooks share. A hook may be in several lots, and needs a place in each. */
export interface Lot {
  free: number
  holds(hookId: number): boolean
}

/** How much may be claimed now. */
export interface Room {
  /** For all hooks together. */
  free: number
  /** For each hook, less what is under way. */
  perHook: number
  /** What a hook has earned of that; all of it if left out. */
  shareOf?: (hookId: number) => number
  lots?: readonly Readonly<Lot>[]
  underWay: ReadonlyMap<number, number>
}

/** What may still be taken in this claim, in all and for each hook. */
export class Allowance {
  free: number
  /** Deliveries that stood in the way of others, and were parked. */
  putAside = 0
  readonly #room: Room
  readonly #used: Map<number, number>
  readonly #lots: readonly Lot[]

  constructor(room: Room) {
    this.free = room.free
    this.#room = room
    this.#used = new Map(room.underWay)
    this.#lots = (room.lots ?? []).map(({ free, holds }) => ({ free, holds }))
  }

  of(hookId: number): number {
    const free = this.#lotsOf(hookId).map((lot) => lot.free)
    return Math.max(0, Math.min(this.free, this.shareOf(hookId), ...free))
  }

  /** What a hook may have if only its own limit counts. */
  shareOf(hookId: number): number {
    const { perHook, shareOf } = this.#room
    const share = Math.min(perHook, shareOf?.(hookId) ?? perHook)
    return Math.max(0, share - (this.#used.get(hookId) ?? 0))
  }

  /** Whether others like it have taken all that there is for them together. */
  isCrowdedOut(hookId: number): boolean {
    return this.#lotsOf(hookId).some(({ free }) => free <= 0)
  }

  take(hookId: number): boolean {
    if (this.of(hookId) === 0) return false
    this.free -= 1
    for (const lot of this.#lotsOf(hookId)) lot.free -= 1
    this.#used.set(hookId, (this.#used.get(hookId) ?? 0) + 1)
    return true
  }

  #lotsOf(hookId: number): readonly Lot[] {
    return this.#lots.filter((lot) => lot.holds(hookId))
  }
}
