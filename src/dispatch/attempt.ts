import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import type { Random } from '../core/random.ts'
import type { FieldDefinitions } from '../hooks/index.ts'
import type { OutboundResult, Transport } from '../outbound/index.ts'
import type { Claimed } from './claim.ts'
import type { DispatchSettings } from './options.ts'
import type { AttemptResult } from './record.ts'
import { attemptHeaders, envelope, type PayloadFunction, renderedBody } from './request.ts'

export interface AttemptContext {
  transport: Transport
  settings: DispatchSettings
  fields: FieldDefinitions
  payload: PayloadFunction | undefined
  clock: Clock
  random: Random
}

/** Makes one attempt of a claimed delivery. It never rejects; undefined means that it was broken off and counts for nothing. */
export async function attempt(
  context: AttemptContext,
  claimed: Claimed,
  signal?: AbortSignal,
): Promise<AttemptResult | undefined> {
  const { clock, transport, settings, payload, fields } = context
  const startedAt = clock.now()
  let body = claimed.body
  let rendered: string | null = null
  try {
    if (payload === undefined) body = envelope(claimed)
    else body ??= rendered = await renderedBody(payload, claimed, fields)
  } catch (error) {
    const failure = { code: 'payload', message: messageOf(error) }
    return resultOf(context, claimed, startedAt, { durationMs: clock.now() - startedAt, failure }, null)
  }
  const result = await transport.post({
    url: claimed.hook.target,
    headers: attemptHeaders(claimed, body, startedAt),
    body,
    deadlineMs: settings.timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  })
  if (result.outcome === 'error' && result.error.code === 'aborted') return undefined
  return resultOf(context, claimed, startedAt, outcomeOf(result), rendered)
}

type Outcome = { durationMs: number } & (
  | { response: Extract<OutboundResult, { outcome: 'response' }>['response']; failure?: never }
  | { failure: { code: string; message: string }; response?: never }
)

function outcomeOf(result: OutboundResult): Outcome {
  const { durationMs } = result
  return result.outcome === 'response'
    ? { durationMs, response: result.response }
    : { durationMs, failure: result.error }
}

const utf8 = new TextDecoder()

function resultOf(
  { settings, clock, random }: AttemptContext,
  { hook, seq, lease, attempts }: Claimed,
  startedAt: number,
  { durationMs, response, failure }: Outcome,
  body: string | null,
): AttemptResult {
  const number = attempts + 1
  const now = clock.now()
  const delivered = response !== undefined && response.status >= 200 && response.status < 300
  const delay = delivered ? undefined : settings.retry.delayAfter(number, random)
  const pending = delay !== undefined
  return {
    hook_id: hook.id,
    event_seq: seq,
    lease,
    number,
    started_at: startedAt,
    duration_ms: Math.round(durationMs),
    status: response?.status ?? null,
    error_code: failure?.code ?? null,
    error: failure?.message ?? null,
    response_headers: response === undefined ? null : JSON.stringify(response.headers),
    response_body: response === undefined ? null : utf8.decode(response.body).replaceAll('\0', '\uFFFD'),
    response_truncated: response?.truncated === true ? 1 : 0,
    next_status: delivered ? 'delivered' : pending ? 'pending' : 'failed',
    next_due_at: pending ? now + delay : null,
    finished_at: pending ? null : now,
    reason: delivered || pending ? null : `all ${number} attempts failed; the last: ${failure?.message ?? `status ${response?.status}`}`,
    body,
  }
}
