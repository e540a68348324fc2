import { problem } from '../core/errors.ts'
import type { Message } from './sender.ts'

/**
 * What a body says, in whichever form it is: drf-hooks' `{ hook: { id, event, target }, data }`, or Standard Webhooks'
 * `{ type, timestamp, data }`, a thin one included.
 *
 * @throws `message_invalid`
 */
export function parseMessage(id: string, timestamp: number, body: string): Message<string, unknown> {
  const value = parsed(body)
  const sentAt = new Date(timestamp * 1000)
  const previous = value.previous as Partial<unknown> | undefined
  if (isObject(value.hook) && typeof value.hook.event === 'string') {
    const { id: hookId, event, target } = value.hook
    const number = Number(hookId)
    const hook = Number.isSafeInteger(number)
      ? { id: number, target: typeof target === 'string' ? target : undefined }
      : undefined
    return { id, event, data: value.data, previous, hook, sentAt, occurredAt: undefined }
  }
  if (typeof value.type === 'string') {
    const occurredAt = timeOf(value.timestamp)
    return { id, event: value.type, data: value.data, previous, hook: hookOf(id), sentAt, occurredAt }
  }
  throw problem('message_invalid', {
    field: 'body',
    problem: 'it names no event: there is neither `hook.event` nor `type`',
    cure: 'Where the sender makes bodies of its own, use `verify` and read `body` yourself',
  })
}

function parsed(body: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (cause) {
    throw problem('message_invalid', { field: 'body', problem: 'it is no JSON', cause })
  }
  if (isObject(value)) return value
  throw problem('message_invalid', { field: 'body', problem: 'it is no JSON object' })
}

function timeOf(text: unknown): Date | undefined {
  const time = typeof text === 'string' ? new Date(text) : undefined
  return Number.isNaN(time?.getTime()) ? undefined : time
}

/** hookwright's ids end with the hook's. */
function hookOf(id: string): { id: number; target: undefined } | undefined {
  const digits = /^[0-9a-f]{32}_([1-9]\d{0,15})$/.exec(id)?.[1]
  return digits === undefined ? undefined : { id: Number(digits), target: undefined }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
