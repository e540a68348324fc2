import { messageOf } from './errors.ts'
import type { Logger } from './logger.ts'
import {
  type Attempting,
  type AttemptOperation,
  noTelemetry,
  type Operation,
  type Telemetry,
} from './telemetry.ts'

/** Faults are told of once in so many milliseconds: one that comes with each attempt would fill the log. */
const QUIET_MS = 60_000

/**
 * A telemetry that never throws, whatever the one behind it does, and that runs each part exactly once: an error in watching
 * must not harm a delivery.
 */
export function steadyTelemetry(telemetry: Telemetry | undefined, logger: Logger): Telemetry {
  if (telemetry === undefined || telemetry === noTelemetry) return noTelemetry
  let quietUntil = 0
  const failed = (error: unknown) => {
    if (performance.now() < quietUntil) return
    quietUntil = performance.now() + QUIET_MS
    logger.error({ err: error }, `the telemetry failed: ${messageOf(error)}; deliveries go on without it`)
  }
  const attempted = <T>(make: () => T, otherwise: T): T => {
    try {
      return make()
    } catch (error) {
      failed(error)
      return otherwise
    }
  }
  const run = once(failed)
  const none = noTelemetry.attempt({} as Attempting)
  const steady = (one: Operation): Operation => ({
    traceContext: attempted(() => one.traceContext, null),
    run: (part) => run((wrapped) => one.run(wrapped), part),
    end: (fault) => attempted(() => one.end(fault), undefined),
  })
  return {
    send: (sending) => steady(attempted(() => telemetry.send(sending), noTelemetry.send(sending))),
    fanOut: (event) => steady(attempted(() => telemetry.fanOut(event), noTelemetry.fanOut(event))),
    attempt(attempting): AttemptOperation {
      const one = attempted(() => telemetry.attempt(attempting), none)
      return {
        traceContext: attempted(() => one.traceContext, null),
        headers: attempted(() => one.headers, {}),
        run: (part) => run((wrapped) => one.run(wrapped), part),
        post: (part) => run((wrapped) => one.post(wrapped), part),
        end: (result) => attempted(() => one.end(result), undefined),
      }
    },
    cancelled: (count) => attempted(() => telemetry.cancelled(count), undefined),
    detached: (work) => run((wrapped) => telemetry.detached(wrapped), work),
    observe(observed) {
      const end = attempted(
        () => telemetry.observe(observed),
        () => {},
      )
      return () => attempted(end, undefined)
    },
  }
}

/** Runs a part by way of `around`, and if that does not get to it, without. What the part itself throws goes through. */
function once(failed: (error: unknown) => void) {
  return <T>(around: (part: () => void) => void, part: () => T): T => {
    let outcome: { value: T } | { error: unknown } | undefined
    const wrapped = () => {
      if (outcome !== undefined) return
      try {
        outcome = { value: part() }
      } catch (error) {
        outcome = { error }
      }
    }
    try {
      around(wrapped)
    } catch (error) {
      failed(error)
    }
    wrapped()
    const { value, error } = outcome as unknown as { value: T; error?: unknown }
    if (outcome !== undefined && 'error' in (outcome as object)) throw error
    return value
  }
}
