import type { Clock } from '../core/clock.ts'
import { keepable, messageOf } from '../core/errors.ts'
import { MAX_PAYLOAD_BYTES } from '../core/payload-size.ts'
import type { Random } from '../core/random.ts'
import type { AttemptOperation, AttemptOutcomeName, Telemetry } from '../core/telemetry.ts'
import { within } from '../core/within.ts'
import type { FieldDefinitions, SignatureSettings } from '../hooks/index.ts'
import type { OutboundResult, SentRequest, Transport } from '../outbound/index.ts'
import { formedBody, type PayloadFunction, type PayloadOption, renderedBody } from './body.ts'
import type { Claimed } from './claimed.ts'
import { bodyText, redactorOf, type Timed, withoutSecrets } from './loggable.ts'
import type { DispatchSettings } from './options.ts'
import type { AttemptResult } from './record.ts'
import { attemptHeaders, deliveryId } from './request.ts'
import { keptRequest } from './sent.ts'
import { judge } from './verdict.ts'

export interface AttemptContext {
  transport: Transport
  settings: DispatchSettings
  fields: FieldDefinitions
  signature: SignatureSettings
  /** How bodies are made for hooks that do not say so themselves; the envelope unless told. */
  payload: PayloadOption | undefined
  /** The most that what a function makes may have, in bytes, beside an envelope. */
  maxPayloadBytes?: number
  clock: Clock
  random: Random
  /** Of deliveries whose hook has none of its own. */
  userAgent: string
  telemetry: Telemetry
}

/**
 * Makes one attempt of a claimed delivery. It never rejects; undefined means that it was broken off and counts for nothing.
 *
 * @param claimed its hook decrypted: see `openClaimed`
 */
export async function attempt(
  context: AttemptContext,
  claimed: Claimed,
  signal?: AbortSignal,
): Promise<AttemptResult | undefined> {
  const { hook, uid, event, attempts, traceContext, createdAt } = claimed
  const startedAt = context.clock.now()
  const operation = context.telemetry.attempt({
    hookId: hook.id,
    deliveryId: deliveryId(uid, hook.id),
    event,
    number: attempts + 1,
    target: hook.target,
    traceContext,
  })
  const result = await make(context, claimed, operation, signal)
  const now = context.clock.now()
  operation.end({
    outcome: outcomeName(result),
    status: result?.status ?? null,
    errorCode: result?.error_code ?? null,
    durationMs: result?.duration_ms ?? now - startedAt,
    latencyMs: now - createdAt,
  })
  return result
}

/** What came of an attempt, in a word. */
export function outcomeName(result: AttemptResult | undefined): AttemptOutcomeName {
  if (result === undefined) return 'broken_off'
  return result.next_status === 'pending' ? 'retried' : result.next_status
}

async function make(
  context: AttemptContext,
  claimed: Claimed,
  operation: AttemptOperation,
  signal: AbortSignal | undefined,
): Promise<AttemptResult | undefined> {
  const startedAt = context.clock.now()
  const failed = (code: string, error: unknown, body: string | null) => {
    const outcome = {
      durationMs: context.clock.now() - startedAt,
      failure: { code, message: messageOf(error) },
    }
    return resultOf(context, claimed, startedAt, outcome, body)
  }
  let body: string
  try {
    body = await operation.run(() => bodyOf(context, claimed))
  } catch (error) {
    return failed('payload', error, null)
  }
  // Kept for the attempts to come, which must send the same. One of another form is not, and ends what was kept before.
  const rendered = typeof formOf(context, claimed) === 'function' ? body : null
  try {
    const { headers } = operation
    const result = await operation.post(() => post(context, claimed, { body, headers, startedAt, signal }))
    if (result.outcome === 'error' && result.error.code === 'aborted') return undefined
    return resultOf(context, claimed, startedAt, outcomeOf(result), rendered, result.sent)
  } catch (error) {
    return failed('local', error, rendered)
  }
}

/** What a hook says itself goes before what the application says. */
function formOf({ payload }: AttemptContext, { hook }: Claimed): PayloadFunction | string {
  return hook.payload ?? payload ?? 'envelope'
}

async function bodyOf(context: AttemptContext, claimed: Claimed): Promise<string> {
  const { clock, settings, fields, maxPayloadBytes = MAX_PAYLOAD_BYTES } = context
  const form = formOf(context, claimed)
  if (typeof form === 'string') return formedBody(form, claimed)
  if (claimed.body !== null) return claimed.body
  return await within(clock, settings.timeoutMs, 'hook.payload', () =>
    renderedBody(form, claimed, fields, maxPayloadBytes),
  )
}

interface Posting {
  body: string
  /** Over all others. */
  headers: Readonly<Record<string, string>>
  startedAt: number
  signal: AbortSignal | undefined
}

async function post(
  { transport, settings, clock, signature, userAgent }: AttemptContext,
  claimed: Claimed,
  { body, headers, startedAt, signal }: Posting,
): Promise<OutboundResult> {
  const elapsed = clock.now() - startedAt
  return await transport.post({
    url: claimed.hook.target,
    headers: withTrace(attemptHeaders(claimed, body, startedAt, { signature, userAgent }), headers),
    body,
    deadlineMs: Math.max(settings.timeoutMs - elapsed, 1),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** A hook's own `tracestate` would belong to another trace than ours. */
function withTrace(
  headers: Record<string, string>,
  trace: Readonly<Record<string, string>>,
): Record<string, string> {
  if ('traceparent' in trace) delete headers.tracestate
  return { ...headers, ...trace }
}

function outcomeOf(result: OutboundResult): Timed {
  const { durationMs } = result
  return result.outcome === 'response'
    ? { durationMs, response: result.response }
    : { durationMs, failure: { ...result.error, message: keepable(result.error.message) } }
}

function resultOf(
  { settings, clock, random, signature }: AttemptContext,
  claimed: Claimed,
  startedAt: number,
  raw: Timed,
  body: string | null,
  sent?: SentRequest,
): AttemptResult {
  const confidential = redactorOf(claimed, startedAt)
  const outcome = withoutSecrets(raw, confidential)
  const { hook, seq, lease, attempts, manual } = claimed
  const { durationMs, response, failure } = outcome
  const now = clock.now()
  const verdict = judge(outcome, claimed, { retry: settings.retry, random, now })
  const dueAt = verdict.delayMs === undefined ? null : now + verdict.delayMs
  return {
    claimed,
    verdict,
    hook_id: hook.id,
    event_seq: seq,
    lease,
    number: attempts + 1,
    started_at: startedAt,
    duration_ms: Math.round(durationMs),
    status: response?.status ?? null,
    error_code: failure?.code ?? null,
    error: failure?.message ?? null,
    response_headers: response === undefined ? null : JSON.stringify(response.headers),
    response_body:
      response === undefined ? null : confidential.redact(bodyText(response.body), response.truncated),
    response_truncated: response?.truncated === true ? 1 : 0,
    manual,
    request: sent === undefined ? null : keptRequest(sent, hook, signature.names),
    next_status: verdict.status,
    next_due_at: dueAt,
    finished_at: dueAt === null ? now : null,
    reason: verdict.reason,
    tries: verdict.tries,
    excused: verdict.excused,
    body,
  }
}
