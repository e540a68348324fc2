import type { Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import type { Answer } from '../../src/outbound/test-server.ts'

/** What becomes of the delivery: after a failed attempt it is tried again, when its time has come. */
export const DELIVERED = 'delivered'
export const AGAIN = 'tried again'
export const GONE = 'failed, and the hook disabled'

/** Junk, and whatever would hasten the next attempt, is ignored. */
export const SCHEDULE = 'as the schedule says'
/** Of the schedule, unless `longestRetryAfterMs` says otherwise. */
export const LONGEST = 'after the longest wait'

/** How a receiver plays its trick. */
export interface Play {
  /** What it does with a request that it has read to its end. */
  answer?: Answer
  /** What it does with a connection, before any request. */
  connect?: (socket: Socket) => void
  /** Makes it a server of TLS, and its target one of https. */
  tls?: TlsOptions
  /** The scheme and host of its target, where they are not http (or https) and 127.0.0.1. */
  scheme?: 'https'
  host?: string
  /** True when nobody listens there. */
  closed?: boolean
  /** Bytes of the event's data; a few unless told. */
  size?: number
  /** When it gets a second delivery; what is documented is what comes of that one. */
  again?: 'at once' | 'once closed'
}

/** A trick, and what the documentation says of it: a row of a table in docs/reference/outcomes.md. */
export interface Mode {
  /** Completes "a receiver that". */
  does: string
  /** What the attempt's log says: a status, with `cut` where the body did not end; or the code of an error. */
  logged: string
  delivery: typeof DELIVERED | typeof AGAIN | typeof GONE
  play: Play
  /** When it is tried again, where the receiver has a say in that. */
  expectation?: string
}

/** The rows of a table, in the order of its columns. */
type Row = [does: string, logged: string, delivery: Mode['delivery'], play: Answer | Play]

export function modes(rows: readonly Row[]): Mode[] {
  return rows.map(([does, logged, delivery, play]) => ({
    does,
    logged,
    delivery,
    play: typeof play === 'function' ? { answer: play } : play,
  }))
}

/** The beginning of a response. */
export const HEAD = 'HTTP/1.1 200 OK\r\n'
export const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`
export const EMPTY = 'content-length: 0\r\n\r\n'
