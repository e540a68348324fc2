import type { Hono } from 'hono'
import type { HookState, NewHook } from '../hooks/index.ts'
import { requireAllowed } from './authorize.ts'
import {
  bodyOf,
  givenOwner,
  type HttpContext,
  type HttpEnv,
  hookOfRequest,
  type RouteOptions,
  scopeOfRequest,
} from './env.ts'
import { REQUIRED } from './invalid.ts'
import { cursorOf, nextLink, PAGE, readCursor, readLimit } from './paging.ts'
import { queryOf, type RequestData } from './parse-body.ts'
import { HttpProblem, notFound } from './problems.ts'
import { readBoolean, readChoices, readFields, readText } from './read-fields.ts'
import { addResource } from './resource.ts'
import { respond } from './respond.ts'
import { showHook } from './show-hook.ts'
import { validate } from './validate.ts'

const STATES: readonly HookState[] = ['enabled', 'disabled', 'failing']

/** The routes of drf-hooks: the collection of an owner's hooks, and each of them. */
export function addHookRoutes(app: Hono<HttpEnv>, options: RouteOptions): void {
  const { registry, authorize, api, fields } = options

  async function put(c: HttpContext, partial: boolean): Promise<Response> {
    // A hook that is missing is 404, whatever the body holds.
    const { id } = await hookOfRequest(c, options, 'update')
    const dryRun = isDryRun(c)
    const changes = validate(await bodyOf(c, options), options, partial)
    if (dryRun) {
      registry.checkChanges(changes)
      return respond(200, {})
    }
    return respond(200, showHook(c, await registry.update(id, changes, scopeOfRequest(c.var)), fields))
  }

  addResource(app, '/', 'Hook List', {
    async GET(c) {
      await requireAllowed(authorize, c.var.caller, 'list')
      const { limit, ...listing } = readListing(queryOf(c.req.raw))
      const scope = scopeOfRequest(c.var)
      // One more than is asked for, to see whether there is a next page.
      const more = limit === undefined ? {} : { limit: limit + 1 }
      const found = await registry.list({ ...scope, ...listing, ...more })
      const hooks = found.slice(0, limit)
      const last = found.length > hooks.length ? hooks.at(-1) : undefined
      return respond(
        200,
        hooks.map((hook) => showHook(c, hook, fields)),
        nextLink(c.req.raw, last && cursorOf(last.id)),
      )
    },

    async POST(c) {
      await requireAllowed(authorize, c.var.caller, 'create')
      const dryRun = isDryRun(c)
      const data = await bodyOf(c, options)
      const owner = ownerOfNew(c, data)
      const wanted = { ...validate(data, options, false), owner } as NewHook
      if (dryRun) {
        await registry.checkNew(wanted, api)
        return respond(200, {})
      }
      const { hook, secret } = await registry.createOrGet(wanted, api)
      // 201 also where an identical hook existed: clients look at the status alone.
      return respond(201, showHook(c, hook, fields, secret))
    },
  })

  addResource(app, '/:id', 'Hook Instance', {
    async GET(c) {
      return respond(200, showHook(c, await hookOfRequest(c, options, 'retrieve'), fields))
    },
    PUT: (c) => put(c, false),
    PATCH: (c) => put(c, true),
    async DELETE(c) {
      const { id } = await hookOfRequest(c, options, 'delete')
      if (!(await registry.delete(id, scopeOfRequest(c.var)))) throw notFound()
      return respond(204)
    },
  })
}

/** Whether the request is only to be checked, as somebody types. */
function isDryRun(c: HttpContext): boolean {
  const query = queryOf(c.req.raw)
  return readFields({ dry_run: () => readBoolean(query, 'dry_run') }).dry_run
}

/** Whose a new hook is: the caller's. An administrator says whose, and means their own if they have any and do not. */
function ownerOfNew(c: HttpContext, { fields }: RequestData): string {
  const { caller, owner } = c.var
  if (!caller.admin) return owner ?? ''
  const named = fields.owner ?? owner ?? caller.owner
  if (named === null || named === undefined || named === '') throw new HttpProblem(400, { owner: [REQUIRED] })
  return givenOwner(named)
}

/** Without `limit` and `cursor` the whole list, as in drf-hooks. */
function readListing(query: RequestData) {
  const { event, state, search, limit, cursor } = readFields({
    event: () => readText(query, 'event'),
    state: () => readChoices(query, 'state', STATES),
    search: () => readText(query, 'search'),
    limit: () => readLimit(query),
    cursor: () => readCursor(query, /^\d{1,15}$/),
  })
  return {
    ...(event === undefined ? {} : { event }),
    ...(state === undefined ? {} : { state }),
    ...(search === undefined ? {} : { search }),
    ...(cursor === undefined ? {} : { after: Number(cursor) }),
    limit: limit ?? (cursor === undefined ? undefined : PAGE),
  }
}
