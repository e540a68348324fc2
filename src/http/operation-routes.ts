import type { Hono } from 'hono'
import { HookwrightError } from '../core/errors.ts'
import type { ReplayOptions } from '../operations/index.ts'
import { requireAllowed } from './authorize.ts'
import { bodyOf, givenOwner, type HttpEnv, hookOfRequest, type RouteOptions, scopeOfRequest } from './env.ts'
import { Invalid, jsonOf } from './invalid.ts'
import type { HttpOperations } from './operations.ts'
import type { RequestData } from './parse-body.ts'
import { HttpProblem, wordsOf } from './problems.ts'
import {
  readBoolean,
  readChoices,
  readFields,
  readInteger,
  readRequiredTime,
  readText,
  readTime,
} from './read-fields.ts'
import { addResource } from './resource.ts'
import { respond } from './respond.ts'
import { showDelivery } from './show-delivery.ts'
import { showHook } from './show-hook.ts'

const LONGEST_REASON = 1_000

/** 30 days, in milliseconds. */
const LONGEST_OVERLAP = 30 * 24 * 60 * 60 * 1_000

/** The routes of what is done with a hook beside changing it. */
export function addOperationRoutes(
  app: Hono<HttpEnv>,
  options: RouteOptions,
  operations: HttpOperations,
): void {
  const { registry, authorize, fields } = options

  addResource(app, '/replay', 'Replay', {
    async POST(c) {
      await requireAllowed(authorize, c.var.caller, 'replay')
      const data = await bodyOf(c, options)
      const wanted = readReplay(data, false)
      const named = c.var.caller.admin ? data.fields.owner : undefined
      const scope =
        named === undefined || named === null ? scopeOfRequest(c.var) : { owner: givenOwner(named) }
      return respond(200, await operations.replay({ ...wanted, ...scope }))
    },
  })

  addResource(app, '/:id/replay', 'Hook Replay', {
    async POST(c) {
      const { id } = await hookOfRequest(c, options, 'replay')
      const wanted = readReplay(await bodyOf(c, options), true)
      return respond(200, await operations.replay({ ...wanted, ...scopeOfRequest(c.var), hookId: id }))
    },
  })

  addResource(app, '/:id/test', 'Hook Test', {
    async POST(c) {
      const hook = await hookOfRequest(c, options, 'test')
      const wanted = readTest(await bodyOf(c, options))
      const scope = scopeOfRequest(c.var)
      const { id } = await named('data', () => operations.test(hook.id, { ...wanted, ...scope }))
      return respond(201, showDelivery(c, await operations.delivery(id, scope)))
    },
  })

  addResource(app, '/:id/enable', 'Hook Enable', {
    async POST(c) {
      const { id } = await hookOfRequest(c, options, 'enable')
      const data = await bodyOf(c, options)
      const { replay_since } = readFields({ replay_since: () => readTime(data, 'replay_since') })
      const since = replay_since === undefined ? {} : { replaySince: replay_since }
      const hook = await operations.enable(id, { ...since, ...scopeOfRequest(c.var) })
      return respond(200, showHook(c, hook, fields))
    },
  })

  addResource(app, '/:id/disable', 'Hook Disable', {
    async POST(c) {
      const { id } = await hookOfRequest(c, options, 'disable')
      const data = await bodyOf(c, options)
      const { reason } = readFields({ reason: () => readText(data, 'reason', LONGEST_REASON) })
      return respond(200, showHook(c, await registry.disable(id, reason, scopeOfRequest(c.var)), fields))
    },
  })

  addResource(app, '/:id/rotate_secret', 'Hook Rotate Secret', {
    async POST(c) {
      const { id } = await hookOfRequest(c, options, 'rotate_secret')
      const data = await bodyOf(c, options)
      const { overlap_ms } = readFields({
        overlap_ms: () => readInteger(data, 'overlap_ms', 0, LONGEST_OVERLAP),
      })
      const overlap = overlap_ms === undefined ? {} : { overlapMs: overlap_ms }
      return respond(200, {
        secret: await registry.rotateSecret(id, { ...overlap, ...scopeOfRequest(c.var) }),
      })
    },
  })

  addResource(app, '/:id/health', 'Hook Health', {
    async GET(c) {
      const { id, disabledAt, disabledCause, disabledReason } = await hookOfRequest(c, options, 'health')
      const { state, failures, failingSince, nextAttemptAt } = await operations.health(
        id,
        scopeOfRequest(c.var),
      )
      return respond(200, {
        state,
        failures,
        failing_since: failingSince,
        next_attempt: nextAttemptAt,
        disabled: disabledAt,
        disabled_cause: disabledCause,
        disabled_reason: disabledReason,
      })
    },
  })
}

function readReplay(data: RequestData, ofHook: boolean): ReplayOptions {
  const { since, until, what, dry_run } = readFields({
    since: () => readRequiredTime(data, 'since'),
    until: () => readTime(data, 'until'),
    what() {
      const [what = 'failed', ...more] = readChoices(data, 'what', ['failed', 'missed'] as const) ?? []
      if (more.length > 0) throw new Invalid('Only one of them.')
      if (what === 'failed' || ofHook) return what
      throw new Invalid('What was missed is replayed for one hook.')
    },
    dry_run: () => readBoolean(data, 'dry_run'),
  })
  return { since, what, dryRun: dry_run, ...(until === undefined ? {} : { until }) }
}

function readTest(data: RequestData) {
  const { event, data: given } = readFields({
    event: () => readText(data, 'event'),
    data() {
      const value = data.fields.data
      if (!data.form || value === undefined) return value
      return value === '' ? undefined : jsonOf(value)
    },
  })
  return { ...(event === undefined ? {} : { event }), ...(given === undefined ? {} : { data: given }) }
}

/** Whatever is wrong with what was given, and not with the event, stands under the field that it was given in. */
async function named<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof HookwrightError) || error.status !== 400 || error.field === 'event') throw error
    throw new HttpProblem(400, { [field]: [wordsOf(error)] })
  }
}
