import type { Attributes } from '@opentelemetry/api'
import type { Attempted, Attempting, FanningOut, Sending } from '../core/telemetry.ts'

/** Names by OpenTelemetry's semantic conventions: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ */
export function attributesOfSending({ by, name }: Sending): Attributes {
  return {
    'messaging.system': 'hookwright',
    'messaging.operation.type': 'send',
    'messaging.operation.name': by,
    'messaging.destination.name': name,
    ...(by === 'send' ? { 'hookwright.event': name } : {}),
  }
}

export function attributesOfFanOut({ id, event }: FanningOut): Attributes {
  return {
    'messaging.system': 'hookwright',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'fan-out',
    'messaging.destination.name': event,
    'messaging.message.id': id,
    'hookwright.event': event,
  }
}

/** The conventions of HTTP clients want `url.full`, which is a secret here: https://opentelemetry.io/docs/specs/semconv/http/ */
export function attributesOfAttempt(attempting: Attempting): Attributes {
  const { hookId, deliveryId, event, number, target } = attempting
  return {
    'http.request.method': 'POST',
    ...serverOf(target),
    'hookwright.hook.id': hookId,
    'hookwright.delivery.id': deliveryId,
    'hookwright.event': event,
    'hookwright.attempt.number': number,
  }
}

function serverOf(target: string): Attributes {
  const url = URL.parse(target)
  if (url === null) return {}
  const scheme = url.protocol.slice(0, -1)
  return {
    'url.scheme': scheme,
    'server.address': url.hostname.replace(/^\[|\]$/g, ''),
    'server.port': url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port),
  }
}

/** What is known of an attempt at its end. */
export function attributesOfResult({ outcome, status, errorCode }: Attempted): Attributes {
  return {
    'hookwright.outcome': outcome,
    ...(status === null ? {} : { 'http.response.status_code': status }),
    ...(outcome === 'delivered' ? {} : { 'error.type': errorCode ?? String(status ?? 'broken_off') }),
  }
}

/** `2xx`, `4xx`, or the code of the failure: few, whatever targets answer. */
export function resultOf({ status, errorCode }: Attempted): string {
  if (status === null) return errorCode ?? 'broken_off'
  return `${Math.min(Math.floor(status / 100), 9)}xx`
}
