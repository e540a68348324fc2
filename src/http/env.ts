import type { Context } from 'hono'
import { type Hook, type HookRegistry, type OwnerScope, ownerText } from '../hooks/index.ts'
import type { ApiSettings } from './api-options.ts'
import type { KnownCaller } from './authenticate.ts'
import { type Action, type Authorize, requireAllowed } from './authorize.ts'
import { parseBody, type RequestData } from './parse-body.ts'
import { HttpProblem, notFound, wordsOf } from './problems.ts'
import type { Validation } from './validate.ts'

/** What goes with each request: the framework's own, and who calls, once that is known. */
export interface HttpEnv {
  Bindings: {
    native: unknown
    requestId: string
    /** Where the API is mounted, without a slash at the end: links to other routes begin with it. */
    basePath: string
    /** What of the path is below that. */
    path: string
  }
  Variables: {
    caller: KnownCaller
    /** Whose hooks the request is about; undefined for everybody's, which an administrator alone can ask for. */
    owner: string | undefined
  }
}

export type HttpContext = Context<HttpEnv>

/** What the routes work with. */
export interface RouteOptions extends Validation {
  registry: HookRegistry
  api: ApiSettings
  authorize?: Authorize | undefined
}

/** Narrows a call to the hooks that a request is about. */
export function scopeOfRequest({ owner }: HttpContext['var']): OwnerScope {
  return owner === undefined ? {} : { owner }
}

/** Whose hooks a request is about: the caller's own. An administrator may ask for one owner's, by `?owner=`, or for all. */
export function ownerOfRequest(caller: KnownCaller, request: Request): string | undefined {
  if (!caller.admin) return caller.owner ?? ''
  const asked = new URL(request.url).searchParams.get('owner')
  return asked === null || asked === '' ? undefined : givenOwner(asked)
}

/** An owner that an administrator names. @throws 400 */
export function givenOwner(owner: unknown): string {
  try {
    return ownerText(owner, 'owner')
  } catch (error) {
    throw new HttpProblem(400, { owner: [wordsOf(error as never)] })
  }
}

/** The fields of a request's body. */
export function bodyOf(c: HttpContext, { api }: RouteOptions): Promise<RequestData> {
  return parseBody(c.req.raw, api.maxBodyBytes)
}

/**
 * The hook that a request is about, where the caller may do this with it.
 *
 * @throws 404 for one that is missing or not theirs, before anything else is looked at; 403
 */
export async function hookOfRequest(
  c: HttpContext,
  { registry, authorize }: RouteOptions,
  action: Action,
): Promise<Hook> {
  const hook = await registry.get(idOf(c.req.param('id') ?? ''), scopeOfRequest(c.var))
  if (hook === undefined) throw notFound()
  await requireAllowed(authorize, c.var.caller, action, hook)
  return hook
}

function idOf(segment: string): number {
  const id = /^\d+$/.test(segment) ? Number(segment) : Number.NaN
  if (!Number.isSafeInteger(id)) throw notFound()
  return id
}
