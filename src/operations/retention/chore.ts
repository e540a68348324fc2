import type { Store } from '../../store/store.ts'
import { exec, first, type Work } from '../../store/work.ts'

/**
 * A chore that one worker does at a time, however many processes there are: two rows of the table of chores. The first is due
 * when nobody is at it any more, the second when it is to be done next.
 */
export class Chore {
  readonly #store: Store
  readonly #name: string

  constructor(store: Store, name: string) {
    this.#store = store
    this.#name = name
  }

  get #next(): string {
    return `${this.#name}.next`
  }

  /** Whether it is time, and nobody is at it. It only looks, so that waiting for the time writes nothing. */
  due(now: number): Work<boolean> {
    return this.#noneLater([this.#name, this.#next], now)
  }

  *#noneLater(names: readonly string[], now: number): Work<boolean> {
    const { db } = this.#store
    const later = db.selectFrom('chore').select('name').where('name', 'in', names).where('due_at', '>', now)
    return (yield* first(later)) === undefined
  }

  /**
   * Takes the chore, unless somebody is at it, or it is not time and nobody insists.
   *
   * @param until when it is anybody's again, unless it is prolonged
   * @returns whether it is taken
   */
  *take(now: number, until: number, { insists }: { insists: boolean }): Work<boolean> {
    const { db } = this.#store
    yield* exec(
      db
        .insertInto('chore')
        .values([this.#name, this.#next].map((name) => ({ name, due_at: 0 })))
        .onConflict((conflict) => conflict.doNothing()),
    )
    const taken = yield* exec(
      db
        .updateTable('chore')
        .set({ due_at: until })
        .where('name', '=', this.#name)
        .where('due_at', '<=', now),
    )
    if (taken === 0) return false
    // Looked at behind the lock: whoever had the chore a moment ago has told by now when it is to be done next.
    if (insists || (yield* this.#noneLater([this.#next], now))) return true
    yield* this.#free(until)
    return false
  }

  /**
   * Prolongs it, as the first thing of a transaction that does a part of it: nobody else can do one at the same time.
   *
   * @param held what it was taken or prolonged to last. Whoever takes it over sets a later time
   * @returns whether it was still held
   */
  *prolong(held: number, until: number): Work<boolean> {
    const { db } = this.#store
    const prolonged = yield* exec(
      db
        .updateTable('chore')
        .set({ due_at: until })
        .where('name', '=', this.#name)
        .where('due_at', '=', held),
    )
    return prolonged > 0
  }

  /** Gives it back. @param nextAt when it is to be done next; undefined for one that was broken off, and stays due */
  *giveBack(held: number, nextAt: number | undefined): Work<void> {
    const freed = yield* this.#free(held)
    if (freed === 0 || nextAt === undefined) return
    const { db } = this.#store
    yield* exec(db.updateTable('chore').set({ due_at: nextAt }).where('name', '=', this.#next))
  }

  #free(held: number): Work<number> {
    const { db } = this.#store
    return exec(
      db.updateTable('chore').set({ due_at: 0 }).where('name', '=', this.#name).where('due_at', '=', held),
    )
  }
}
