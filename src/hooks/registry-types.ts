import type { HookFields } from '../catalog/index.ts'
import type { SignatureScheme } from '../signature/keys.ts'
import type { DisabledCause } from '../store/tables.ts'
import type { Work } from '../store/work.ts'
import type { Hook, HookChanges, NewHook } from './hook.ts'
import type { Owner, OwnerScope } from './owner.ts'

/** What `createOrGet` did. */
export interface HookCreation<Event extends string, Fields extends HookFields> {
  hook: Hook<Event, Fields['values']>
  /** Of a hook that was created, `whsec_…` or `whpk_…`; undefined when an identical one existed. */
  secret: string | undefined
}

/** The hooks of an application: who gets which events where. */
export interface HookRegistry<Event extends string = string, Fields extends HookFields = HookFields> {
  /**
   * Creates a hook. Where an identical one exists (the same owner, events and target, and the same of whatever else is
   * given, also of a `secret`), that one comes back, the oldest if there are several, and is enabled again if it was disabled.
   *
   * @throws `owner_missing`, `event_unknown`, `target_invalid`, `target_refused`, `headers_invalid`, `secret_invalid`,
   * `hook_invalid`
   * @example
   * ```ts
   * const hook = await hooks.create({ owner: 1, event: 'book.added', target: 'https://example.com/target' })
   * ```
   */
  create(hook: NewHook<Event, Fields['inputs']>): Promise<Hook<Event, Fields['values']>>
  /** Like `create`, and tells whether the hook is new: then with what its receiver verifies signatures with. */
  createOrGet(
    hook: NewHook<Event, Fields['inputs']>,
    limits?: CreationLimits,
  ): Promise<HookCreation<Event, Fields>>
  /**
   * Throws what `createOrGet` would throw, and creates nothing.
   *
   * @throws what `create` throws, `hooks_exhausted`
   */
  checkNew(hook: NewHook<Event, Fields['inputs']>, limits?: CreationLimits): Promise<void>
  /** Throws what `update` of a hook that exists would throw, and changes nothing. */
  checkChanges(changes: HookChanges<Event, Fields['inputs']>): void
  /** The hook of an id; undefined when there is none, or none of that owner. */
  get(id: number, options?: OwnerScope): Promise<Hook<Event, Fields['values']> | undefined>
  /**
   * Hooks in the order of their ids.
   *
   * @example
   * ```ts
   * const page = await hooks.list({ owner: 1, limit: 100, after: lastPage.at(-1)?.id ?? 0 })
   * ```
   */
  list(options?: ListOptions<Event>): Promise<Hook<Event, Fields['values']>[]>
  /**
   * Changes what is given and leaves the rest.
   *
   * @throws `hook_missing`, and what `create` throws
   */
  update(
    id: number,
    changes: HookChanges<Event, Fields['inputs']>,
    options?: OwnerScope,
  ): Promise<Hook<Event, Fields['values']>>
  /** Deletes a hook; its deliveries stay to be looked at. False when there is none. */
  delete(id: number, options?: OwnerScope): Promise<boolean>
  /** Deletes all hooks of an owner, and tells how many they were. */
  deleteAll(options: { owner: Owner }): Promise<number>
  /**
   * Gives a hook another secret: the one given, or one made here, of the same scheme unless told. The one before signs as
   * well until `overlapMs` milliseconds have passed (a day unless told), so that the receiver has time to change over. Eight
   * may do so at once, each until its own time; with an overlap of 0 none of them signs any more.
   *
   * @returns what the receiver verifies with: the secret, `whsec_…`, or the public key of it, `whpk_…`
   * @throws `hook_missing`, `secret_invalid`, `hook_invalid`
   * @example
   * ```ts
   * const key = await hooks.rotateSecret(hook.id, { scheme: 'v1a', overlapMs: 7 * 24 * 3_600_000 })
   * ```
   */
  rotateSecret(id: number, options?: RotationOptions): Promise<string>
  /**
   * What a receiver verifies a hook's deliveries with, newest first, several while they are rotated: `whsec_…`, or the public
   * key `whpk_…` of a secret that is `whsk_…`. @throws `hook_missing`
   */
  secrets(id: number, options?: OwnerScope): Promise<string[]>
  /** Stops a hook's deliveries; they wait until it is enabled again. @throws `hook_missing` */
  disable(id: number, reason?: string, options?: OwnerScope): Promise<Hook<Event, Fields['values']>>
  /** Disables a hook because of what its target does; one that is missing or disabled already is left alone. */
  retire(id: number, end: Retirement): Promise<void>
  /** @throws `hook_missing` */
  enable(id: number, options?: OwnerScope): Promise<Hook<Event, Fields['values']>>
}

/** What a creation is held to, beside what a hook is. */
export interface CreationLimits {
  /** The most hooks that the owner may have, counted in the transaction of the creation. */
  readonly maxHooksPerOwner?: number | undefined
}

/**
 * How hooks may stand: `enabled`, which those that are failing are too; `disabled`; `failing`: enabled, and the last attempt
 * brought no success.
 */
export type HookState = 'enabled' | 'disabled' | 'failing'

export interface ListOptions<Event extends string = string> extends OwnerScope {
  /** Only hooks that listen to it. */
  event?: Event
  /** Only hooks that stand in one of these ways. */
  state?: HookState | readonly HookState[]
  /** Only hooks whose target has this in it; small and capital letters are the same. */
  search?: string
  /** The most to give; all unless told. */
  limit?: number
  /** Only hooks with a higher id. */
  after?: number
}

/** Why a hook is disabled by itself. */
export interface Retirement {
  cause: Exclude<DisabledCause, 'manual'>
  reason: string
  /** Asked in the transaction, whether it is not so any more. */
  unless?: () => Work<boolean>
}

export interface RotationOptions extends OwnerScope {
  /** For how long the secret before signs as well, in milliseconds; a day unless told. */
  overlapMs?: number
  /** `whsec_…` or `whsk_…`; made here if left out. */
  secret?: string
  /** Of one that is made here; that of the secret before unless told. */
  scheme?: SignatureScheme
}
