import type { PortalGrant } from '../operations/index.ts'
import type { KnownCaller } from './authenticate.ts'
import { HttpProblem } from './problems.ts'

/** What a portal token allows; undefined for one that is not good, or not any more. */
export type GrantOf = (token: string) => Promise<PortalGrant | undefined>

/**
 * Who calls by a portal link; undefined for a request that names none. Such a request is nobody else's: whoever opens a link in
 * a browser where another is signed in must not see what is theirs.
 *
 * @throws 401 for a token that is not good, or not any more
 */
export async function portalCallerOf(
  grantOf: GrantOf | undefined,
  { headers }: Request,
): Promise<KnownCaller | undefined> {
  const [, token] = /^bearer\s+(hwp_.*)$/is.exec(headers.get('authorization') ?? '') ?? []
  if (token === undefined) return undefined
  const grant = await grantOf?.(token)
  if (grant === undefined) {
    throw new HttpProblem(401, 'The link is not valid, or has ended.', {
      'WWW-Authenticate': 'Bearer realm="hooks", error="invalid_token"',
    })
  }
  const { owner, readOnly, expiresAt } = grant
  return { owner, admin: false, readOnly, expiresAt: new Date(expiresAt) }
}
