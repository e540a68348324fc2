import { context, type Span, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  type DataPoint,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { type OpenTelemetryOptions, openTelemetry } from '../../src/opentelemetry/index.ts'

/** Collects when it is told to. */
class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

export interface WatchedMetric {
  name: string
  unit: string
  points: DataPoint<unknown>[]
}

/** A real SDK of OpenTelemetry's, which keeps in memory what it is told. */
export interface Watching {
  readonly tracerProvider: TracerProvider
  readonly meterProvider: MeterProvider
  /** For the option `telemetry`. */
  telemetry(options?: OpenTelemetryOptions): ReturnType<typeof openTelemetry>
  /** Spans that have ended, in that order. */
  spans(): ReadableSpan[]
  /** Collects the metrics now. */
  metrics(): Promise<WatchedMetric[]>
  /** Everything that would be exported, spans and metrics, as text: to look for what must not be in it. */
  text(): Promise<string>
  /** Runs `work` in a span of the application's. */
  within<T>(name: string, work: (span: Span) => T): T
  clear(): void
}

/** Starts watching. The context manager is global, as an application's is. */
export function watch(): Watching {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const reader = new Reader({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE })
  const meterProvider = new MeterProvider({ readers: [reader] })

  async function metrics(): Promise<WatchedMetric[]> {
    const { resourceMetrics, errors } = await reader.collect()
    if (errors.length > 0) throw errors[0]
    return resourceMetrics.scopeMetrics.flatMap((scope) =>
      scope.metrics.map(({ descriptor, dataPoints }) => ({
        name: descriptor.name,
        unit: descriptor.unit,
        points: dataPoints as DataPoint<unknown>[],
      })),
    )
  }

  return {
    tracerProvider,
    meterProvider,
    telemetry: (options) => openTelemetry({ tracerProvider, meterProvider, ...options }),
    spans: () => exporter.getFinishedSpans(),
    metrics,
    async text() {
      const spans = exporter.getFinishedSpans().map((span) => ({
        name: span.name,
        context: span.spanContext(),
        parent: span.parentSpanContext,
        attributes: span.attributes,
        status: span.status,
        events: span.events,
        links: span.links,
      }))
      return JSON.stringify({ spans, metrics: await metrics() })
    },
    within(name, work) {
      const span = tracerProvider.getTracer('application').startSpan(name)
      const ended = () => span.end()
      const result = context.with(trace.setSpan(context.active(), span), () => work(span))
      if (result instanceof Promise) void result.then(ended, ended)
      else ended()
      return result
    },
    clear: () => exporter.reset(),
  }
}
