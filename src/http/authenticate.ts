import { type Owner, ownerText } from '../hooks/index.ts'
import { unauthenticated } from './problems.ts'

/** Who calls: the owner of the hooks that they see and change; or an object that says more of them. */
export type Caller = CallerObject | Owner | null | undefined

export interface CallerObject {
  /** May be missing for an administrator, who then has no hooks of their own. */
  owner?: Owner | null | undefined
  /** Sees and changes the hooks of every owner. */
  admin?: boolean | undefined
  /** Only looks: whatever would change something is 403. */
  readOnly?: boolean | undefined
}

/**
 * Says who calls the REST API. Nobody (null or undefined) gets 401.
 *
 * @param request its body is the API's to read: take `request.clone()` where you need it
 * @param native the request of the framework that the API is mounted on, such as Node's `IncomingMessage`
 * @example
 * ```ts
 * authenticate: async (request) => {
 *   const user = await userOf(request.headers.get('authorization'))
 *   return user && { owner: user.id, admin: user.isStaff }
 * }
 * ```
 */
export type Authenticate = (request: Request, native: unknown) => Caller | Promise<Caller>

/** A caller, checked. */
export interface KnownCaller {
  /** As text; null for an administrator without hooks of their own. */
  owner: string | null
  admin: boolean
  readOnly: boolean
  /** When a portal link ends, for whoever comes by one; undefined for all others. */
  expiresAt?: Date
}

/**
 * Who calls.
 *
 * @throws 401 for nobody, and for everybody while the application does not say who calls
 */
export async function callerOf(
  authenticate: Authenticate | undefined,
  request: Request,
  native: unknown,
): Promise<KnownCaller> {
  const caller = await authenticate?.(request, native)
  const said: CallerObject = typeof caller === 'object' && caller !== null ? caller : { owner: caller }
  const admin = flag('admin', said.admin)
  const readOnly = flag('readOnly', said.readOnly)
  const { owner } = said
  if (owner === undefined || owner === null) {
    if (admin) return { owner: null, admin, readOnly }
    throw unauthenticated()
  }
  try {
    return { owner: ownerText(owner, 'authenticate'), admin, readOnly }
  } catch (error) {
    // The application's mistake, not the client's: no 400.
    throw new TypeError('authenticate gave something that is no owner', { cause: error })
  }
}

/** Anything but a truth value is a mistake, and is not to open anything. */
function flag(name: string, value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true
  throw new TypeError(`authenticate gave \`${name}\` that is neither true nor false`)
}
