import type { Hono } from 'hono'
import { hasCode } from '../core/errors.ts'
import type { Delivery, DeliveryDetails, DeliveryListOptions } from '../dispatch/index.ts'
import type { DeliveryStatus } from '../store/tables.ts'
import { type Action, requireAllowed } from './authorize.ts'
import { type HttpContext, type HttpEnv, hookOfRequest, type RouteOptions, scopeOfRequest } from './env.ts'
import type { HttpOperations } from './operations.ts'
import { cursorOf, nextLink, PAGE, readCursor, readLimit } from './paging.ts'
import { queryOf } from './parse-body.ts'
import { HttpProblem } from './problems.ts'
import { readChoices, readFields, readText, readTime } from './read-fields.ts'
import { addResource } from './resource.ts'
import { respond } from './respond.ts'
import { showAttempt, showDelivery, showDetails } from './show-delivery.ts'

const STATUSES: readonly DeliveryStatus[] = ['pending', 'delivered', 'failed', 'cancelled']

/** Deliveries that are looked at for one page: some tenths of a second. What is behind them is on the next. */
const BUDGET = 20_000

const CURSOR = /^[0-9a-f]{32}_[1-9]\d{0,15}$/

/** The routes of deliveries: of one hook, of all, and each with its attempts. */
export function addDeliveryRoutes(
  app: Hono<HttpEnv>,
  options: RouteOptions,
  operations: HttpOperations,
): void {
  const { registry, authorize } = options

  async function list(c: HttpContext, hook: { hookId?: number }): Promise<Response> {
    const listing = { ...scopeOfRequest(c.var), ...hook, ...readListing(c.req.raw) }
    const { deliveries, next } = await page(operations, listing)
    const shown = deliveries.map((delivery) => showDelivery(c, delivery))
    return respond(200, shown, nextLink(c.req.raw, next && cursorOf(next)))
  }

  /** The delivery that a request is about, where the caller may do this with it. */
  async function deliveryOf(c: HttpContext, action: Action): Promise<Delivery & DeliveryDetails> {
    const scope = scopeOfRequest(c.var)
    const delivery = await operations.delivery(c.req.param('id') ?? '', scope)
    if (authorize !== undefined) {
      const hook = await registry.get(delivery.hookId, scope)
      await requireAllowed(authorize, c.var.caller, action, hook)
    }
    return delivery
  }

  addResource(app, '/deliveries', 'Delivery List', {
    async GET(c) {
      await requireAllowed(authorize, c.var.caller, 'deliveries')
      return await list(c, {})
    },
  })
  addResource(app, '/deliveries/:id', 'Delivery Instance', {
    GET: async (c) => respond(200, showDetails(c, await deliveryOf(c, 'deliveries'))),
  })
  addResource(app, '/deliveries/:id/attempts', 'Attempt List', {
    GET: async (c) => respond(200, (await deliveryOf(c, 'deliveries')).log.map(showAttempt)),
  })
  addResource(app, '/deliveries/:id/retry', 'Delivery Retry', {
    async POST(c) {
      const { id } = await deliveryOf(c, 'retry')
      return respond(200, await operations.retry(id, scopeOfRequest(c.var)))
    },
  })
  addResource(app, '/:id/deliveries', 'Hook Delivery List', {
    async GET(c) {
      const { id } = await hookOfRequest(c, options, 'deliveries')
      return await list(c, { hookId: id })
    },
  })
}

async function page(operations: HttpOperations, listing: DeliveryListOptions) {
  try {
    return await operations.page(listing, BUDGET)
  } catch (error) {
    // What the cursor stood at is removed, or never was.
    if (hasCode(error, 'delivery_missing')) throw new HttpProblem(400, { cursor: ['Invalid cursor'] })
    throw error
  }
}

function readListing(request: Request): DeliveryListOptions {
  const query = queryOf(request)
  const { status, event, since, until, limit, cursor } = readFields({
    status: () => readChoices(query, 'status', STATUSES),
    event: () => readText(query, 'event'),
    since: () => readTime(query, 'since'),
    until: () => readTime(query, 'until'),
    limit: () => readLimit(query),
    cursor: () => readCursor(query, CURSOR),
  })
  return {
    ...(status === undefined ? {} : { status }),
    ...(event === undefined ? {} : { event }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(cursor === undefined ? {} : { after: cursor }),
    limit: limit ?? PAGE,
  }
}
