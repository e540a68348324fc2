import type { Cipher, Place } from '../../core/cipher.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { locking } from '../../store/lock-rows.ts'
import type { Store } from '../../store/store.ts'
import { exec, first, type Work } from '../../store/work.ts'

export interface PortalKeyContext {
  store: Store
  cipher: Cipher
  clock: Clock
  random: Random
}

const BYTES = 32
const PLACE: Place = { column: 'portal.key', owner: '', what: 'the key of portal links' }

/**
 * The key that portal links are signed with. It is one for all processes, and made by the first that needs it.
 *
 * @throws `decryption_failed` where a key of the option `encryptionKey` is missing
 */
export function portalKey({ store, cipher, clock, random }: PortalKeyContext): Promise<Uint8Array> {
  return store.write(function* () {
    const known = yield* first(keyOf(store))
    if (known !== undefined) return decoded(cipher, known.key)
    const { db } = store
    yield* exec(
      db
        .insertInto('portal')
        .values(newRow({ cipher, clock, random }))
        .onConflict((conflict) => conflict.column('id').doNothing()),
    )
    // Somebody else may have been faster.
    const made = yield* first(keyOf(store))
    return decoded(cipher, (made as { key: string }).key)
  })
}

/** The key, if there is one: who only looks at a token makes none. @throws `decryption_failed` */
export async function existingPortalKey({
  store,
  cipher,
}: Pick<PortalKeyContext, 'store' | 'cipher'>): Promise<Uint8Array | undefined> {
  const known = await store.read(() => first(keyOf(store)))
  return known && decoded(cipher, known.key)
}

/** Puts another key in the place of the one that there is: whatever was signed with that is worth nothing. */
export function replacePortalKey(context: PortalKeyContext): Promise<void> {
  const { store } = context
  return store.write(function* () {
    const { id, ...columns } = newRow(context)
    yield* exec(
      store.db
        .insertInto('portal')
        .values({ id, ...columns })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(columns)),
    )
  })
}

/**
 * Writes the key as `write` does, where it is written in another way: links that are out there stay good.
 *
 * @throws `decryption_failed`
 */
export function* reencryptPortalKey(store: Store, cipher: Cipher, write: Cipher): Work<void> {
  const known = yield* first(locking(store, keyOf(store)))
  if (known === undefined || write.isCurrent(known.key)) return
  const key = write.encrypt(cipher.decrypt(known.key, PLACE), PLACE)
  yield* exec(store.db.updateTable('portal').set({ key }).where('id', '=', 1))
}

function keyOf({ db }: Store) {
  return db.selectFrom('portal').select('key').where('id', '=', 1)
}

function newRow({ cipher, clock, random }: Pick<PortalKeyContext, 'cipher' | 'clock' | 'random'>) {
  const text = Buffer.from(random.bytes(BYTES)).toString('base64')
  return { id: 1 as const, key: cipher.encrypt(text, PLACE), created_at: clock.now() }
}

function decoded(cipher: Cipher, stored: string): Uint8Array {
  return Buffer.from(cipher.decrypt(stored, PLACE), 'base64')
}
