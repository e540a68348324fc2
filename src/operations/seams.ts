import type { Clock } from '../core/clock.ts'
import type { Dispatcher } from '../dispatch/index.ts'
import type { Transport } from '../outbound/index.ts'

/** Where `hookwright/testing` puts its own clock and network into a running whole. */
export interface Seams {
  clock: Clock
  transport: Transport
  readonly dispatcher: Dispatcher
  /** The name of the header with a delivery's id. */
  readonly idHeader: string
}

/** The key under which hooks keep their seams: one for all copies of this module. */
export const SEAMS: unique symbol = Symbol.for('hookwright.seams')

/** A clock that asks the one which is set at the moment. */
export function clockOf(seams: { clock: Clock }): Clock {
  return {
    now: () => seams.clock.now(),
    timer: (ms, callback) => seams.clock.timer(ms, callback),
  }
}

/** A transport that posts through the one which is set at the moment. */
export function transportOf(seams: { transport: Transport }): Transport {
  return {
    post: (request) => seams.transport.post(request),
    close: () => seams.transport.close(),
  }
}
