import { type Owner, ownerText } from '../hooks/index.ts'
import { unauthenticated } from './problems.ts'

/** Who calls: the owner of the hooks that they see and change. */
export type Caller = { owner: Owner | null | undefined } | Owner | null | undefined

/**
 * Says who calls the REST API. Nobody (null or undefined) gets 401.
 *
 * @param request its body is the API's to read: take `request.clone()` where you need it
 * @param native the request of the framework that the API is mounted on, such as Node's `IncomingMessage`
 */
export type Authenticate = (request: Request, native: unknown) => Caller | Promise<Caller>

/**
 * The owner that calls, as text.
 *
 * @throws 401 for nobody, and for everybody while the application does not say who calls
 */
export async function callerOf(
  authenticate: Authenticate | undefined,
  request: Request,
  native: unknown,
): Promise<string> {
  const caller = await authenticate?.(request, native)
  const owner = typeof caller === 'object' && caller !== null ? caller.owner : caller
  if (owner === undefined || owner === null) throw unauthenticated()
  try {
    return ownerText(owner, 'authenticate')
  } catch (error) {
    // The application's mistake, not the client's: no 400.
    throw new TypeError('authenticate gave something that is no owner', { cause: error })
  }
}
