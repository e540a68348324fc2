import {
  type Context,
  context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { Attempting, AttemptOperation, FanningOut, Operation, Sending } from '../core/telemetry.ts'
import {
  attributesOfAttempt,
  attributesOfFanOut,
  attributesOfResult,
  attributesOfSending,
} from './attributes.ts'
import { contextFrom, headersOf, traceContextOf } from './trace-context.ts'

/** By this key OpenTelemetry's SDKs and instrumentations know that they are to keep quiet; it is one for all copies. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

export function sendSpan(tracer: Tracer, sending: Sending): Operation {
  const surroundings = context.active()
  const span = tracer.startSpan(
    `${sending.by} ${sending.name}`,
    { kind: SpanKind.PRODUCER, attributes: attributesOfSending(sending) },
    surroundings,
  )
  return operation(span, surroundings)
}

export function fanOutSpan(tracer: Tracer, fanningOut: FanningOut): Operation {
  const surroundings = contextFrom(fanningOut.traceContext)
  const span = tracer.startSpan(
    `fan-out ${fanningOut.event}`,
    { kind: SpanKind.CONSUMER, attributes: attributesOfFanOut(fanningOut) },
    surroundings,
  )
  return operation(span, surroundings)
}

export function attemptSpan(tracer: Tracer, attempting: Attempting, propagate: boolean): AttemptOperation {
  const surroundings = contextFrom(attempting.traceContext)
  const span = tracer.startSpan(
    'POST',
    { kind: SpanKind.CLIENT, attributes: attributesOfAttempt(attempting) },
    surroundings,
  )
  const within = trace.setSpan(surroundings, span)
  return {
    traceContext: traceContextOf(span),
    headers: propagate ? headersOf(span) : {},
    run: (part) => context.with(within, part),
    // An instrumentation of undici or of sockets would tell the whole URL, and write headers of its own into the POST.
    post: (part) => context.with(within.setValue(SUPPRESS_TRACING, true), part),
    end(attempted) {
      span.setAttributes(attributesOfResult(attempted))
      if (attempted.outcome !== 'delivered') span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    },
  }
}

/** What lives on does not belong to whatever the caller is at. */
export function detached<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT, work)
}

function operation(span: Span, surroundings: Context): Operation {
  const within = trace.setSpan(surroundings, span)
  return {
    traceContext: traceContextOf(span),
    run: (part) => context.with(within, part),
    end(fault) {
      if (fault !== undefined) {
        span.setAttribute('error.type', fault)
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end()
    },
  }
}
