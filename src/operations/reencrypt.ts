import { breath } from '../core/breath.ts'
import { type Cipher, noCipher } from '../core/cipher.ts'
import type { Clock } from '../core/clock.ts'
import { hasCode, messageOf, problem } from '../core/errors.ts'
import { type DeadlineOptions, deadlineOf, refuseUnknownOptions, trueOrFalse } from '../core/options.ts'
import { isSealed, modern, opened, sealed } from '../hooks/index.ts'
import { exclusively } from '../store/exclusively.ts'
import { givenRows, isGiven } from '../store/given-rows.ts'
import { locking } from '../store/lock-rows.ts'
import type { Store } from '../store/store.ts'
import { exec, rows, type Work } from '../store/work.ts'
import { reencryptPortalKey } from './portal/index.ts'

export interface ReencryptContext {
  store: Store
  cipher: Cipher
  clock: Clock
}

export interface ReencryptOptions extends DeadlineOptions {
  /** True to write everything as plain text, before the option `encryptionKey` is taken away. */
  decrypt?: boolean
}

export interface Reencrypted {
  /** How many hooks were written anew. */
  hooks: number
  /** Whether all are as they should be; if not, the time was over: call it again. */
  finished: boolean
}

/** Hooks that are looked at, and locked, in one go. */
const HOOKS_AT_ONCE = 200

interface Unreadable {
  ids: number[]
  first: unknown
}

/**
 * Brings what the database keeps of all hooks, deleted ones included, to the first key. Beside writers it is safe: each chunk
 * is a transaction that locks its hooks.
 *
 * @throws `option_invalid` without the option `encryptionKey`; `decryption_failed`, once all others are done, where hooks
 * cannot be decrypted
 */
export async function reencrypt(
  { store, cipher, clock }: ReencryptContext,
  options: ReencryptOptions = {},
): Promise<Reencrypted> {
  refuseUnknownOptions(options, ['deadlineMs', 'decrypt'], 'reencrypt')
  const { decrypt: wanted, ...deadline } = options
  const decrypt = trueOrFalse(wanted, 'reencrypt.decrypt', false)
  const endsAt = clock.now() + deadlineOf(deadline, 'reencrypt')
  if (!cipher.isOn) {
    throw problem('option_invalid', {
      field: 'encryptionKey',
      problem: 'without a key nothing can be encrypted or decrypted',
      cure: 'Give createHooks the key; to end encryption, call reencrypt({ decrypt: true }) before taking it away',
    })
  }
  const write = decrypt ? noCipher : cipher
  const unreadable: Unreadable = { ids: [], first: undefined }
  let lost: unknown
  await store
    .write(() => reencryptPortalKey(store, cipher, write))
    .catch((error: unknown) => {
      if (!hasCode(error, 'decryption_failed')) throw error
      lost = error
    })
  let hooks = 0
  let after = 0
  for (;;) {
    const found = await store.read(() =>
      rows(hooksOf(store).where('id', '>', after).orderBy('id').limit(HOOKS_AT_ONCE)),
    )
    const ids = found.filter((row) => !isSealed(write, row)).map(({ id }) => id)
    let written = 0
    if (ids.length > 0) {
      const chunk = await store.write(() => writeAnew({ store, cipher }, write, ids))
      written = chunk.written
      hooks += written
      unreadable.ids.push(...chunk.unreadable.ids)
      unreadable.first ??= chunk.unreadable.first
    }
    if (found.length < HOOKS_AT_ONCE) break
    after = found.at(-1)?.id ?? after
    // Only after some progress: a call that sees no more than what others have done would be one of many that never end.
    if (written > 0 && clock.now() >= endsAt) return { hooks, finished: false }
    await breath()
  }
  if (unreadable.ids.length > 0) throw unreadableHooks(unreadable)
  if (lost !== undefined) throw lostPortalKey(lost)
  return { hooks, finished: true }
}

function hooksOf({ db }: Store) {
  return db
    .selectFrom('hook')
    .select(['id', 'owner', 'headers', 'secret', 'old_secret', 'old_secret_until', 'old_secrets'])
}

function* writeAnew(
  { store, cipher }: Pick<ReencryptContext, 'store' | 'cipher'>,
  write: Cipher,
  ids: readonly number[],
): Work<{ written: number; unreadable: Unreadable }> {
  // As every change of hooks does, so that none is lost to another.
  yield* exclusively(store, 'hooks')
  const found = yield* rows(
    locking(
      store,
      hooksOf(store)
        .where(isGiven(store, 'id', ids))
        .orderBy('id'),
    ),
  )
  const unreadable: Unreadable = { ids: [], first: undefined }
  const changed = found.flatMap((row) => {
    try {
      const plain = opened(cipher, row)
      const { secret, old_secrets } = modern(plain)
      return [{ id: row.id, ...sealed(write, row.owner, { headers: plain.headers, secret, old_secrets }) }]
    } catch (error) {
      unreadable.ids.push(row.id)
      unreadable.first ??= error
      return []
    }
  })
  if (changed.length > 0) {
    const given = givenRows(store, changed, ['id', 'headers', 'secret', 'old_secrets']).as('given')
    yield* exec(
      store.db
        .updateTable('hook')
        .from(given)
        .set(({ ref }) => ({
          headers: ref('given.headers'),
          secret: ref('given.secret'),
          old_secrets: ref('given.old_secrets'),
          old_secret: null,
          old_secret_until: null,
        }))
        .whereRef('hook.id', '=', 'given.id'),
    )
  }
  return { written: changed.length, unreadable }
}

const MOST_NAMED = 10

function unreadableHooks({ ids, first }: Unreadable): Error {
  const named = ids.slice(0, MOST_NAMED).join(', ')
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : ''
  return problem('decryption_failed', {
    field: 'encryptionKey',
    problem: `all hooks are done but ${named}${more}: ${messageOf(first).replace(/\.$/, '')}`,
    cause: first,
  })
}

function lostPortalKey(cause: unknown): Error {
  return problem('decryption_failed', {
    field: 'encryptionKey',
    problem: `all hooks are done, but ${messageOf(cause).replace(/^portal\.key: |\.$/g, '')}`,
    cure: 'Or call endPortals(), which makes another one and ends the links that there are',
    cause,
  })
}
