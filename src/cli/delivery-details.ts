import type { Attempt, Delivery, DeliveryDetails } from '../dispatch/index.ts'
import type { Hook } from '../hooks/index.ts'
import { fate, statusCell } from './delivery-text.ts'
import { escapeLines } from './escape.ts'
import type { Output } from './output.ts'
import type { Cell } from './table.ts'
import { stampOf } from './times.ts'

/** What was sent, as attempts of newer versions have it. */
interface SentRequest {
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** A delivery whole: what it is, the body, and each attempt with its answer. */
export function deliveryText(
  delivery: Delivery & DeliveryDetails,
  hook: Hook | undefined,
  out: Output,
): string {
  const { id, event, hookId, createdAt, finishedAt, attempts, body, log } = delivery
  const now = fate(delivery, Date.now())
  const rows: [string, Cell][] = [
    ['Delivery', id],
    ['Event', event],
    ['Hook', hook === undefined ? `${hookId} (deleted)` : `${hookId} of ${hook.owner}`],
    ...(hook === undefined ? [] : [['Target', hook.target] as [string, Cell]]),
    ['Status', statusCell(delivery)],
    ...(now === '' ? [] : [[delivery.reason === null ? 'Next attempt' : 'Why', now] as [string, Cell]]),
    ['Attempts', attempts],
    ['Created', stampOf(createdAt)],
    ...(finishedAt === null ? [] : [['Finished', stampOf(finishedAt)] as [string, Cell]]),
  ]
  return [
    out.table(
      [{ title: '' }, { title: '' }],
      rows.map(([name, value]) => [{ text: name, style: 'bold' }, value]),
    ),
    '',
    out.style('bold', 'Body'),
    body === null ? '  none yet, or no longer kept' : indented(body),
    ...log.flatMap((attempt) => ['', ...attemptLines(attempt, out)]),
  ].join('\n')
}

function attemptLines(attempt: Attempt & { request?: SentRequest | null }, out: Output): string[] {
  const { number, startedAt, durationMs, status, manual, error, response, request } = attempt
  const outcome = status === null ? (error?.code ?? 'no answer') : `HTTP ${status}`
  const isGood = status !== null && status >= 200 && status < 300
  const how = `${stampOf(startedAt)}, ${durationMs} ms${manual ? ', by hand' : ''}`
  return [
    `${out.style('bold', `Attempt ${number}`)}  ${out.style(isGood ? 'green' : 'red', outcome)}  ${how}`,
    ...(error === null ? [] : [indented(error.message)]),
    ...(request === undefined || request === null
      ? []
      : [indented(`POST ${request.url}`), ...request.headers.map(header)]),
    ...(response === null ? [] : answerLines(response)),
  ]
}

function answerLines({ headers, body, truncated }: NonNullable<Attempt['response']>): string[] {
  return [
    '  Answer',
    ...headers.map(header),
    ...(body === '' ? [] : ['', indented(body)]),
    ...(truncated ? ['  (only its beginning is kept)'] : []),
  ]
}

function header([name, value]: readonly [name: string, value: string]): string {
  return indented(`${name}: ${value}`.replaceAll('\n', '\\n'))
}

function indented(text: string): string {
  return escapeLines(text)
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
}
