import type { OutboundFailure } from './failure.ts'
import type { SentRequest } from './sent.ts'

export interface OutboundRequest {
  /** http or https. Its path, query and headers are treated as secrets. */
  url: string
  headers: Readonly<Record<string, string>>
  body: string
  /** Milliseconds for all of it: the wait for a connection, DNS, connecting, the response and its body. */
  deadlineMs: number
  signal?: AbortSignal
}

export interface OutboundResponse {
  /** Three digits, from 200; a redirect is a response like any other and is not followed. */
  status: number
  /** The first 256, in the order in which they came; names in lower case. */
  headers: [string, string][]
  /** The first 16 KiB, as they came: nothing is decompressed. */
  body: Uint8Array
  /** Whether the body went on, was cut short by the other side, or had not ended at the deadline. */
  truncated: boolean
}

export type OutboundResult = {
  durationMs: number
  /**
   * What the target got, or would have got had the connection come about. Left out where it was not tried: the request or its
   * address was refused, or no connection was free.
   */
  sent?: SentRequest
} & ({ outcome: 'response'; response: OutboundResponse } | { outcome: 'error'; error: OutboundFailure })

export interface Transport {
  /** Sends one POST. Never rejects. */
  post(request: OutboundRequest): Promise<OutboundResult>
  /** Ends what is under way as `aborted`, and closes all sockets. */
  close(): Promise<void>
}
