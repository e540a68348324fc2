import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api'
import { problem } from '../core/errors.ts'
import { refuseUnknownOptions } from '../core/options.ts'
import type { Telemetry } from '../core/telemetry.ts'
import { createMetrics } from './metrics.ts'
import { attemptSpan, detached, fanOutSpan, sendSpan } from './spans.ts'

export interface OpenTelemetryOptions {
  /**
   * Whether targets are told of the trace, by the headers `traceparent` and `tracestate` of each attempt. False by default:
   * targets are other people's, and an identifier of yours in each POST may be more than they should have.
   */
  propagate?: boolean
  /** Where spans go; what is registered globally unless told. */
  tracerProvider?: TracerProvider
  /** Where metrics go; what is registered globally unless told. */
  meterProvider?: MeterProvider
}

const SCOPE = 'hookwright'

/**
 * Spans and metrics by way of `@opentelemetry/api`, for the option `telemetry`. It needs an SDK of the application's, in
 * whatever order the two are set up: without one it does nothing. The names follow OpenTelemetry's semantic conventions
 * (https://opentelemetry.io/docs/specs/semconv/).
 *
 * @throws `option_invalid`
 * @example
 * ```ts
 * import { openTelemetry } from 'hookwright/opentelemetry'
 * export const hooks = createHooks({ database, events, telemetry: openTelemetry() })
 * ```
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Telemetry {
  refuseUnknownOptions(options, ['propagate', 'tracerProvider', 'meterProvider'], 'openTelemetry')
  const { propagate = false, tracerProvider, meterProvider } = options
  if (typeof propagate !== 'boolean') throw wrong('propagate', 'it must be true or false')
  checkProvider('tracerProvider', tracerProvider, 'getTracer')
  checkProvider('meterProvider', meterProvider, 'getMeter')
  const tracer = (tracerProvider ?? trace).getTracer(SCOPE)
  // Unlike the tracer's, the global meter is none that waits for its provider: it is asked for when it is first used.
  let instruments: ReturnType<typeof createMetrics> | undefined
  const measured = () => {
    instruments ??= createMetrics((meterProvider ?? metrics).getMeter(SCOPE))
    return instruments
  }
  return {
    send: (sending) => sendSpan(tracer, sending),
    fanOut: (fanningOut) => fanOutSpan(tracer, fanningOut),
    attempt(attempting) {
      const span = attemptSpan(tracer, attempting, propagate)
      return {
        ...span,
        end(attempted) {
          span.end(attempted)
          measured().attempted(attempting.event, attempted)
        },
      }
    },
    cancelled: (count) => measured().cancelled(count),
    detached,
    observe: (observed) => measured().observe(observed),
  }
}

function checkProvider(field: string, provider: unknown, method: string): void {
  if (provider === undefined) return
  if (typeof (provider as Record<string, unknown> | null)?.[method] === 'function') return
  throw wrong(field, `it must be a provider of OpenTelemetry, with the method ${method}`)
}

function wrong(field: string, fault: string): Error {
  return problem('option_invalid', { field: `openTelemetry.${field}`, problem: fault })
}
