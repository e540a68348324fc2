import { problem } from './errors.ts'

/** How many bytes an event's data may have as JSON, unless the option `maxPayloadBytes` tells. */
export const MAX_PAYLOAD_BYTES = 1_048_576

const CURES = {
  sent: "Send a reference to where the rest is, have it posted thin (payload: 'thin'), or raise maxPayloadBytes",
  serialized:
    'Let the serializer give less, such as a reference to where the rest is, or raise maxPayloadBytes',
  rendered: 'Let hook.payload give less, or raise maxPayloadBytes',
} as const

/**
 * @param what is checked, as the start of the error
 * @param by who made it
 * @throws `payload_too_large`
 */
export function checkSize(
  json: string,
  maxBytes: number,
  what: string,
  by: keyof typeof CURES,
  allowed = maxBytes,
): void {
  // No character has more than three bytes, counted by the units of JavaScript's strings.
  if (json.length * 3 <= allowed) return
  const bytes = Buffer.byteLength(json)
  if (bytes <= allowed) return
  throw problem('payload_too_large', {
    field: what,
    problem: `it has ${bytes} bytes as JSON, and maxPayloadBytes is ${maxBytes}`,
    cure: CURES[by],
  })
}
