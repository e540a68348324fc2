import type { Hook } from '../hooks/index.ts'
import type { KnownCaller } from './authenticate.ts'
import { forbidden } from './problems.ts'

/**
 * What a caller is about to do. Each but `list`, `create`, and `deliveries`, `stats` and `replay` over all hooks has a hook.
 *
 * `list`: see all hooks. `create`, `retrieve`, `update`, `delete`: a hook. `test`, `enable`, `disable`, `replay`,
 * `rotate_secret`: the routes of these names. `health`: how a hook fares. `stats`: how attempts went. `deliveries`: see deliveries and their attempts.
 * `retry`: send one again.
 */
export type Action =
  | 'list'
  | 'create'
  | 'retrieve'
  | 'update'
  | 'delete'
  | 'test'
  | 'enable'
  | 'disable'
  | 'replay'
  | 'rotate_secret'
  | 'health'
  | 'stats'
  | 'deliveries'
  | 'retry'

/**
 * Says whether a caller of the REST API may do something. It is asked once it is known that the hook is one that they can
 * see: what is not theirs is 404 before.
 *
 * @param owner who calls; null for an administrator without hooks of their own
 * @param hook undefined where there is none, or where it was deleted and its deliveries are looked at
 * @returns false for 403
 * @example
 * ```ts
 * authorize: (owner, action) => action !== 'rotate_secret' || isAdministrator(owner)
 * ```
 */
export type Authorize = (
  owner: string | null,
  action: Action,
  hook: Hook | undefined,
) => boolean | Promise<boolean>

/**
 * @throws 403 where the application does not allow it; its own mistakes are 500, and let nobody in
 */
export async function requireAllowed(
  authorize: Authorize | undefined,
  { owner }: KnownCaller,
  action: Action,
  hook?: Hook,
): Promise<void> {
  if (authorize === undefined) return
  const allowed: unknown = await authorize(owner, action, hook)
  if (allowed === true) return
  if (allowed === false) throw forbidden()
  throw new TypeError(`authorize gave neither true nor false for "${action}"`)
}
