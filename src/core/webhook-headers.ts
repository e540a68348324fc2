/** The headers of Standard Webhooks. Nothing else is here, so that a receiver on the edge may have it. */
export const HEADER_NAMES = {
  /** The same for every attempt of a delivery, so that the receiver can drop what it already has. */
  id: 'webhook-id',
  /** Seconds since the Unix epoch, of this attempt. */
  timestamp: 'webhook-timestamp',
  /** One or several signatures, a space between. */
  signature: 'webhook-signature',
} as const
