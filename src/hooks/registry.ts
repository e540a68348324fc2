import type { Catalog, HookFields } from '../catalog/index.ts'
import { type Cipher, noCipher } from '../core/cipher.ts'
import type { Clock } from '../core/clock.ts'
import { hasCode } from '../core/errors.ts'
import type { Random } from '../core/random.ts'
import type { AddressPolicy } from '../outbound/index.ts'
import { checkHeaders, checkTarget } from '../outbound/index.ts'
import { generateSecret, verificationKey } from '../signature/keys.ts'
import { exclusively } from '../store/exclusively.ts'
import type { Store } from '../store/store.ts'
import { rows, type Work } from '../store/work.ts'
import { checkListing, refuseUnknown, requireTarget } from './check.ts'
import { CHOICES, checkChoices } from './choices.ts'
import { checkRoom, createHook } from './create.ts'
import { chosenEvents, requireEvents } from './event-names.ts'
import type { FieldDefinitions } from './field.ts'
import { checkFields, withDefaults } from './field-values.ts'
import type { HookRow } from './hook.ts'
import {
  findRow,
  type HookChange,
  type HookContext,
  hookOf,
  hooksOf,
  requireRow,
  setColumns,
} from './hook-rows.ts'
import type { WantedHook } from './identical.ts'
import { checkLimits, LIMITS } from './limits.ts'
import { hasInTarget, hasState } from './list-filters.ts'
import { ownerText, scopeOf } from './owner.ts'
import type { HookRegistry } from './registry-types.ts'
import { opened, sealed } from './sealed.ts'
import {
  checkOverlap,
  checkRotation,
  checkSecret,
  DEFAULT_OVERLAP_MS,
  rotated,
  schemeAfter,
  verificationKeysAt,
} from './secrets.ts'
import { selectHooks } from './select.ts'
import { type SignatureSettings, signatureSettings } from './signature-settings.ts'
import { deleteRows, disableRow, enableRow } from './state.ts'
import { updateRow } from './update.ts'

/** What {@link createHookRegistry} is made from. */
export interface HookRegistryOptions {
  store: Store
  catalog: Catalog
  /** Where hooks may be sent to. */
  policy: AddressPolicy
  clock: Clock
  /** Where secrets come from. */
  random: Random
  /** The application's own fields: what `defineFields` gave. */
  fields: FieldDefinitions
  /** What the database keeps of secrets is encrypted by it; by none unless told. */
  cipher?: Cipher
  /** How deliveries are signed; as Standard Webhooks has it unless told. */
  signature?: SignatureSettings
  /** Work to do in the transaction of a change, after it: such as to set free what waits for a hook. */
  onChange?: (change: HookChange) => Work<void>
  /** Called for each of these changes, in their order, once its transaction is committed. */
  onChanged?: (change: HookChange) => void
}

const PROPERTIES = ['event', 'events', 'target', 'headers', ...LIMITS, ...CHOICES]

/**
 * Makes the registry of hooks. It opens nothing.
 *
 * @example
 * ```ts
 * const registry = createHookRegistry({
 *   store, catalog, policy: createAddressPolicy({}), clock: systemClock, random: systemRandom, fields: defineFields(),
 * })
 * ```
 */
export function createHookRegistry<Event extends string = string, Fields extends HookFields = HookFields>(
  options: HookRegistryOptions,
): HookRegistry<Event, Fields> {
  const { store, catalog, policy, clock, random, fields, onChange = noWork, onChanged } = options
  const { cipher = noCipher, signature = signatureSettings() } = options
  const context: HookContext = { store, catalog, fields, cipher, onChange }

  /**
   * Every change of hooks is one transaction by way of this, and only one at a time: looking and then writing is safe, as
   * for an identical hook, or for the last one that listens to an event.
   */
  const change = async <T>(work: (context: HookContext) => Work<T>): Promise<T> => {
    const { result, changes } = await store.write(function* () {
      // Of this run alone: a transaction that starts anew has changed nothing before.
      const changes: HookChange[] = []
      yield* exclusively(store, 'hooks')
      const result = yield* work({
        ...context,
        *onChange(change) {
          yield* onChange(change)
          changes.push(change)
        },
      })
      return { result, changes }
    })
    if (onChanged !== undefined) for (const one of changes) onChanged(one)
    return result
  }

  function wantedHook(given: unknown): WantedHook {
    refuseUnknown(given, ['owner', 'secret', ...PROPERTIES, ...fields.keys()])
    const wanted = {
      owner: ownerText(given.owner, 'owner'),
      events: requireEvents(chosenEvents(catalog, given)),
      target: checkTarget(requireTarget(given.target), policy),
      headers: given.headers === undefined ? undefined : checkHeaders(given.headers, signature.names),
      secret: given.secret === undefined ? undefined : checkSecret(given.secret),
      limits: checkLimits(given),
      choices: checkChoices(given),
      fields: checkFields(fields, given),
    }
    // What is missing shows at once, whether or not there is an identical hook.
    withDefaults(fields, wanted.fields)
    return wanted
  }

  function changedColumns(given: unknown): object {
    refuseUnknown(given, [...PROPERTIES, ...fields.keys()])
    const { target, headers } = given
    return {
      ...(target === undefined ? {} : { target: checkTarget(requireTarget(target), policy) }),
      ...(headers === undefined ? {} : { headers: JSON.stringify(checkHeaders(headers, signature.names)) }),
      ...checkLimits(given),
      ...checkChoices(given),
      ...Object.fromEntries(checkFields(fields, given)),
      updated_at: clock.now(),
    }
  }

  /** Of a row whose key is lost for good there is nothing to keep: a new secret brings its hook back. */
  function secretsOf(row: HookRow, dispensable: boolean): HookRow | undefined {
    try {
      return opened(cipher, row)
    } catch (error) {
      if (dispensable && hasCode(error, 'decryption_failed')) return undefined
      throw error
    }
  }

  const registry: HookRegistry = {
    async create(given) {
      const { hook } = await registry.createOrGet(given)
      return hook
    },

    async createOrGet(given, { maxHooksPerOwner } = {}) {
      const wanted = wantedHook(given)
      const secret = wanted.secret ?? generateSecret({ scheme: signature.scheme, random })
      const now = clock.now()
      return change((context) => createHook(context, wanted, secret, now, maxHooksPerOwner))
    },

    async checkNew(given, { maxHooksPerOwner } = {}) {
      const wanted = wantedHook(given)
      await store.read(() => checkRoom(context, wanted, maxHooksPerOwner))
    },

    checkChanges(given) {
      changedColumns(given)
      chosenEvents(catalog, given)
    },

    async get(id, scope = {}) {
      const owner = scopeOf(scope)
      return store.read(function* () {
        const row = yield* findRow(context, id, owner)
        return row === undefined ? undefined : yield* hookOf(context, row)
      })
    },

    async list(listing = {}) {
      const owner = scopeOf(listing)
      const { event, limit, after, states, search } = checkListing(listing)
      let query = selectHooks(store, fields).orderBy('id')
      if (owner !== undefined) query = query.where('owner', '=', owner)
      if (after !== undefined) query = query.where('id', '>', after)
      if (limit !== undefined) query = query.limit(limit)
      if (states !== undefined) query = query.where(hasState(states))
      if (search !== undefined) query = query.where(hasInTarget(store, search))
      if (event !== undefined) {
        const listeners = store.db.selectFrom('subscription').select('hook_id').where('event', '=', event)
        query = query.where('id', 'in', listeners)
      }
      return store.read(function* () {
        return yield* hooksOf(context, yield* rows(query))
      })
    },

    async update(id, given, scope = {}) {
      const owner = scopeOf(scope)
      const columns = changedColumns(given)
      const events = chosenEvents(catalog, given)
      return change(function* (context) {
        const row = yield* requireRow(context, id, owner)
        return yield* hookOf(
          context,
          yield* updateRow(context, row, sealed(cipher, row.owner, columns), events),
        )
      })
    },

    async delete(id, scope = {}) {
      const owner = scopeOf(scope)
      const now = clock.now()
      return change(function* (context) {
        const row = yield* findRow(context, id, owner)
        if (row === undefined) return false
        yield* deleteRows(context, [row.id], now)
        return true
      })
    },

    async deleteAll(scope) {
      const owner = ownerText(scope?.owner, 'owner')
      const now = clock.now()
      return change(function* (context) {
        const found = yield* rows(selectHooks(store, fields).where('owner', '=', owner))
        const ids = found.map(({ id }) => id)
        yield* deleteRows(context, ids, now)
        return ids.length
      })
    },

    async rotateSecret(id, rotation = {}) {
      refuseUnknown(rotation, ['owner', 'overlapMs', 'secret', 'scheme'], 'rotateSecret')
      const owner = scopeOf(rotation)
      const overlapMs = checkOverlap(rotation.overlapMs ?? DEFAULT_OVERLAP_MS)
      const { given, scheme } = checkRotation(rotation)
      const now = clock.now()
      return change(function* (context) {
        const row = yield* requireRow(context, id, owner)
        const before = secretsOf(row, overlapMs === 0)
        const secret =
          given ?? generateSecret({ scheme: scheme ?? schemeAfter(before, signature.scheme), random })
        const columns = sealed(cipher, row.owner, rotated(before, secret, now, overlapMs))
        yield* setColumns(context, row, { ...columns, updated_at: now })
        return verificationKey(secret)
      })
    },

    async secrets(id, scope = {}) {
      const owner = scopeOf(scope)
      const now = clock.now()
      return store.read(function* () {
        return verificationKeysAt(opened(cipher, yield* requireRow(context, id, owner)), now)
      })
    },

    async disable(id, reason, scope = {}) {
      const owner = scopeOf(scope)
      const now = clock.now()
      return change(function* (context) {
        const row = yield* requireRow(context, id, owner)
        return yield* hookOf(context, yield* disableRow(context, row, reason, now))
      })
    },

    async retire(id, { cause, reason, unless }) {
      const now = clock.now()
      return change(function* (context) {
        const row = yield* findRow(context, id)
        // Somebody may have been faster, or things have changed since.
        if (row === undefined || row.disabled_at !== null) return
        if (unless !== undefined && (yield* unless())) return
        yield* disableRow(context, row, reason, now, cause)
      })
    },

    async enable(id, scope = {}) {
      const owner = scopeOf(scope)
      const now = clock.now()
      return change(function* (context) {
        const row = yield* requireRow(context, id, owner)
        return yield* hookOf(context, yield* enableRow(context, row, now))
      })
    },
  }
  // The names of events and the types of fields are known to the compiler alone.
  return registry as unknown as HookRegistry<Event, Fields>
}

function* noWork(): Work<void> {}
