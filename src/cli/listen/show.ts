import { escapeJson, escapeLines } from '../escape.ts'
import type { Format, Output } from '../output.ts'
import { stampOf } from '../times.ts'
import type { Arrival } from './arrival.ts'
import { type Checked, isUtf8 } from './check.ts'
import type { Answer } from './forward.ts'

/** The most of a body that is shown; with --json it is all of it. */
const MOST_LINES = 80
const MOST_TEXT = 20_000

export interface Exchange {
  readonly arrival: Arrival
  readonly checked: Checked
  readonly answer: Answer
  /** How often its id has come, this time included. */
  readonly times: number
}

const VERDICTS: Readonly<Record<Checked['verdict'], readonly [text: string, format: Format]>> = {
  verified: ['✓ verified', 'green'],
  refused: ['✗ NOT verified', 'red'],
  unchecked: ['? not checked', 'yellow'],
}

/** A message for people to read, all of it as text that does nothing to a terminal. */
export function exchangeText({ arrival, checked, answer, times }: Exchange, out: Output): string {
  const { style } = out
  const [verdict, format] = VERDICTS[checked.verdict]
  const again = times > 1 ? `  ${style('yellow', `again, for the ${ordinal(times)} time`)}` : ''
  const time = stampOf(arrival.at).slice(-8)
  const lines = [
    `${style('dim', time)}  ${style('bold', checked.event ?? '(no event)')}  ${style(format, verdict)}${again}  ${answered(answer, out)}`,
  ]
  if (checked.reason !== undefined && checked.verdict === 'refused')
    lines.push(`  ${out.escape(checked.reason)}`)
  if (checked.id !== undefined) lines.push(`  ${style('dim', `${checked.id}  ${arrival.body.length} bytes`)}`)
  if (answer.fault !== undefined) lines.push(`  ${style('red', answer.fault)}`)
  lines.push(...bodyLines(arrival, checked).map((line) => `  ${line}`), '')
  return lines.join('\n')
}

function answered({ status, ms }: Answer, { style }: Output): string {
  const format: Format = status < 300 ? 'green' : status < 500 ? 'yellow' : 'red'
  return `→ ${style(format, String(status))}${ms === undefined ? '' : style('dim', ` in ${ms} ms`)}`
}

function bodyLines({ body }: Arrival, { json }: Checked): string[] {
  if (body.length === 0) return ['(no body)']
  if (!isUtf8(body)) return [`(${body.length} bytes that are no text)`]
  const text = json === undefined ? escapeLines(body.toString('utf8')) : escapeJson(json, 2)
  const all = text.slice(0, MOST_TEXT).split('\n')
  const shown = all.slice(0, MOST_LINES)
  const left = text.length - shown.join('\n').length
  return left > 0 ? [...shown, `… and ${left} more characters (--json prints all)`] : shown
}

/** The same for programs. */
export function exchangeJson({ arrival, checked, answer, times }: Exchange): object {
  const { verdict, reason, id, event, hookId, json } = checked
  return {
    at: arrival.at.toISOString(),
    id: id ?? null,
    event: event ?? null,
    hook_id: hookId ?? null,
    verified: verdict === 'unchecked' ? null : verdict === 'verified',
    reason: reason ?? null,
    times,
    path: arrival.path,
    headers: arrival.headers,
    body: json === undefined ? arrival.body.toString('utf8') : json,
    answer: { status: answer.status, ms: answer.ms ?? null, fault: answer.fault ?? null },
  }
}

function ordinal(count: number): string {
  const rest = count % 100
  const end = rest > 10 && rest < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th')
  return `${count}${end}`
}
