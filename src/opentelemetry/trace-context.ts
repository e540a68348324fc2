import {
  type Context,
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  trace,
} from '@opentelemetry/api'

/** W3C Trace Context, level 1: version 00, and what later versions add behind it. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/
/** What one must be able to pass on (W3C Trace Context, 3.3.1.5); what is longer is left out. */
const LONGEST_STATE = 512

/**
 * The headers that tell of a span. They are W3C's whichever propagator is registered: a delivery may be made years later, by
 * a process that is set up otherwise. No baggage: it is the application's, and may hold what is nobody else's business.
 */
export function headersOf(span: Span): Record<string, string> {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext()
  if (!isSpanContextValid(span.spanContext())) return {}
  const flags = (traceFlags & 0xff).toString(16).padStart(2, '0')
  const state = traceState?.serialize() ?? ''
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(state === '' || state.length > LONGEST_STATE ? {} : { tracestate: state }),
  }
}

/** The same as JSON; null where there is nothing to tell. */
export function traceContextOf(span: Span): string | null {
  const headers = headersOf(span)
  return 'traceparent' in headers ? JSON.stringify(headers) : null
}

/** The surroundings of what goes on from there, from {@link traceContextOf}; the root where it tells nothing. */
export function contextFrom(traceContext: string | null): Context {
  const parent = traceContext === null ? undefined : spanContextFrom(traceContext)
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)
}

function spanContextFrom(traceContext: string): SpanContext | undefined {
  let headers: Record<string, unknown>
  try {
    headers = JSON.parse(traceContext) as Record<string, unknown>
  } catch {
    return undefined
  }
  const { traceparent, tracestate } = headers ?? {}
  const [, traceId, spanId, flags] = TRACEPARENT.exec(String(traceparent)) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  const parent: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(typeof tracestate === 'string' ? { traceState: createTraceState(tracestate) } : {}),
  }
  return isSpanContextValid(parent) ? parent : undefined
}
